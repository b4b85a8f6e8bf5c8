// Which rows of a window travel together.

import { batchLimits, bytesBesideValues } from "@sparkify/cql";
import type { Insert } from "./insert.js";
import type { Window } from "./window.js";

/** How many rows a batch may have. Each number is a statement to prepare, so there are few. */
const batchSizes = [30, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/** The rows of a window in the order in which a table gets them. */
export interface Ordered {
  /** Those of one partition stand together, and so do the partitions on the same nodes. */
  rows: Int32Array;
  /** For each place of `rows` the number of its partition. */
  partitions: Int32Array;
  /** For each partition the nodes that hold it. */
  nodes: string[];
  /** Rows that are left out, because a later row has their primary key and would overwrite them. */
  replaced: number;
}

/**
 * Groups the rows of a window by partition key.
 * @param nodesOf names the nodes that hold the partition of a row
 */
export function orderByPartition(window: Window, insert: Insert, nodesOf: (row: number) => string): Ordered {
  const byPartition = numberRows(window, insert.partitionKey);
  const partitionOf = byPartition.numbers;
  const isReplaced = replacedRows(window, insert, byPartition);
  const nodes = Array.from(byPartition.firstRows, nodesOf);
  const places = new Int32Array(nodes.length);
  let replaced = 0;
  for (let row = 0; row < window.rows; row++) {
    if (isReplaced[row]) replaced++;
    else (places[partitionOf[row] as number] as number) += 1;
  }
  // From the number of its rows to the place of its first one.
  let filled = 0;
  for (const partition of byNodes(nodes)) {
    const size = places[partition] as number;
    places[partition] = filled;
    filled += size;
  }
  const rows = new Int32Array(filled);
  const partitions = new Int32Array(filled);
  for (let row = 0; row < window.rows; row++) {
    if (isReplaced[row]) continue;
    const partition = partitionOf[row] as number;
    const place = places[partition] as number;
    places[partition] = place + 1;
    rows[place] = row;
    partitions[place] = partition;
  }
  return { rows, partitions, nodes, replaced };
}

/** The partitions' numbers, those on the same nodes together. */
function byNodes(nodes: string[]): Iterable<number> {
  if (nodes.every((one) => one === nodes[0])) return nodes.keys();
  const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return [...nodes.keys()].sort((a, b) => compare(nodes[a] as string, nodes[b] as string));
}

/** Of rows with the same primary key all but the last one: in one batch all have one timestamp, and none would win. */
function replacedRows(window: Window, insert: Insert, byPartition: NumberedRows): Uint8Array {
  const clustering = insert.primaryKey.filter((value) => !insert.partitionKey.includes(value));
  const { numbers, firstRows } =
    clustering.length > 0 ? numberRows(window, clustering, byPartition.numbers) : byPartition;
  const isReplaced = new Uint8Array(window.rows);
  if (firstRows.length === window.rows) return isReplaced;
  const last = Int32Array.from(firstRows);
  for (let row = 0; row < window.rows; row++) last[numbers[row] as number] = row;
  for (let row = 0; row < window.rows; row++) isReplaced[row] = Number(last[numbers[row] as number] !== row);
  return isReplaced;
}

interface NumberedRows {
  /** Of each row. */
  numbers: Int32Array;
  /** For each number the first row that has it. */
  firstRows: number[];
}

/**
 * Numbers the rows of a window by some of their values, from 0: rows in which these are the same have one number. An
 * open-addressing hash table in a typed array: the garbage collector has nothing to do with it, as it would with texts and maps.
 * @param within numbers that must be the same too
 */
function numberRows(window: Window, values: readonly number[], within?: Int32Array): NumberedRows {
  const numbers = new Int32Array(window.rows);
  const firstRows: number[] = [];
  const mask = 2 ** Math.ceil(Math.log2(2 * window.rows + 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const areEqual = (one: number, other: number) =>
    within?.[one] === within?.[other] && window.areEqual(one, other, values);
  for (let row = 0; row < window.rows; row++) {
    let slot = window.hash(row, values, within?.[row]) & mask;
    let number = slots[slot] as number;
    while (number >= 0 && !areEqual(firstRows[number] as number, row)) {
      slot = (slot + 1) & mask;
      number = slots[slot] as number;
    }
    if (number < 0) {
      number = firstRows.length;
      slots[slot] = number;
      firstRows.push(row);
    }
    numbers[row] = number;
  }
  return { numbers, firstRows };
}

/** Cuts the rows into batches. One batch may hold a part of a large partition, or several small ones on the same nodes. */
export function* batches(window: Window, insert: Insert, ordered: Ordered): Generator<number[]> {
  const { rows } = ordered;
  const besides = bytesBesideValues(insert.markers.length - insert.primaryKey.length);
  const bytesOf = (row: number) => window.size(row, insert.markers) + besides;
  for (let start = 0; start < rows.length; ) {
    const end = endOfBatch(ordered, start, bytesOf);
    const size = batchSizes.find((rows) => rows <= end - start) as number;
    yield [...rows.subarray(start, start + size)];
    start += size;
  }
}

/** The place before which a batch has to end. */
function endOfBatch(
  { rows, partitions, nodes }: Ordered,
  start: number,
  bytesOf: (row: number) => number,
): number {
  const most = Math.min(rows.length, start + batchLimits.rows);
  const nodesOfFirst = nodes[partitions[start] as number];
  let found = 0;
  let bytes = 0;
  for (let end = start; end < most; end++) {
    const partition = partitions[end] as number;
    const isNew = end === start || partition !== partitions[end - 1];
    bytes += bytesOf(rows[end] as number);
    if (isNew && (found === batchLimits.partitions || nodes[partition] !== nodesOfFirst)) return end;
    if (bytes > batchLimits.bytes && (isNew ? found > 0 : found > 1)) return end;
    if (isNew) found++;
  }
  return most;
}

/** One statement for a whole batch, so that it is prepared and sent as one. */
export function batchCql({ cql }: Pick<Insert, "cql">, rows: number): string {
  return rows === 1 ? cql : `BEGIN UNLOGGED BATCH\n${`${cql};\n`.repeat(rows)}APPLY BATCH`;
}

/** The statements for batches of each size, by the number of rows. */
export function statementsOf(insert: Insert): string[] {
  return Array.from({ length: batchLimits.rows + 1 }, (_, rows) => batchCql(insert, rows));
}
