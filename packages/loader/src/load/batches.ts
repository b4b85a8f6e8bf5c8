// Which rows of a window travel together.

import type { Insert } from "./insert.js";
import type { Window } from "./window.js";

/**
 * Limits of a batch. Cassandra warns of batches over several partitions when they are larger than 5 KiB
 * (batch_size_warn_threshold) or have more than ten partitions (unlogged_batch_across_partitions_warn_threshold).
 */
export const batchLimits = { rows: 32, partitions: 10, bytes: 4600 };

/**
 * What a row takes beside its values, as Cassandra counts: timestamp, time-to-live and deletion time of each cell outside
 * the key, and the row's own (Cell.dataSize and LivenessInfo.dataSize in Cassandra 5.0).
 */
const bytesBesideValues = ({ markers, primaryKey }: Insert) => 16 * (markers.length - primaryKey.length) + 20;

/** How many rows a batch may have. Each number is a statement to prepare, so there are few. */
const batchSizes = [32, 24, 16, 12, 8, 6, 4, 3, 2, 1];

/** The rows of a window in the order in which a table gets them. */
export interface Ordered {
  /** Rows of one partition stand together. */
  rows: number[];
  /** For each of them its partition, as a number. Partitions on the same nodes stand together. */
  partitions: number[];
  /** For each partition the name of its nodes. */
  nodes: string[];
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
  let sorted = [...groups.values()].map((rows) => ({ rows, nodes: nodesOf(rows[0] as number) }));
  if (sorted.some(({ nodes }) => nodes !== sorted[0]?.nodes)) {
    sorted = sorted.sort((a, b) => (a.nodes < b.nodes ? -1 : a.nodes > b.nodes ? 1 : 0));
  }
  const ordered: Ordered = { rows: [], partitions: [], nodes: [], replaced: 0 };
  for (const { rows, nodes } of sorted) {
    const kept = rows.length === 1 ? rows : withoutReplaced(window, insert, rows);
    for (const row of kept) {
      ordered.rows.push(row);
      ordered.partitions.push(ordered.nodes.length);
    }
    ordered.nodes.push(nodes);
    ordered.replaced += rows.length - kept.length;
  }
  return ordered;
}

/** Of rows with the same primary key only the last one: in one batch all have one timestamp, and none would win. */
function withoutReplaced(window: Window, insert: Insert, rows: number[]): number[] {
  const last = new Map(rows.map((row) => [window.key(row, insert.primaryKey), row]));
  return last.size === rows.length ? rows : [...last.values()];
}

/** Cuts the rows into batches. One batch may hold a part of a large partition, or several small ones on the same nodes. */
export function* batches(
  window: Window,
  insert: Insert,
  ordered: Ordered,
): Generator<number[], void, undefined> {
  const { rows, partitions, nodes } = ordered;
  const besides = bytesBesideValues(insert);
  for (let start = 0; start < rows.length; ) {
    const firstNodes = nodes[partitions[start] as number];
    let end = start;
    let bytes = 0;
    for (let inBatch = 0; end < rows.length && end - start < batchLimits.rows; end++) {
      const partition = partitions[end] as number;
      const isNew = end === start || partition !== partitions[end - 1];
      bytes += window.size(rows[end] as number, insert) + besides;
      if (isNew && (inBatch === batchLimits.partitions || nodes[partition] !== firstNodes)) break;
      if (bytes > batchLimits.bytes && (isNew ? inBatch > 0 : inBatch > 1)) break;
      if (isNew) inBatch++;
    }
    const size = batchSizes.find((rows) => rows <= end - start) as number;
    yield rows.slice(start, start + size);
    start += size;
  }
}

/** One statement for a whole batch, so that it is prepared and sent as one. */
export function batchCql({ cql }: Pick<Insert, "cql">, rows: number): string {
  return rows === 1 ? cql : `BEGIN UNLOGGED BATCH\n${`${cql};\n`.repeat(rows)}APPLY BATCH`;
}

/** The statements for batches of each size, by the number of rows. */
export function statementsOf(insert: Insert): string[] {
  return Array.from({ length: batchLimits.rows + 1 }, (_, rows) => batchCql(insert, rows));
}
