// The floor's statements, encoded beforehand into a file: the time for that is not the floor's.

import { once } from "node:events";
import { createWriteStream, existsSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { readSongPlays, type SongPlay } from "@sparkify/lib";
import { batchesOf } from "./batches.js";
import { executeFrame } from "./cql-frames.js";
import { type BenchTable, benchTables } from "./schema.js";

/** Counts up when the grouping or the file's form changes. */
const generation = 1;
const windowRows = 100_000;

/** The whole unlogged batch is one statement, so that it can be prepared. */
export function batchCql({ insertCql }: BenchTable, rows: number): string {
  if (rows === 1) return insertCql;
  return `BEGIN UNLOGGED BATCH ${`${insertCql}; `.repeat(rows)}APPLY BATCH`;
}

/**
 * Writes the frames that load a CSV. The file: for every frame its table's number and its rows in a byte each, its
 * length in four, and itself.
 */
export async function floorFile(csv: string): Promise<string> {
  const file = join(dirname(csv), `floor-${generation}.frames`);
  if (existsSync(file)) return file;
  const tables = benchTables();
  const output = createWriteStream(`${file}.partial`);
  const writeWindow = async (window: SongPlay[]) => {
    for (const [index, table] of tables.entries()) {
      for (const { rows } of batchesOf(table, window)) {
        const frame = executeFrame(table, rows);
        const head = Buffer.from([index, rows.length, 0, 0, 0, 0]);
        head.writeUInt32BE(frame.length, 2);
        output.write(head);
        if (!output.write(frame)) await once(output, "drain");
      }
    }
  };
  let window: SongPlay[] = [];
  for await (const play of readSongPlays(csv)) {
    window.push(play);
    if (window.length === windowRows) {
      await writeWindow(window);
      window = [];
    }
  }
  await writeWindow(window);
  output.end();
  await finished(output);
  renameSync(`${file}.partial`, file);
  return file;
}
