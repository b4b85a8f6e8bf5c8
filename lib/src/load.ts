// From the streamlined CSV into a table.

import { existsSync } from "node:fs";
import type { Client } from "cassandra-driver";
import { streamlinedColumns } from "./denormalize";
import { readCsv } from "./events";
import { SparkifyError, shortPath, streamlinedCsv } from "./project";

/** One row of the streamlined CSV: a song that was played, with its numbers as numbers. */
export interface SongPlay {
  artist: string;
  firstName: string;
  gender: string;
  /** Position in the session, from 0. */
  itemInSession: number;
  lastName: string;
  /** Seconds. */
  length: number;
  level: string;
  location: string;
  sessionId: number;
  song: string;
  userId: number;
}

/** Streams the streamlined CSV that notebook 02 wrote. */
export async function* readSongPlays(path = streamlinedCsv): AsyncGenerator<SongPlay> {
  needStreamlinedCsv(path);
  for await (const record of readCsv(path, streamlinedColumns)) {
    if ("problem" in record) {
      throw new SparkifyError(
        `Row ${record.number} of ${path} is damaged: ${record.problem}. Run 02-denormalize-csv again.`,
      );
    }
    const { row } = record;
    yield {
      ...row,
      itemInSession: Number(row.itemInSession),
      length: Number(row.length),
      sessionId: Number(row.sessionId),
      userId: Number(row.userId),
    };
  }
}

/** Reads a stream of rows into memory, for cells that look at all of them. */
export async function collect<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Checks for the streamlined CSV, and says which notebook makes it. */
export function needStreamlinedCsv(path = streamlinedCsv): void {
  if (!existsSync(path)) {
    throw new SparkifyError(`${shortPath(path)} is missing. Run the notebook 02-denormalize-csv first.`);
  }
}

export interface InsertOptions {
  /** How many statements may be under way at once. @default 64 */
  concurrency?: number;
  /** Called as rows are acknowledged. */
  onProgress?: (rowsDone: number) => void;
  signal?: AbortSignal;
}

/**
 * Executes one prepared INSERT for every row, at most `concurrency` at a time. The statements are marked as
 * idempotent (an INSERT is an upsert: twice is the same as once), so the driver may retry them.
 * @param rows any source of rows; it is read only as fast as the cluster answers
 * @param toParameters the values of a row, in the order of the statement's markers
 * @throws SparkifyError at the first row that cannot be inserted, with its place
 */
export async function insertRows<Row>(
  client: Client,
  cql: string,
  rows: Iterable<Row> | AsyncIterable<Row>,
  toParameters: (row: Row) => unknown[],
  { concurrency = 64, onProgress, signal }: InsertOptions = {},
): Promise<{ rows: number; seconds: number }> {
  if (!(concurrency >= 1)) throw new SparkifyError(`concurrency is a number from 1 up: got ${concurrency}.`);
  const started = performance.now();
  const source = Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  let taken = 0;
  let done = 0;
  let failed = false;

  const insertOneAfterAnother = async () => {
    while (!failed) {
      signal?.throwIfAborted();
      const next = await source.next();
      if (next.done || failed) return;
      signal?.throwIfAborted(); // reading may have taken long
      const number = ++taken;
      try {
        await client.execute(cql, toParameters(next.value), { prepare: true, isIdempotent: true });
      } catch (error) {
        throw new SparkifyError(
          `Row ${number} could not be inserted: ${(error as Error).message}\n` +
            `${done} rows are in. Inserts are upserts, so running this again completes the work.`,
        );
      }
      done++;
      onProgress?.(done);
    }
  };
  const workers = Array.from({ length: concurrency }, () =>
    insertOneAfterAnother().catch((error) => {
      failed = true;
      throw error;
    }),
  );
  try {
    await Promise.all(workers);
  } finally {
    await Promise.allSettled(workers); // nothing goes on behind the caller's back
    await source.return?.();
  }
  return { rows: done, seconds: (performance.now() - started) / 1000 };
}
