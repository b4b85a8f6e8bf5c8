// All rows of a table, whatever its size: token range by token range, page by page.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { quoted } from "@sparkify/cql";
import { type Client, types } from "cassandra-driver";

/** Rows asked for at once. */
const pageSize = 5000;
/** How often a page is asked for: reading it again does no harm, and a long comparison should outlast a pause. */
const attempts = 3;
const rangesAtOnce = 4;

export interface ScannedTable {
  /** With its keyspace, as in CQL. */
  name: string;
  /** Those that are read. */
  columns: { name: string }[];
  partitionKeys: string[];
}

export interface Scan {
  /** Gets each page's rows, and which range they are from. A partition is never in two ranges. */
  onPage(rows: types.Row[], range: number): void;
  /** How many ranges the tokens are split into: enough that those that are read at once end at about the same time. @default 48 */
  ranges?: number;
  signal?: AbortSignal | undefined;
}

/**
 * Reads all rows at the client's consistency level, several ranges at once. After a range that fails no other is begun,
 * and those under way are awaited.
 * @throws SparkifyError where a page cannot be read, or the cluster has another partitioner than the usual one; the
 *   signal's reason, before the next page, once it is aborted
 */
export async function scanTable(
  client: Client,
  table: ScannedTable,
  { onPage, ranges = 48, signal }: Scan,
): Promise<void> {
  const rest = (await tokenRanges(client, ranges)).entries();
  let failed = false;
  const oneAfterAnother = async () => {
    try {
      for (const [number, range] of rest) {
        if (failed) return;
        await scanRange(client, table, range, (rows) => onPage(rows, number), signal);
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const workers = Array.from({ length: rangesAtOnce }, oneAfterAnother);
  await Promise.allSettled(workers);
  await Promise.all(workers);
}

/** The tokens after the first, up to and with the second. */
type TokenRange = [from: types.Long, to: types.Long];

/** Splits all tokens of the Murmur3 partitioner into equal ranges. */
async function tokenRanges(client: Client, count: number): Promise<TokenRange[]> {
  const { partitioner } = (await client.execute("SELECT partitioner FROM system.local")).first();
  if (!/Murmur3Partitioner$/.test(partitioner)) {
    throw new SparkifyError(
      `The cluster's partitioner is ${partitioner}; only Murmur3Partitioner, the usual one, can be read by ranges.`,
    );
  }
  // No row has the smallest token, so "greater than it" leaves nothing out.
  const bound = (index: number) => {
    const token =
      index === count ? 2n ** 63n - 1n : -(2n ** 63n) + (2n ** 64n * BigInt(index)) / BigInt(count);
    return types.Long.fromString(token.toString());
  };
  return Array.from({ length: count }, (_, index) => [bound(index), bound(index + 1)]);
}

/** Reads a range of a table; only one page is in memory. */
async function scanRange(
  client: Client,
  { name, columns, partitionKeys }: ScannedTable,
  range: TokenRange,
  onPage: (rows: types.Row[]) => void,
  signal?: AbortSignal,
): Promise<void> {
  const token = `token(${partitionKeys.map(quoted).join(", ")})`;
  const selected = columns.map((column) => quoted(column.name)).join(", ");
  const cql = `SELECT ${selected} FROM ${name} WHERE ${token} > ? AND ${token} <= ?`;
  let pageState: string | undefined;
  do {
    signal?.throwIfAborted();
    const options = {
      prepare: true,
      isIdempotent: true,
      fetchSize: pageSize,
      ...(pageState && { pageState }),
    };
    let page: types.ResultSet | undefined;
    for (let attempt = 1; !page; attempt++) {
      try {
        page = await client.execute(cql, range, options);
      } catch (error) {
        if (attempt === attempts)
          throw new SparkifyError(`The table ${name} cannot be read: ${(error as Error).message}`, {
            cause: error,
            where: { table: name },
          });
        await sleep(attempt * 500);
        signal?.throwIfAborted();
      }
    }
    signal?.throwIfAborted();
    onPage(page.rows);
    pageState = page.pageState;
  } while (pageState);
}
