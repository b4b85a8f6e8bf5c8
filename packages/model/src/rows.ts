// The raw rows that a table is judged by: in memory, or read anew for each pass.

import { SparkifyError } from "@sparkify/base/errors";
import { countLines, parseCsv } from "@sparkify/compare";
import type { RawRow } from "./question.js";

/** Rows in memory, or a source for more rows than memory holds. */
export type RawRows = Iterable<RawRow> | RowSource;

export interface RowSource {
  /** How many rows there are, or a little more. */
  atMost(): Promise<number>;
  /** Calls `visit` with each row, always in the same order. What it throws ends the pass. */
  each(visit: (row: RawRow) => void): Promise<void>;
}

const inMemory = (rows: RawRows): rows is Iterable<RawRow> => Symbol.iterator in rows;

export async function eachRow(rows: RawRows, visit: (row: RawRow) => void): Promise<void> {
  if (inMemory(rows)) for (const row of rows) visit(row);
  else await rows.each(visit);
}

export async function atMost(rows: RawRows): Promise<number> {
  if (Array.isArray(rows)) return rows.length;
  return inMemory(rows) ? [...rows].length : rows.atMost();
}

/** Rows by their numbers, counted from 0. Reads no further than the last of them. */
export async function rowsAt(rows: RawRows, numbers: number[]): Promise<Map<number, RawRow>> {
  const wanted = new Set(numbers);
  const found = new Map<number, RawRow>();
  if (wanted.size === 0) return found;
  const enough = new Error("all rows are found");
  let number = 0;
  await eachRow(rows, (row) => {
    if (wanted.has(number)) found.set(number, row);
    number++;
    if (found.size === wanted.size) throw enough;
  }).catch((error) => {
    if (error !== enough) throw error;
  });
  return found;
}

/** @throws SparkifyError where there is none */
export async function firstRow(rows: RawRows): Promise<RawRow> {
  const first = (await rowsAt(rows, [0])).get(0);
  if (!first) throw new SparkifyError("There are no raw rows to judge the model by.");
  return first;
}

const numbers = new Set(["length", "sessionId", "itemInSession", "userId"]);

/** The song plays of a streamlined CSV, read by papaparse, for more of them than memory holds. */
export function playsInCsv(csv: string): RowSource {
  return {
    atMost: () => countLines(csv),
    async each(visit) {
      let columns: string[] = [];
      await parseCsv(csv, {
        onHeader: (names) => {
          columns = names;
        },
        onRow: (fields) => {
          const row: Record<string, unknown> = {};
          for (const [index, name] of columns.entries())
            row[name] = numbers.has(name) ? Number(fields[index]) : fields[index];
          visit(row);
        },
      });
    },
  };
}
