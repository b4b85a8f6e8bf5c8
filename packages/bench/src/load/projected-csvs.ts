// COPY takes only files that have a table's own columns: they are made beforehand, and the time for that is not counted.

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { readRecords } from "../data/csv-rows.js";
import { benchTables } from "./schema.js";

/** Writes a CSV for each table. @returns their folder; a file has its table's name */
export async function projectedCsvs(csv: string): Promise<string> {
  const folder = join(dirname(csv), "projected");
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  for (const { name, columns } of benchTables()) {
    const output = openSync(join(partial, `${name}.csv`), "w");
    const line = (fields: string[]) =>
      `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`;
    let text = line(columns.map((column) => column.name));
    for await (const row of readRecords(csv)) {
      text += line(columns.map((column) => row[column.csv] ?? ""));
      if (text.length < 1_000_000) continue;
      writeSync(output, text);
      text = "";
    }
    writeSync(output, text);
    closeSync(output);
  }
  renameSync(partial, folder);
  return folder;
}
