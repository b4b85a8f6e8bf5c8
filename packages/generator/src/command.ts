// npm run generate: the shipped logs of event_data/, or as many rows as wanted in another folder.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { eventFiles, generateEvents } from "./generate.js";
import { writeDailyLogs } from "./large/daily-logs.js";

const folder = new URL("../../../event_data/", import.meta.url);

export async function generate({ check, plays, to }: OptionsOf<"generate">): Promise<number> {
  return plays !== undefined && to !== undefined ? generateMany(plays, resolve(to)) : generateShipped(check);
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
