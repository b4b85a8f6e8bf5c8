// How large partitions are, and become.

import type { ModelTable } from "./table.js";

/** DataStax and Apache Cassandra's documentation: a partition should stay below 100,000 values and 100 MB. */
export const mostValues = 100_000;
export const mostBytes = 100 * 1024 * 1024;

export interface PartitionSize {
  rows: number;
  /** Cells: rows x (columns - primary key columns - static columns) + static columns. */
  values: number;
  /** Estimated bytes on disk, without compression. */
  bytes: number;
}

/**
 * The size of a partition by the formulas of Cassandra's documentation (Data modeling, Evaluating and refining data
 * models): values = rows x (columns - primary key columns - static columns) + static columns; bytes = partition key
 * + static columns + rows x (regular + clustering columns) + 8 x values.
 * @param keyBytes bytes of the partition key's values and of static ones
 * @param rowBytes bytes of the other values of all its rows
 */
export function partitionSize(
  { columns, primaryKey }: { columns: { kind: string }[]; primaryKey: unknown[] },
  { rows, keyBytes, rowBytes }: { rows: number; keyBytes: number; rowBytes: number },
): PartitionSize {
  const statics = columns.filter(({ kind }) => kind === "static").length;
  const values = rows * (columns.length - primaryKey.length - statics) + statics;
  return { rows, values, bytes: keyBytes + rowBytes + 8 * values };
}

/** A partition with `factor` times its rows. */
export function grown(
  table: ModelTable,
  size: PartitionSize,
  keyBytes: number,
  factor: number,
): PartitionSize {
  const rowBytes = size.bytes - keyBytes - 8 * size.values;
  return partitionSize(table, { rows: size.rows * factor, keyBytes, rowBytes: rowBytes * factor });
}

/** Bytes of the types whose values all have one size. */
export const bytesOfType: Readonly<Record<string, number>> = {
  boolean: 1,
  tinyint: 1,
  smallint: 2,
  int: 4,
  float: 4,
  date: 4,
  bigint: 8,
  double: 8,
  counter: 8,
  timestamp: 8,
  time: 8,
  uuid: 16,
  timeuuid: 16,
};

/** Bytes of a value without its cell's overhead. */
export function valueBytes(value: unknown, type: string): number {
  if (value === null || value === undefined) return 0;
  return (
    bytesOfType[type] ?? Buffer.byteLength(typeof value === "object" ? JSON.stringify(value) : String(value))
  );
}
