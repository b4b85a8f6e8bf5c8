// A table as Cassandra describes it, each column with the raw rows' value that belongs there.

import { quoted, type TypedColumn, typedColumns, withKeyspace, writtenTable } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { type RawRow, rawValue } from "./question.js";

export interface ModelColumn extends TypedColumn {
  /** The raw column it holds; undefined where it is computed, or where no raw column has its name. */
  raw?: string;
  /** The raw row's value; undefined where nobody says how it is made. */
  from?: (row: RawRow) => unknown;
}

export interface ModelTable {
  /** With its keyspace, as in CQL. */
  name: string;
  columns: ModelColumn[];
  partitionKey: ModelColumn[];
  clustering: ModelColumn[];
  primaryKey: ModelColumn[];
}

/** How a column's value is made of a raw row, where it is not a raw column: `{ user_name: (row) => ... }`. */
export type Computed = Record<string, (row: never) => unknown>;

/** `session_id`, `sessionId`, `sessionid` and `SessionID` are one name. */
const plainName = (name: string) => name.replaceAll("_", "").toLowerCase();

/**
 * Reads a table's columns, and finds a raw column for each.
 * @param written the table's name with its keyspace, as in CQL
 * @throws SparkifyError where the table does not exist
 */
export async function readModelTable(
  client: Client,
  written: string,
  sample: RawRow,
  computed: Computed = {},
): Promise<ModelTable> {
  const { keyspace, table } = withKeyspace(written);
  const name = writtenTable({ keyspace, table });
  const described = await typedColumns(client, name);
  // A table of this name may have been dropped: the driver would go on binding values in the types of its columns.
  client.metadata.clearPrepared();
  const rawNames = new Map(Object.keys(sample).map((raw) => [plainName(raw), raw]));
  const columns = described.map((column): ModelColumn => {
    const make = computed[column.name] as ModelColumn["from"];
    if (make) return { ...column, from: make };
    const raw = rawNames.get(plainName(column.name));
    return raw ? { ...column, raw, from: (row) => rawValue(row, raw) } : column;
  });
  const partitionKey = columns.filter(({ kind }) => kind === "partition_key");
  const clustering = columns.filter(({ kind }) => kind === "clustering");
  return { name, columns, partitionKey, clustering, primaryKey: [...partitionKey, ...clustering] };
}

/** The columns in CQL, each quoted where its name needs it. */
export const columnList = (columns: { name: string }[]) => columns.map(({ name }) => quoted(name)).join(", ");

/** The values of some columns for a raw row, as a text that is equal only for equal values. */
export const keyText = (columns: ModelColumn[], row: RawRow): string =>
  JSON.stringify(columns.map(({ from, values }) => values.key(from?.(row))));
