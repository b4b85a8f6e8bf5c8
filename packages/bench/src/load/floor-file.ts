// The floor's statements: those of this project's loader, encoded beforehand into a file. The time for that is not the
// floor's.

import { closeSync, existsSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  batches,
  type Insert,
  orderByPartition,
  readCsv,
  readInsert,
  type Value,
  Window,
  windowRows,
} from "@sparkify/loader";
import type { Client } from "cassandra-driver";
import { executeFrame } from "./cql-frames.js";
import { benchTables } from "./schema.js";

/** Counts up when the loader's batches or the file's form change. */
const generation = 4;

/**
 * Writes the frames that load a CSV. The file: for every frame its table's number and its rows in a byte each, its
 * length in four, and itself.
 */
export async function floorFile(csv: string, client: Client): Promise<string> {
  const file = join(dirname(csv), `floor-${generation}.frames`);
  if (existsSync(file)) return file;
  const values: Value[] = [];
  const inserts: Insert[] = [];
  for (const { insertCql } of benchTables()) inserts.push(await readInsert(client, insertCql, values));
  const window = new Window(windowRows, values);
  let fields: number[] | undefined;
  const output = openSync(`${file}.partial`, "w");
  const writeWindow = () => {
    for (const [index, insert] of inserts.entries()) {
      const ordered = orderByPartition(window, insert, () => "");
      for (const rows of batches(window, insert, ordered))
        writeSync(output, framed(window, insert, index, rows));
    }
    window.clear(window.to);
  };
  for await (const record of readCsv(csv)) {
    while (record.next()) {
      if (!fields) {
        const header = record.texts();
        fields = values.map(({ column }) => header.indexOf(column));
      } else {
        window.add(record, fields);
        if (window.isFull) writeWindow();
      }
    }
  }
  writeWindow();
  closeSync(output);
  renameSync(`${file}.partial`, file);
  return file;
}

function framed(window: Window, { markers }: Insert, table: number, rows: number[]): Buffer {
  const frame = executeFrame(rows.length * markers.length, window.framed(rows, markers));
  const head = Buffer.from([table, rows.length, 0, 0, 0, 0]);
  head.writeUInt32BE(frame.length, 2);
  return Buffer.concat([head, frame]);
}
