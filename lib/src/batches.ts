// Which rows of a window travel together.

import type { Insert } from "./insert";
import type { Window } from "./window";

/**
 * Limits of a batch. Cassandra warns of batches over several partitions when they are larger than 5 KiB
 * (batch_size_warn_threshold) or have more than ten partitions (unlogged_batch_across_partitions_warn_threshold).
 */
export const batchLimits = { rows: 32, partitions: 10, bytes: 4096 };

export interface Batch {
  /** Rows of the window; no two of them have the same primary key. */
  rows: number[];
  /** How many rows of the window are done with it: those too that a later row with their key replaces. */
  covers: number;
}

/**
 * Groups the rows of a window by partition key. A partition with many rows gets batches of its own, and its last rows
 * share one with other small groups, if the same nodes hold them.
 * @param nodesOf names the nodes that hold the partition of a row
 */
export function* batches(window: Window, insert: Insert, nodesOf: (row: number) => string): Generator<Batch, void, undefined> {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < window.rows; row++) {
    const key = window.key(row, insert.partitionKey);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const open = new Map<string, Batch & { partitions: number; bytes: number }>();
  for (const group of groups.values()) {
    const rows = group.length === 1 ? group : withoutReplaced(window, insert, group);
    let covers = group.length;
    let next = 0;
    for (; rows.length - next >= batchLimits.rows; next += batchLimits.rows) {
      yield { rows: rows.slice(next, next + batchLimits.rows), covers: batchLimits.rows };
      covers -= batchLimits.rows;
    }
    if (next === rows.length) continue;
    const rest = next === 0 ? rows : rows.slice(next);
    const nodes = nodesOf(rest[0] as number);
    const bytes = rest.reduce((sum, row) => sum + window.size(row, insert), 0);
    let batch = open.get(nodes);
    if (
      batch &&
      (batch.rows.length + rest.length > batchLimits.rows ||
        batch.partitions === batchLimits.partitions ||
        batch.bytes + bytes > batchLimits.bytes)
    ) {
      yield batch;
      batch = undefined;
    }
    if (batch) {
      batch.rows.push(...rest);
      batch.covers += covers;
      batch.partitions++;
      batch.bytes += bytes;
    } else {
      open.set(nodes, { rows: [...rest], covers, partitions: 1, bytes });
    }
  }
  yield* open.values();
}

/** Of rows with the same primary key only the last one: in one batch all have one timestamp, and none would win. */
function withoutReplaced(window: Window, insert: Insert, rows: number[]): number[] {
  const last = new Map(rows.map((row) => [window.key(row, insert.primaryKey), row]));
  return last.size === rows.length ? rows : [...last.values()];
}

/** One statement for a whole batch of `rows` rows, so that it is prepared and sent as one. */
export function batchCql({ cql }: Insert, rows: number): string {
  return rows === 1 ? cql : `BEGIN UNLOGGED BATCH\n${`${cql};\n`.repeat(rows)}APPLY BATCH`;
}
