// npm run generate: the shipped logs of event_data/, or as many rows as wanted in another folder.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SparkifyError } from "@sparkify/lib";
import { step } from "../setup/step.mjs";
import { eventFiles, generateEvents } from "./generate.js";
import { writeDailyLogs } from "./large/daily-logs.js";

// Seen from build/tools/generate/.
const folder = new URL("../../../event_data/", import.meta.url);

const usage = `usage: npm run generate                              writes the shipped logs to event_data/
       npm run generate -- --check                   tells whether they are what would be written
       npm run generate -- --plays 1000000 --to DIR  writes daily logs with so many song plays to DIR`;

export async function generate(args: string[]): Promise<number> {
  const { check, plays, to } = options(args) ?? { check: true, plays: "", to: undefined };
  if (plays === undefined && to === undefined) return generateShipped(check === true);
  if (to === undefined || check || !/^[1-9]\d{0,8}$/.test(plays ?? "")) {
    console.error(usage);
    return 2;
  }
  return generateMany(Number(plays), resolve(to));
}

function options(args: string[]) {
  try {
    const known = { check: { type: "boolean" }, plays: { type: "string" }, to: { type: "string" } } as const;
    return parseArgs({ args, options: known }).values;
  } catch {
    return undefined;
  }
}

/** The folder appears only when it is whole. */
async function generateMany(plays: number, target: string): Promise<number> {
  if (existsSync(target))
    throw new SparkifyError(`${target} is there already: delete it, or name another folder with --to.`);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const count = (number: number) => number.toLocaleString("en");
  const { rows, sessions } = await step(`Generate daily logs with ${count(plays)} song plays`, (news) =>
    writeDailyLogs(partial, plays, { onProgress: (done) => news(`${count(done)} plays`) }),
  );
  renameSync(partial, target);
  console.log(`${count(rows)} rows, ${count(plays)} of them with an artist, in ${count(sessions)} sessions`);
  return 0;
}

/** Writes the event files, or with --check tells whether those in event_data/ are what would be written. */
async function generateShipped(check: boolean): Promise<number> {
  const events = generateEvents();
  const files = eventFiles(events);

  if (check) {
    const faults = await compare(files);
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) return 1;
    console.log(`${files.size} files in ${fileURLToPath(folder)} are as generated.`);
  } else {
    await mkdir(folder, { recursive: true });
    for (const [name, bytes] of files) await writeFile(new URL(name, folder), bytes);
    console.log(`${files.size} files written to ${fileURLToPath(folder)}`);
  }

  const sessions = new Set(events.map((event) => event.session));
  const users = new Set(events.flatMap((event) => event.user?.id ?? []));
  const plays = events.filter((event) => event.song);
  console.log(`${events.length} rows, ${plays.length} of them with an artist`);
  console.log(`${sessions.size} sessions of ${users.size} users`);
  return 0;
}

async function compare(files: ReadonlyMap<string, Buffer>): Promise<string[]> {
  const present = await readdir(folder).catch((): string[] => []);
  const faults = present
    .filter((name) => name.endsWith(".csv") && !files.has(name))
    .map((name) => `extra: ${name}`);
  for (const [name, bytes] of files) {
    if (!present.includes(name)) faults.push(`missing: ${name}`);
    else if (!bytes.equals(await readFile(new URL(name, folder)))) faults.push(`differs: ${name}`);
  }
  return faults.sort();
}
