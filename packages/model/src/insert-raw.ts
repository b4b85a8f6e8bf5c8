// Raw rows into a table, without a CSV between them: for models that are tried and thrown away.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { grouped } from "@sparkify/base/grouped";
import { batchLimits, bytesBesideValues } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import type { RawRow } from "./question.js";
import { type Computed, columnList, keyText, type ModelTable, readModelTable } from "./table.js";

const atOnce = 16;
/** How often a busy cluster is asked to take a row. */
const attempts = 5;

/**
 * Inserts raw rows: each column takes the raw column of its name, or what is computed for it. Of rows with one key only the
 * last is sent: an upsert would leave no other.
 * @param name of the table, with its keyspace, as `sparkify.users_by_song`
 * @throws SparkifyError where the table does not exist, or a column of its key gets no value; Cassandra's error where it
 *   does not take a row; TypeError where a type cannot hold a value
 * @example
 * await insertRaw(client, "lab_keys.users_by_song", plays);
 */
export async function insertRaw(
  client: Client,
  name: string,
  rows: readonly RawRow[],
  computed: Computed = {},
): Promise<void> {
  const [sample] = rows;
  if (!sample) return;
  const table = await readModelTable(client, name, sample, computed);
  const unknown = table.primaryKey.find(({ from }) => !from);
  if (unknown)
    throw new SparkifyError(
      `No raw column is called ${unknown.name}, which is in the key of ${name}. The raw rows have ${Object.keys(sample).join(", ")}`,
    );
  const last = [...new Map(rows.map((row) => [keyText(table.primaryKey, row), row])).values()];
  const left = batchesOf(table, last);
  const insert = async () => {
    for (let batch = left.pop(); batch; batch = left.pop()) await insertRows(client, table, batch);
  };
  await Promise.all(Array.from({ length: atOnce }, insert));
}

/** Rows of one partition travel together: Cassandra writes them at once. */
function batchesOf({ partitionKey, primaryKey, columns }: ModelTable, rows: RawRow[]): RawRow[][] {
  const partitions = grouped(rows, (row) => keyText(partitionKey, row));
  const besides = bytesBesideValues(columns.length - primaryKey.length);
  const bytesOf = (row: RawRow) =>
    columns.reduce((sum, { from }) => sum + String(from?.(row) ?? "").length, besides);
  const batches: RawRow[][] = [];
  let batch: RawRow[] = [];
  let [held, bytes] = [0, 0];
  for (const partition of partitions.values()) {
    held++;
    for (const row of partition) {
      const size = bytesOf(row);
      if (
        batch.length === batchLimits.rows ||
        held > batchLimits.partitions ||
        bytes + size > batchLimits.bytes
      ) {
        if (batch.length > 0) batches.push(batch);
        [batch, held, bytes] = [[], 1, 0];
      }
      batch.push(row);
      bytes += size;
    }
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

/** Inserts raw rows, few enough for one batch, into the columns that have a value for them. */
export async function insertRows(client: Client, table: ModelTable, rows: RawRow[]): Promise<void> {
  const columns = table.columns.filter(({ from }) => from);
  const query = `INSERT INTO ${table.name} (${columnList(columns)}) VALUES (${columns.map(() => "?").join(", ")})`;
  const inserts = rows.map((row) => ({
    query,
    params: columns.map(({ from, values }) => values.take(from?.(row))),
  }));
  for (let attempt = 1; ; attempt++) {
    try {
      await client.batch(inserts, { prepare: true, logged: false, isIdempotent: true });
      return;
    } catch (error) {
      // Codes from 0x2000 on say that the statement is wrong, others that the cluster is busy.
      const { code } = error as { code?: unknown };
      if (attempt === attempts || error instanceof TypeError || (typeof code === "number" && code >= 0x2000))
        throw error;
      await sleep(attempt * 500);
    }
  }
}
