// Raw rows into a table, without a CSV between them: for models that are tried and thrown away.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import type { Client } from "cassandra-driver";
import type { RawRow } from "./question.js";
import { type Computed, columnList, keyText, type ModelTable, readModelTable } from "./table.js";

const atOnce = 64;
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
  const last = new Map(rows.map((row) => [keyText(table.primaryKey, row), row]));
  const left = last.values();
  const insert = async () => {
    for (const row of left) await insertRow(client, table, row);
  };
  await Promise.all(Array.from({ length: atOnce }, insert));
}

/** Inserts a raw row into the columns that have a value for it. */
export async function insertRow(client: Client, table: ModelTable, row: RawRow): Promise<void> {
  const columns = table.columns.filter(({ from }) => from);
  const cql = `INSERT INTO ${table.name} (${columnList(columns)}) VALUES (${columns.map(() => "?").join(", ")})`;
  const values = columns.map(({ from, values: type }) => type.take(from?.(row)));
  for (let attempt = 1; ; attempt++) {
    try {
      await client.execute(cql, values, { prepare: true, isIdempotent: true });
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
