// COPY takes only files that have a table's own columns: they are made beforehand, and the time for that is not counted.

import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { readCsv } from "@sparkify/lib";
import { benchTables } from "./schema.js";

/** Writes a CSV for each table. @returns their folder; a file has its table's name */
export async function projectedCsvs(csv: string): Promise<string> {
  const folder = join(dirname(csv), "projected");
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  for (const { name, columns } of benchTables()) {
    const output = createWriteStream(join(partial, `${name}.csv`));
    const line = (fields: string[]) =>
      `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",")}\n`;
    output.write(line(columns.map((column) => column.name)));
    const wanted = columns.map((column) => column.csv);
    for await (const record of readCsv(csv, wanted)) {
      if ("row" in record && !output.write(line(wanted.map((column) => record.row[column]))))
        await once(output, "drain");
    }
    output.end();
    await finished(output);
  }
  renameSync(partial, folder);
  return folder;
}
