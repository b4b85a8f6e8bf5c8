// All rows of a table, whatever its size: token range by token range, page by page.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { type Client, types } from "cassandra-driver";

/** The tokens after `from`, up to and with `to`. */
export interface TokenRange {
  from: types.Long;
  to: types.Long;
}

/** Rows asked for at once. */
const pageSize = 5000;
/** How often a page is asked for: reading it again does no harm, and a long comparison should outlast a pause. */
const attempts = 3;

/**
 * Splits all tokens of the Murmur3 partitioner into equal ranges.
 * @throws SparkifyError where the cluster has another partitioner
 */
export async function tokenRanges(client: Client, count: number): Promise<TokenRange[]> {
  const { partitioner } = (await client.execute("SELECT partitioner FROM system.local")).first();
  if (!/Murmur3Partitioner$/.test(partitioner)) {
    throw new SparkifyError(
      `The cluster's partitioner is ${partitioner}; only Murmur3Partitioner, the usual one, can be read by ranges.`,
    );
  }
  // No row has the smallest token, so "greater than it" leaves nothing out.
  const bound = (index: number) =>
    types.Long.fromString(
      (index === count
        ? 2n ** 63n - 1n
        : -(2n ** 63n) + (2n ** 64n * BigInt(index)) / BigInt(count)
      ).toString(),
    );
  return Array.from({ length: count }, (_, index) => ({ from: bound(index), to: bound(index + 1) }));
}

/**
 * Reads a range of a table at the client's consistency level; only one page is in memory.
 * @param onPage gets each page's rows
 * @throws SparkifyError where a page cannot be read; the signal's reason, before the next page, once it is aborted
 */
export async function scanRange(
  client: Client,
  { name, columns, partitionKeys }: { name: string; columns: { name: string }[]; partitionKeys: string[] },
  { from, to }: TokenRange,
  onPage: (rows: types.Row[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const quoted = (names: string[]) => names.map((column) => `"${column.replaceAll('"', '""')}"`).join(", ");
  const token = `token(${quoted(partitionKeys)})`;
  const selected = quoted(columns.map((column) => column.name));
  const cql = `SELECT ${selected} FROM ${name} WHERE ${token} > ? AND ${token} <= ?`;
  let pageState: string | undefined;
  do {
    signal?.throwIfAborted();
    const options = {
      prepare: true,
      isIdempotent: true,
      fetchSize: pageSize,
      ...(pageState ? { pageState } : {}),
    };
    let page: types.ResultSet | undefined;
    for (let attempt = 1; !page; attempt++) {
      try {
        page = await client.execute(cql, [from, to], options);
      } catch (error) {
        if (attempt === attempts) {
          throw new SparkifyError(`The table ${name} cannot be read: ${(error as Error).message}`);
        }
        await sleep(attempt * 500);
        signal?.throwIfAborted();
      }
    }
    signal?.throwIfAborted();
    onPage(page.rows);
    pageState = page.pageState;
  } while (pageState);
}
