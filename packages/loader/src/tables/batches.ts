// Which rows of a window travel together.

import type { Insert } from "./insert.js";
import type { Window } from "./window.js";

/**
 * Limits of a batch. Cassandra warns of batches over several partitions when they are larger than 5 KiB
 * (batch_size_warn_threshold) or have more than ten partitions (unlogged_batch_across_partitions_warn_threshold).
 */
export const batchLimits = { rows: 30, partitions: 10, bytes: 4600 };

/**
 * What a row takes beside its values, as Cassandra counts: timestamp, time-to-live and deletion time of each cell outside
 * the key, and the row's own (Cell.dataSize and LivenessInfo.dataSize in Cassandra 5.0).
 */
const bytesBesideValues = ({ markers, primaryKey }: Insert) => 16 * (markers.length - primaryKey.length) + 20;

/** How many rows a batch may have. Each number is a statement to prepare, so there are few. */
const batchSizes = [30, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/** A row of a window, with the partition that it belongs to: the same object for all of its rows. */
interface PlacedRow {
  row: number;
  partition: { nodes: string };
}

/** The rows of a window in the order in which a table gets them. */
export interface Ordered {
  /** Those of one partition stand together, and so do the partitions on the same nodes. */
  rows: PlacedRow[];
  /** Rows that are left out, because a later row has their primary key and would overwrite them. */
  replaced: number;
}

/**
 * Groups the rows of a window by partition key.
 * @param nodesOf names the nodes that hold the partition of a row
 */
export function orderByPartition(window: Window, insert: Insert, nodesOf: (row: number) => string): Ordered {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < window.rows; row++) {
    const key = window.key(row, insert.partitionKey);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const partitions = [...groups.values()].map((rows) => ({ rows, nodes: nodesOf(rows[0] as number) }));
  if (partitions.some(({ nodes }) => nodes !== partitions[0]?.nodes)) {
    partitions.sort((a, b) => (a.nodes < b.nodes ? -1 : a.nodes > b.nodes ? 1 : 0));
  }
  const rows: PlacedRow[] = [];
  for (const partition of partitions) {
    for (const row of withoutReplaced(window, insert, partition.rows)) rows.push({ row, partition });
  }
  return { rows, replaced: window.rows - rows.length };
}

/** Of rows with the same primary key only the last one: in one batch all have one timestamp, and none would win. */
function withoutReplaced(window: Window, insert: Insert, rows: number[]): number[] {
  if (rows.length === 1) return rows;
  const last = new Map(rows.map((row) => [window.key(row, insert.primaryKey), row]));
  return last.size === rows.length ? rows : [...last.values()];
}

/** Cuts the rows into batches. One batch may hold a part of a large partition, or several small ones on the same nodes. */
export function* batches(window: Window, insert: Insert, { rows }: Ordered): Generator<number[]> {
  const besides = bytesBesideValues(insert);
  const bytesOf = ({ row }: PlacedRow) => window.size(row, insert) + besides;
  for (let start = 0; start < rows.length; ) {
    const end = endOfBatch(rows, start, bytesOf);
    const size = batchSizes.find((rows) => rows <= end - start) as number;
    yield rows.slice(start, start + size).map(({ row }) => row);
    start += size;
  }
}

/** The place before which a batch has to end. */
function endOfBatch(rows: PlacedRow[], start: number, bytesOf: (row: PlacedRow) => number): number {
  const most = Math.min(rows.length, start + batchLimits.rows);
  const nodes = rows[start]?.partition.nodes;
  let partitions = 0;
  let bytes = 0;
  for (let end = start; end < most; end++) {
    const row = rows[end] as PlacedRow;
    const { partition } = row;
    const isNew = end === start || partition !== rows[end - 1]?.partition;
    bytes += bytesOf(row);
    if (isNew && (partitions === batchLimits.partitions || partition.nodes !== nodes)) return end;
    if (bytes > batchLimits.bytes && (isNew ? partitions > 0 : partitions > 1)) return end;
    if (isNew) partitions++;
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
