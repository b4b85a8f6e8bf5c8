// A table's columns, as Cassandra's own schema tables describe them.

import { type SchemaColumn, schemaColumns, withKeyspace } from "@sparkify/cql";
import type { Client } from "cassandra-driver";

export { type SchemaColumn, schemaColumns };

export interface IndexedColumn extends SchemaColumn {
  /** Whether an index finds rows by it. */
  indexed: boolean;
}

/** The columns, with what the table's indexes find. @throws as {@link schemaColumns} */
export async function indexedColumns(client: Client, table: string): Promise<IndexedColumn[]> {
  const columns = await schemaColumns(client, table);
  const { keyspace, table: name } = withKeyspace(table);
  const query = "SELECT options FROM system_schema.indexes WHERE keyspace_name = ? AND table_name = ?";
  const { rows: indexes } = await client.execute(query, [keyspace, name], { prepare: true });
  // A target is a column, "itsName" where it has capitals, or values(itsName) of a collection.
  const targets = indexes.map(({ options }) =>
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
