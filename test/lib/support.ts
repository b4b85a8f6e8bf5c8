// What several tests of the library need: folders, logs, Python as the second opinion, and what a cell shows.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import { type Client, createKeyspaceCql, type EventFile, type Verdict } from "@sparkify/lib";
import { venvPython } from "../../tools/python.js";

/** A folder that is gone when the test has ended. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparkify-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file with the folders that lead to it. */
export function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

export const logHeader =
  "artist,auth,firstName,gender,itemInSession,lastName,length,level,location,method,page,registration," +
  "sessionId,song,status,ts,userId";

const usual: Record<string, string> = {
  ...{ artist: "Faithless", auth: "Logged In", firstName: "Ava", gender: "F", itemInSession: "0" },
  ...{ lastName: "Robinson", length: "200.5", level: "free", location: "New York, NY", method: "PUT" },
  ...{ page: "NextSong", registration: "1.54E+12", sessionId: "1", song: "Insomnia", status: "200" },
  ...{ ts: "1.54E+12", userId: "50" },
};

/** A line of a log: the given fields, the others as usual. */
export function logRow(fields: Record<string, string> = {}): string {
  const values = logHeader.split(",").map((column) => fields[column] ?? usual[column] ?? "");
  return values.map((value) => `"${value.replaceAll('"', '""')}"`).join(",");
}

/** Writes a daily log of the rows. */
export function writeLog(path: string, rows: string[]): EventFile {
  write(path, `${[logHeader, ...rows].join("\r\n")}\r\n`);
  return { path, date: "2018-11-01", bytes: 1 };
}

/** Runs a Python program that prints JSON. */
export function python(program: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = spawnSync(venvPython, ["-X", "utf8", "-c", program, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Python's reading of a folder of logs: the rows with an artist, in the order of the files' names. */
export const pythonPlays = `
import csv, glob, json, sys
def plays(folder):
    for name in sorted(glob.glob(folder + "/*.csv")):
        with open(name, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["artist"]:
                    yield row
`;

/** Creates a keyspace of its own for a test file, and makes it the client's. */
export async function useKeyspace(client: Client, keyspace: string): Promise<void> {
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client.execute(await createKeyspaceCql(client, keyspace));
}

export interface Shown {
  html: string;
  svg: string;
  displayId: string | undefined;
  /** True where it takes the place of what was shown under the same id. */
  update: boolean;
}

interface DisplayData {
  data: Record<string, string>;
  transient: { display_id?: string };
}

/** Stands in for the kernel: what tslab would send to the notebook is kept in a list. */
export function captureDisplays(): Shown[] {
  const shown: Shown[] = [];
  const jupyter = createRequire(import.meta.url)("tslab/dist/jupyter.js");
  jupyter.lastWriteDisplayData = ({ data, transient }: DisplayData, update?: boolean) =>
    shown.push({
      html: data["text/html"] ?? "",
      svg: data["image/svg+xml"] ?? "",
      displayId: transient.display_id,
      update: update ?? false,
    });
  return shown;
}

/** The verdict that a cell's HTML holds. */
export function verdictIn(html: string): Verdict {
  const [, attribute = ""] = html.match(/^<div data-sparkify-verdict="([^"]*)">/) ?? [];
  const entities: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };
  return JSON.parse(attribute.replace(/&([#\w]+);/g, (_, name: string) => entities[name] ?? "?"));
}
