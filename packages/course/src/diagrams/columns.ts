// A table's columns with what a diagram says of each.

import { type SchemaColumn, schemaColumns, withKeyspace } from "@sparkify/cql";
import type { Client } from "cassandra-driver";

export interface IndexedColumn extends SchemaColumn {
  /** Whether an index finds rows by it. */
  indexed: boolean;
}

/**
 * The columns in the order of the key, with what the table's indexes find.
 * @throws SparkifyError where the table does not exist
 */
export async function indexedColumns(client: Client, table: string): Promise<IndexedColumn[]> {
  const columns = await schemaColumns(client, table);
  const { keyspace, table: name } = withKeyspace(table);
  const cql = "SELECT options FROM system_schema.indexes WHERE keyspace_name = ? AND table_name = ?";
  const { rows } = await client.execute(cql, [keyspace, name], { prepare: true });
  // A target is a column, "itsName" where it has capitals, or values(itsName) of a collection.
  const targets = rows.map(({ options }) =>
    String(options?.target)
      .replace(/^\w+\((.*)\)$/, "$1")
      .replaceAll('"', ""),
  );
  return columns.map((column) => ({ ...column, indexed: targets.includes(column.name) }));
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
