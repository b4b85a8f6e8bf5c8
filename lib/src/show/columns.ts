// A table's columns, as Cassandra's own schema tables describe them.

import type { Client } from "cassandra-driver";
import { SparkifyError } from "../project";

export interface SchemaColumn {
  name: string;
  kind: "partition_key" | "clustering" | "static" | "regular";
  order: "asc" | "desc" | "none";
  type: string;
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
  const [keyspace, name] = table.split(".").map((part) => part.replace(/^"(.*)"$/, "$1"));
  const ask = async (cql: string) =>
    (
      await client.execute(`${cql} WHERE keyspace_name = ? AND table_name = ?`, [keyspace, name], {
        prepare: true,
      })
    ).rows;
  const columns = await ask(
    "SELECT column_name, kind, position, clustering_order, type FROM system_schema.columns",
  );
  if (columns.length === 0) throw new SparkifyError(`The table ${table} does not exist.`);
  const indexes = await ask("SELECT options FROM system_schema.indexes");
  // A target is a column, "itsName" where it has capitals, or values(itsName) of a collection.
  const targets = indexes.map(({ options }) =>
    String(options?.target)
      .replace(/^\w+\((.*)\)$/, "$1")
      .replaceAll('"', ""),
  );
  return columns
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.position - b.position)
    .map(({ column_name, kind, clustering_order, type }) => ({
      ...{ name: column_name, kind, order: clustering_order, type },
      indexed: targets.includes(column_name),
    }));
}

/** The mark of a Chebotko diagram. */
export function markOf({ kind, order, type, indexed }: SchemaColumn): string {
  const marks = {
    partition_key: "K",
    clustering: order === "desc" ? "C↓" : "C↑",
    static: "S",
    regular: type === "counter" ? "++" : "",
  };
  return [marks[kind], indexed ? "IDX" : ""].filter((mark) => mark !== "").join(" ");
}
