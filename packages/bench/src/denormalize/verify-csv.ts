// Whether a CSV has the rows that the generator made, in whatever order and with whatever quoting.

import { RowHash } from "@sparkify/generator";
import { streamlinedColumns } from "@sparkify/loader";
import { readRows } from "../data/csv-rows.js";

/** @returns what is wrong with the rows, or undefined */
export async function faultOfCsv(
  csv: string,
  expected: { plays: number; playsHash: string },
): Promise<string | undefined> {
  const hash = new RowHash();
  let header: string | undefined;
  for await (const fields of readRows(csv)) {
    if (header === undefined) header = fields.join();
    else hash.add(fields);
  }
  if (header !== streamlinedColumns.join()) return `the columns are ${header}`;
  if (hash.rows !== expected.plays) return `${hash.rows} rows instead of ${expected.plays}`;
  if (hash.toString() !== expected.playsHash) return "the right number of rows, but other values";
  return undefined;
}
