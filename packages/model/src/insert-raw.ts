// Raw rows into a table, without a CSV between them: for models that are tried and thrown away.

import { SparkifyError } from "@sparkify/base/errors";
import { batchCql, batchLimits, Sender } from "@sparkify/loader";
import type { Client } from "cassandra-driver";
import { storedText } from "./facts.js";
import type { RawRow } from "./question.js";
import { type Computed, columnList, type ModelTable, readModelTable, toCassandra } from "./table.js";

/**
 * Inserts raw rows: each column takes the raw column of its name, or what is computed for it. Of rows with one key only the
 * last is sent: an upsert would leave no other.
 * @param name of the table, with its keyspace, as `sparkify.users_by_song`
 * @throws SparkifyError where the table does not exist, or a column of its key gets no value; Cassandra's error where it
 *   does not take a row; TypeError where a type cannot hold a value
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
  const left = [...new Map(rows.map((row) => [storedText(table.primaryKey, row), row])).values()];
  const sender = new Sender(client, { concurrency: 16, patience: 60, checkTables: async () => {} });
  while (left.length > 0 && !sender.failure) {
    const { cql, parameters } = insertOf(table, left.splice(-batchLimits.partitions));
    await sender.place();
    void sender.send(cql, parameters, { prepare: true, isIdempotent: true }, (error) =>
      Promise.reject(error),
    );
  }
  await sender.settled();
  if (sender.failure) throw sender.failure;
}

/** The statement that inserts raw rows into the columns that have a value for them: several as one unlogged batch. */
export function insertOf(table: ModelTable, rows: RawRow[]): { cql: string; parameters: unknown[] } {
  const columns = table.columns.filter(({ from }) => from);
  const cql = `INSERT INTO ${table.name} (${columnList(columns)}) VALUES (${columns.map(() => "?").join(", ")})`;
  return {
    cql: batchCql({ cql }, rows.length),
    parameters: rows.flatMap((row) => columns.map(({ from, type }) => toCassandra(from?.(row), type))),
  };
}
