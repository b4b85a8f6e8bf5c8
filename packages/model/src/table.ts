// A table as Cassandra describes it, each column with the raw rows' value that belongs there.

import {
  quoted,
  type TypedColumn,
  typedColumns,
  type ValueType,
  valueType,
  withKeyspace,
  writtenTable,
} from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { rawByColumn } from "./names.js";
import { type Question, type RawRow, type RawTypes, rawValue } from "./question.js";

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

/**
 * Reads a table's columns, and finds a raw column for each: of its name, or of a name that is the same but for capitals,
 * spaces and signs.
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
  const isComputed = (column: string) => Object.hasOwn(computed, column);
  const names = described.map((column) => column.name).filter((column) => !isComputed(column));
  const raws = rawByColumn(names, Object.keys(sample));
  const columns = described.map((column): ModelColumn => {
    if (isComputed(column.name))
      return { ...column, from: computed[column.name] as (row: RawRow) => unknown };
    const raw = raws.get(column.name);
    return raw === undefined ? column : { ...column, raw, from: (row) => rawValue(row, raw) };
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

/** The column that holds a question's column: the raw one, or one of its name that is computed. */
export const columnFor = ({ columns }: ModelTable, name: string): ModelColumn | undefined =>
  columns.find((column) => (column.raw ?? column.name) === name && column.from);

/** What tells the part that a raw row belongs to: the same text for all rows where the question has no parts. */
export function partTextOf(table: ModelTable, { parts = [] }: Question): (row: RawRow) => string {
  const columns = parts.map(
    (part) => columnFor(table, part) ?? { from: (row: RawRow) => rawValue(row, part), values: texts },
  );
  return (row) => JSON.stringify(columns.map(({ from, values }) => values.key(from?.(row))));
}

const numbers = valueType("decimal");
const texts = valueType("text");

/**
 * The types of the raw columns that a table holds. Numbers are numbers even where a column keeps them as text.
 * @param sample without nulls
 */
export const rawTypesOf = ({ columns }: ModelTable, sample: RawRow): RawTypes =>
  new Map(
    columns.flatMap(({ raw, type, values }): [string, ValueType][] => {
      if (raw === undefined) return [];
      const isText = ["text", "varchar", "ascii"].includes(type);
      const isNumber = isText && typeof rawValue(sample, raw) === "number";
      return [[raw, isNumber ? numbers : values]];
    }),
  );
