// npm run generate: the shipped logs of event_data/ and readings of models/sensors, or as many log rows as wanted in another folder.

import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { eventFiles, generateEvents } from "./generate.js";
import { writeDailyLogs } from "./large/daily-logs.js";
import { sensorFiles } from "./sensors.js";

/** A folder of shipped files, all with one ending. */
interface Shipped {
  folder: URL;
  ending: string;
  /** What is in them, by their names. */
  files: ReadonlyMap<string, Buffer>;
  /** How it is written, and read again: another release of zlib may pack the same bytes in another way. */
  pack?: (bytes: Buffer) => Buffer;
  unpack?: (bytes: Buffer) => Buffer;
}

const shippedLogs = (files: ReadonlyMap<string, Buffer>): Shipped => ({
  folder: new URL("../../../event_data/", import.meta.url),
  ending: ".csv",
  files,
});

const shippedReadings = (): Shipped => ({
  folder: new URL("../../../models/sensors/readings/", import.meta.url),
  ending: ".jsonl.gz",
  files: new Map(Array.from(sensorFiles(), ([name, text]) => [`${name}.gz`, Buffer.from(text, "utf8")])),
  pack: (bytes) => gzipSync(bytes, { level: 9 }),
  unpack: gunzipSync,
});

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

/** Writes the shipped files, or with --check tells whether those that are there hold what would be written. */
async function generateShipped(check: boolean): Promise<number> {
  const events = generateEvents();
  let faults = 0;
  for (const shipped of [shippedLogs(eventFiles(events)), shippedReadings()])
    faults += check ? await checkShipped(shipped) : await writeShipped(shipped);
  if (faults > 0) return 1;

  const sessions = new Set(events.map((event) => event.session));
  const users = new Set(events.flatMap((event) => event.user?.id ?? []));
  const plays = events.filter((event) => event.song);
  console.log(`${events.length} rows of the logs, ${plays.length} of them with an artist`);
  console.log(`${sessions.size} sessions of ${users.size} users`);
  return 0;
}

async function writeShipped({ folder, files, pack = (bytes) => bytes }: Shipped): Promise<0> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(new URL(name, folder), pack(bytes));
  console.log(`${files.size} files written to ${fileURLToPath(folder)}`);
  return 0;
}

/** @returns how many files are not as they should be; each is named */
async function checkShipped(shipped: Shipped): Promise<number> {
  const faults = await compare(shipped);
  for (const fault of faults) console.error(fault);
  if (faults.length === 0)
    console.log(`${shipped.files.size} files in ${fileURLToPath(shipped.folder)} are as generated.`);
  return faults.length;
}

async function compare({ folder, ending, files, unpack = (bytes) => bytes }: Shipped): Promise<string[]> {
  const present = await readdir(folder).catch((): string[] => []);
  const faults = present
    .filter((name) => name.endsWith(ending) && !files.has(name))
    .map((name) => `extra: ${name}`);
  for (const [name, bytes] of files) {
    const holds = (written: Buffer) => {
      try {
        return bytes.equals(unpack(written));
      } catch {
        return false; // a damaged file cannot be unpacked
      }
    };
    if (!present.includes(name)) faults.push(`missing: ${name}`);
    else if (!holds(await readFile(new URL(name, folder)))) faults.push(`differs: ${name}`);
  }
  return faults.sort();
}
