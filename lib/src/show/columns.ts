// A table's columns, as Cassandra's own schema tables describe them.

import { SparkifyError } from "@sparkify/base/errors";
import { readTableName } from "@sparkify/cql";
import type { Client } from "cassandra-driver";

export interface SchemaColumn {
  name: string;
  kind: "partition_key" | "clustering" | "static" | "regular";
  order: "asc" | "desc" | "none";
  type: string;
}

const kinds = ["partition_key", "clustering", "static", "regular"];

/**
 * The columns in the order of the key: partition key, clustering columns, static ones, the others.
 * @param table a table or view with its keyspace, as `sparkify.users_by_song`
 * @throws SparkifyError where it does not exist
 */
export async function schemaColumns(client: Client, table: string): Promise<SchemaColumn[]> {
  const { keyspace, table: name } = readTableName(table) ?? {};
  if (keyspace === undefined)
    throw new SparkifyError(
      `A table with its keyspace was expected, as sparkify.users_by_song: got ${table}.`,
    );
  const cql =
    "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns " +
    "WHERE keyspace_name = ? AND table_name = ?";
  const { rows } = await client.execute(cql, [keyspace, name], { prepare: true });
  if (rows.length === 0)
    throw new SparkifyError(`The table ${table} does not exist. Run the cell that creates it first.`);
  return rows
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.position - b.position)
    .map(({ column_name, kind, clustering_order, type }) => ({
      name: column_name,
      kind,
      order: clustering_order,
      type,
    }));
}
