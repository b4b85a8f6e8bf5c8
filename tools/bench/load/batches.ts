// Which rows the floor sends together.

import type { BenchTable } from "./schema.js";

export interface Batch {
  table: BenchTable;
  rows: unknown[][];
}

const mostRows = 30;
/** Cassandra warns of unlogged batches over more partitions than this. */
const mostPartitions = 10;

/** Groups rows by their partition, and puts small groups together. */
export function* batchesOf<Row extends object>(table: BenchTable, window: readonly Row[]): Generator<Batch> {
  const partitions = new Map<string, Row[]>();
  for (const row of window) {
    const key = table.partitionKey.map((column) => row[column as keyof Row]).join("\n");
    const rows = partitions.get(key);
    if (rows) rows.push(row);
    else partitions.set(key, [row]);
  }
  const values = (row: Row) => table.columns.map((column) => row[column.csv as keyof Row]);
  let rows: unknown[][] = [];
  let parts = 0;
  for (const group of partitions.values()) {
    for (let from = 0; from < group.length; from += mostRows) {
      const piece = group.slice(from, from + mostRows);
      if (parts === mostPartitions || rows.length + piece.length > mostRows) {
        yield { table, rows };
        rows = [];
        parts = 0;
      }
      rows.push(...piece.map(values));
      parts++;
    }
  }
  if (rows.length > 0) yield { table, rows };
}
