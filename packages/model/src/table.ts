// A table as Cassandra describes it, each column with the raw rows' value that belongs there.

import { SparkifyError } from "@sparkify/base/errors";
import { quoted, readTableName, writtenTable } from "@sparkify/cql";
import { type SchemaColumn, schemaColumns } from "@sparkify/lib/show";
import { type Client, types } from "cassandra-driver";
import { type RawRow, rawValue } from "./question.js";

export type ColumnKind = SchemaColumn["kind"];

export interface ModelColumn {
  name: string;
  /** Cassandra's name of the type: `int`, `text`, ... */
  type: string;
  kind: ColumnKind;
  /** Of a clustering column. */
  descending: boolean;
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
  const found = readTableName(written);
  if (found?.keyspace === undefined)
    throw new SparkifyError(
      `A table with its keyspace was expected, as sparkify.users_by_song: got ${written}.`,
    );
  const name = writtenTable(found);
  const described = await schemaColumns(client, name);
  // A table of this name may have been dropped: the driver would go on binding values in the types of its columns.
  client.metadata.clearPrepared();
  const rawNames = new Map(Object.keys(sample).map((raw) => [plainName(raw), raw]));
  const columns = described.map(({ name: column, kind, order, type }): ModelColumn => {
    const make = computed[column] as ModelColumn["from"];
    const raw = make ? undefined : rawNames.get(plainName(column));
    const from = make ?? (raw ? (row: RawRow) => rawValue(row, raw) : undefined);
    return {
      name: column,
      kind,
      type,
      descending: order === "desc",
      ...(raw && { raw }),
      ...(from && { from }),
    };
  });
  const partitionKey = columns.filter(({ kind }) => kind === "partition_key");
  const clustering = columns.filter(({ kind }) => kind === "clustering");
  return { name, columns, partitionKey, clustering, primaryKey: [...partitionKey, ...clustering] };
}

/** The columns in CQL, each quoted where its name needs it. */
export const columnList = (columns: { name: string }[]) => columns.map(({ name }) => quoted(name)).join(", ");

/** A raw value as the driver takes it for a type. @throws where the type cannot hold it */
export function toCassandra(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  if (/^(text|ascii)$/.test(type)) return String(value);
  if (type === "decimal") return types.BigDecimal.fromString(String(value));
  if (type === "varint") return types.Integer.fromString(String(value));
  if (/^(int|smallint|tinyint|bigint|float|double|counter)$/.test(type)) {
    const number = Number(value);
    if (Number.isNaN(number)) throw new TypeError(`${JSON.stringify(value)} is no ${type}`);
    return type === "bigint" || type === "counter" ? types.Long.fromNumber(number) : number;
  }
  if (type === "date" && typeof value === "string") return types.LocalDate.fromString(value);
  if (type === "timestamp" && !(value instanceof Date)) return new Date(value as string | number);
  return value;
}

/** A value that came from Cassandra, as a number or a text. */
export function fromCassandra(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return value;
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "bigint") return Number(value);
  if (value instanceof types.Long || value instanceof types.Integer) return Number(value.toString());
  if (value instanceof types.BigDecimal) return Number(value.toString());
  return typeof value === "object" && !Array.isArray(value) && value.constructor !== Object
    ? String(value)
    : value;
}

/**
 * A raw value as it should come back from a column: in the column's type, so that a type that alters values is told
 * from a row that is wrong.
 */
export function asStored(value: unknown, type: string): unknown {
  if (value === null || value === undefined) return null;
  // Called for every value of a million rows: no pattern is matched here.
  switch (type) {
    case "text":
    case "ascii":
      return String(value);
    case "float":
      return Math.fround(Number(value));
    case "int":
    case "smallint":
    case "tinyint":
    case "bigint":
    case "counter":
      return Math.trunc(Number(value));
    case "varint":
    case "double":
    case "decimal":
      return Number(value);
    case "timestamp":
      return new Date(value as string | number).toISOString();
    default:
      return value;
  }
}
