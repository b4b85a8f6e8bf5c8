// Answers read to their last page, and how long that takes.

import type { Client } from "cassandra-driver";

export interface Reading {
  rows: number;
  /** Each page of an answer is one. */
  requests: number;
}

/**
 * Reads an answer to its last page. Pages come one after the other: each says where the next one begins.
 * @example const { rows, requests } = await readPages(client, "SELECT * FROM sparkify.users_by_song", []);
 */
export async function readPages(
  client: Client,
  query: string,
  parameters: unknown[],
  fetchSize = 5000,
): Promise<Reading> {
  const reading = { rows: 0, requests: 0 };
  let pageState: string | undefined;
  do {
    const options = { prepare: true, fetchSize, ...(pageState ? { pageState } : {}) };
    const page = await client.execute(query, parameters, options);
    reading.rows += page.rowLength;
    reading.requests++;
    pageState = page.pageState;
  } while (pageState);
  return reading;
}

/**
 * What several readings are together.
 * @example sumOf([{ rows: 10, requests: 1 }, { rows: 5, requests: 1 }]); // { rows: 15, requests: 2 }
 */
export function sumOf(readings: Reading[]): Reading {
  return readings.reduce((sum, { rows, requests }) => ({
    rows: sum.rows + rows,
    requests: sum.requests + requests,
  }));
}

/**
 * Reads some times.
 * @returns what was read, and the median of the times it took
 * @example const { milliseconds } = await timeReading(() => readPages(client, query, [song]), 5);
 */
export async function timeReading(
  read: () => Promise<Reading>,
  times = 1,
): Promise<Reading & { milliseconds: number }> {
  const measured: number[] = [];
  let reading: Reading = { rows: 0, requests: 0 };
  for (let run = 0; run < times; run++) {
    const started = performance.now();
    reading = await read();
    measured.push(performance.now() - started);
  }
  const median = measured.sort((a, b) => a - b)[Math.floor(times / 2)] ?? 0;
  return { ...reading, milliseconds: Math.round(median * 10) / 10 };
}
