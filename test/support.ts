// What several tests of the library need: folders, logs, Python as the second opinion, and what a cell shows.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { venvPython } from "@sparkify/base/python";
import { createKeyspaceCql } from "@sparkify/lib";
import { type Verdict, verdictType } from "@sparkify/lib/show";
import type { EventFile } from "@sparkify/loader";
import { type Client, concurrent } from "cassandra-driver";
import type { TestContext } from "vitest";

/** A folder that is gone when the test has ended. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "sparkify-test-"));
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file with the folders that lead to it. */
export function write(path: string, content: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** The first line of a log. */
export const logHeader =
  "artist,auth,firstName,gender,itemInSession,lastName,length,level,location,method,page,registration," +
  "sessionId,song,status,ts,userId";

const usual: Record<string, string> = {
  artist: "Faithless",
  auth: "Logged In",
  firstName: "Ava",
  gender: "F",
  itemInSession: "0",
  lastName: "Robinson",
  length: "200.5",
  level: "free",
  location: "New York, NY",
  method: "PUT",
  page: "NextSong",
  registration: "1.54E+12",
  sessionId: "1",
  song: "Insomnia",
  status: "200",
  ts: "1.54E+12",
  userId: "50",
};

/** A line of a log: the given fields, the others as usual. */
export function logRow(fields: Record<string, string> = {}): string {
  const values = logHeader.split(",").map((column) => fields[column] ?? usual[column] ?? "");
  return values.map((value) => `"${value.replaceAll('"', '""')}"`).join(",");
}

/** Writes a daily log of the rows. */
export function writeLog(path: string, rows: string[]): EventFile {
  return logOf(path, `${[logHeader, ...rows].join("\r\n")}\r\n`);
}

/** Writes a daily log of any content. */
export function logOf(path: string, content: string | Buffer): EventFile {
  return { path: write(path, content), date: "2018-11-01", bytes: Buffer.byteLength(content) };
}

/** The fields of a CSV in which all fields are quoted; a byte that is no ASCII is one character, as in latin-1. */
export function quotedCsv(path: string): string[][] {
  const row = /"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*\n/y;
  const field = /"((?:[^"]|"")*)"[,\n]/g;
  const text = readFileSync(path, "latin1");
  const rows: string[][] = [];
  while (row.lastIndex < text.length) {
    const [line] = row.exec(text) ?? assert.fail(`row ${rows.length + 1} of ${path} is not as it should be`);
    rows.push(Array.from(line.matchAll(field), ([, value = ""]) => value.replaceAll('""', '"')));
  }
  return rows;
}

/** Expects an error for the reader whose message has all of these texts. */
export async function fails(work: () => unknown, ...texts: (string | RegExp)[]): Promise<void> {
  await assert.rejects(
    async () => work(),
    (error: Error) => {
      assert.ok(error instanceof SparkifyError, String(error));
      for (const text of texts) {
        if (typeof text === "string") assert.ok(error.message.includes(text), `${text} in: ${error.message}`);
        else assert.match(error.message, text);
      }
      return true;
    },
  );
}

/** Runs a Python program that prints JSON; its `plays(folder)` are the rows of a folder's logs with an artist. */
export function python(program: string, ...args: string[]): unknown {
  const plays = `
import csv, glob, json, os, sys
def plays(folder):
    for name in sorted(glob.glob(folder + "/*.csv")):
        with open(name, encoding="utf-8", newline="") as file:
            date = os.path.basename(name)[:10]
            yield from ({**row, "date": date} for row in csv.DictReader(file) if row["artist"])
`;
  const { stdout, stderr } = spawnSync(venvPython, ["-X", "utf8", "-c", plays + program, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

/**
 * Creates a keyspace for the tests of one file. It may stay: its node is thrown away, and to drop a table Cassandra first writes
 * all there is to the disk, which takes as long as many a test.
 */
export async function createKeyspace(client: Client, keyspace: string): Promise<void> {
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client.execute(await createKeyspaceCql(client, keyspace));
}

/** The names of the keyspaces that begin so, in order. */
export async function keyspacesWith(client: Client, beginning: string): Promise<string[]> {
  const { rows } = await client.execute("SELECT keyspace_name FROM system_schema.keyspaces");
  return rows
    .map((row) => String(row.get(0)))
    .filter((name) => name.startsWith(beginning))
    .sort();
}

/** Inserts rows with the driver's own means. */
export async function insertAll(client: Client, cql: string, rows: readonly unknown[][]): Promise<void> {
  await concurrent.executeConcurrent(client, cql, [...rows], { concurrencyLevel: 64 });
}

export interface Shown {
  html: string;
  /** What programs find in the output. */
  verdict: Verdict | undefined;
  svg: string;
  displayId: string | undefined;
  /** True where it takes the place of what was shown under the same id. */
  update: boolean;
}

/** Stands in for the kernel: what tslab would send to the notebook is kept in a list. */
export function captureDisplays(): Shown[] {
  const shown: Shown[] = [];
  const jupyter = createRequire(import.meta.url)("tslab/dist/jupyter.js");
  type DisplayData = { data: Record<string, string>; transient: { display_id?: string } };
  jupyter.lastWriteDisplayData = ({ data, transient }: DisplayData, update = false) => {
    const { "text/html": html = "", "image/svg+xml": svg = "", [verdictType]: verdict } = data;
    const sent = verdict && JSON.parse(JSON.stringify(verdict));
    shown.push({ html, verdict: sent, svg, displayId: transient.display_id, update });
  };
  return shown;
}

/** The texts of a drawing, line by line: those at the same height. */
export function linesOf(svg = ""): string[] {
  const lines = new Map<string, string[]>();
  for (const [, top = "", text = ""] of svg.matchAll(/<text x="\d+" y="(\d+)"[^>]*>([^<]*)<\/text>/g)) {
    lines.set(top, [...(lines.get(top) ?? []), text]);
  }
  return [...lines.values()].map((texts) => texts.join(" | "));
}

/** Rows with what is easily spoilt on the way: signs of HTML, other letters, fractions. */
export const plays = [
  { session: 1, item: 0, song: "Insomnia", length: 200.5 },
  { session: 1, item: 1, song: "<b>\"God\" & 'DJ'</b>", length: 1 },
  { session: 2, item: 0, song: "Сплин 🎸", length: 0.1 },
] as const;

/** Creates a keyspace with a table `plays` that holds {@link plays}, and an empty table `words`. */
export async function createPlays(client: Client, keyspace: string): Promise<void> {
  await createKeyspace(client, keyspace);
  const columns = "session int, item int, song text, length double";
  await client.execute(`CREATE TABLE ${keyspace}.plays (${columns}, PRIMARY KEY (session, item))`);
  await client.execute(`CREATE TABLE ${keyspace}.words (id int PRIMARY KEY, word text)`);
  const insert = `INSERT INTO ${keyspace}.plays (session, item, song, length) VALUES (?, ?, ?, ?)`;
  await insertAll(
    client,
    insert,
    plays.map((play) => Object.values(play)),
  );
}
