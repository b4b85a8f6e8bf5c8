// The files that Spark writes on this machine, in the form of the single-machine path.

import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { streamlinedColumns } from "@sparkify/loader";

/** Puts the rejected rows into one file. */
export async function keepRejected(out: string, target: string): Promise<void> {
  await joinParts(join(out, "rejected"), '"file","line","column","reason","row"\n', target);
}

/** Puts the kept rows into one streamlined CSV. */
export async function keepCsv(out: string, target: string): Promise<void> {
  const header = `${streamlinedColumns.map((column) => `"${column}"`).join(",")}\n`;
  await joinParts(join(out, "csv"), header, target);
}

async function joinParts(folder: string, header: string, target: string): Promise<void> {
  if (!existsSync(folder)) return;
  const parts = readdirSync(folder)
    .filter((name) => name.startsWith("part-"))
    .sort();
  const whole = createWriteStream(`${target}.partial`);
  whole.write(header);
  for (const part of parts) await pipeline(createReadStream(join(folder, part)), whole, { end: false });
  await new Promise<void>((resolve, reject) => whole.once("error", reject).end(() => resolve()));
  renameSync(`${target}.partial`, target);
  rmSync(folder, { recursive: true });
}

/** Deletes the tables of this run, and what a run that failed has left. */
export function removeWorkFolders(out: string): void {
  if (!existsSync(out)) return;
  for (const name of readdirSync(out)) {
    if (name.startsWith("work-")) rmSync(join(out, name), { recursive: true, force: true });
  }
}
