// Whether a CSV has the rows that the generator made, in whatever order and with whatever quoting.

import { readCsv, streamlinedColumns } from "@sparkify/lib";
import { RowHash } from "../data/row-hash.js";

/** @returns what is wrong with the rows, or undefined */
export async function faultOfCsv(
  csv: string,
  expected: { plays: number; playsHash: string },
): Promise<string | undefined> {
  const hash = new RowHash();
  for await (const record of readCsv(csv, streamlinedColumns)) {
    if ("problem" in record) return `row ${record.number}: ${record.problem}`;
    hash.add(streamlinedColumns.map((column) => record.row[column]));
  }
  if (hash.rows !== expected.plays) return `${hash.rows} rows instead of ${expected.plays}`;
  if (hash.toString() !== expected.playsHash) return "the right number of rows, but other values";
  return undefined;
}
