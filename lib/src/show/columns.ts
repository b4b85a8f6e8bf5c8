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

export interface IndexedColumn extends SchemaColumn {
  /** Whether an index finds rows by it. */
  indexed: boolean;
}

const kinds = ["partition_key", "clustering", "static", "regular"];

/**
 * The columns in the order of the key: partition key, clustering columns, static ones, the others.
 * @param table a table or view with its keyspace, as `sparkify.users_by_song`
 * @throws SparkifyError where it does not exist
 */
export async function schemaColumns(client: Client, table: string): Promise<SchemaColumn[]> {
  const columns = await ofTable(
    client,
    table,
    "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns",
  );
  if (columns.length === 0)
    throw new SparkifyError(`The table ${table} does not exist. Run the cell that creates it first.`);
  return columns
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.position - b.position)
    .map(({ column_name, kind, clustering_order, type }) => ({
      name: column_name,
      kind,
      order: clustering_order,
      type,
    }));
}

/** The same, with what the table's indexes find. @throws as {@link schemaColumns} */
export async function indexedColumns(client: Client, table: string): Promise<IndexedColumn[]> {
  const columns = await schemaColumns(client, table);
  const indexes = await ofTable(client, table, "SELECT options FROM system_schema.indexes");
  // A target is a column, "itsName" where it has capitals, or values(itsName) of a collection.
  const targets = indexes.map(({ options }) =>
    String(options?.target)
      .replace(/^\w+\((.*)\)$/, "$1")
      .replaceAll('"', ""),
  );
  return columns.map((column) => ({ ...column, indexed: targets.includes(column.name) }));
}

/** What one of Cassandra's schema tables has of a table. */
async function ofTable(client: Client, table: string, select: string) {
  const { keyspace, table: name } = readTableName(table) ?? {};
  if (keyspace === undefined)
    throw new SparkifyError(
      `A table with its keyspace was expected, as sparkify.users_by_song: got ${table}.`,
    );
  const cql = `${select} WHERE keyspace_name = ? AND table_name = ?`;
  return (await client.execute(cql, [keyspace, name], { prepare: true })).rows;
}

/** The mark of a Chebotko diagram. */
export function markOf({ kind, order, type, indexed }: IndexedColumn): string {
  const marks = {
    partition_key: "K",
    clustering: order === "desc" ? "C↓" : "C↑",
    static: "S",
    regular: type === "counter" ? "++" : "",
  };
  return [marks[kind], indexed ? "IDX" : ""].filter((mark) => mark !== "").join(" ");
}
