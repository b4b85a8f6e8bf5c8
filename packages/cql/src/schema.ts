// A table's columns, as Cassandra's own schema tables describe them.

import { SparkifyError } from "@sparkify/base/errors";
import type { Client } from "cassandra-driver";
import { readTableName } from "./statements.js";
import { type OwnTypes, type ValueType, valueType } from "./value-types.js";

export interface SchemaColumn {
  name: string;
  kind: "partition_key" | "clustering" | "static" | "regular";
  order: "asc" | "desc" | "none";
  /** As CQL writes it: `int`, `frozen<list<text>>`. */
  type: string;
}

/** A column, and what is known of its values. */
export interface TypedColumn extends SchemaColumn {
  values: ValueType;
}

const kinds = ["partition_key", "clustering", "static", "regular"];

/**
 * The columns in the order of the key: partition key, clustering columns, static ones, the others.
 * @param table a table or view with its keyspace, as `sparkify.users_by_song`
 * @param advice what creates the table: the message says to do it first
 * @throws SparkifyError where it does not exist
 */
export async function schemaColumns(
  client: Client,
  table: string,
  advice = "Run the cell that creates it",
): Promise<SchemaColumn[]> {
  const { keyspace, table: name } = withKeyspace(table);
  const query =
    "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?";
  const { rows } = await client.execute(query, [keyspace, name], { prepare: true });
  if (rows.length === 0)
    throw new SparkifyError(`The table ${table} does not exist. ${advice} first.`, { where: { table } });
  return rows
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.position - b.position)
    .map(({ column_name, kind, clustering_order, type }) => ({
      name: column_name,
      kind,
      order: clustering_order,
      type,
    }));
}

/** @throws SparkifyError for anything but `keyspace.table` */
export function withKeyspace(table: string): { keyspace: string; table: string } {
  const { keyspace, table: name = "" } = readTableName(table) ?? {};
  if (keyspace !== undefined) return { keyspace, table: name };
  throw new SparkifyError(`A table with its keyspace was expected, as sparkify.users_by_song: got ${table}.`);
}

/** The types that a keyspace has of its own. */
export async function readOwnTypes(client: Client, keyspace: string): Promise<OwnTypes> {
  const query = "SELECT type_name, field_names, field_types FROM system_schema.types WHERE keyspace_name = ?";
  const { rows } = await client.execute(query, [keyspace], { prepare: true });
  return new Map(
    rows.map(({ type_name, field_names, field_types }) => [
      type_name,
      (field_names ?? []).map((name: string, place: number) => [name, field_types[place]]),
    ]),
  );
}

/** The columns as {@link schemaColumns} gives them, each with what is known of its values. */
export async function typedColumns(client: Client, table: string, advice?: string): Promise<TypedColumn[]> {
  const columns = await schemaColumns(client, table, advice);
  const ownTypes = await readOwnTypes(client, withKeyspace(table).keyspace);
  return columns.map((column) => ({ ...column, values: valueType(column.type, ownTypes) }));
}
