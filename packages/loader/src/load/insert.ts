// An INSERT statement, seen as what a loader has to know of it.

import { SparkifyError } from "@sparkify/base/errors";
import {
  csvColumnOf,
  plainCql,
  quoted,
  readInsert as readStatement,
  readTableName,
  type Token,
  writtenTable,
} from "@sparkify/cql";
import { type Client, types } from "cassandra-driver";

/** How a field of the CSV becomes the bytes of a Cassandra value. */
export type ValueType = "text" | "int" | "bigint" | "float" | "double";

/** A column of a CSV as a value of a type. Tables that want the same value share it. */
export interface Value {
  /** The column's name in the CSV. */
  column: string;
  type: ValueType;
}

export interface Insert {
  /** With its keyspace. */
  table: string;
  cql: string;
  /** The values in the order of the statement's markers, as indexes of `values`. */
  markers: number[];
  /** Those among them that are the partition key, and the whole primary key. */
  partitionKey: number[];
  primaryKey: number[];
  /** Changes when the table is dropped and created anew. */
  tableId: string;
}

const typesByCode: Record<number, ValueType> = {
  [types.dataTypes.text]: "text",
  [types.dataTypes.varchar]: "text",
  [types.dataTypes.ascii]: "text",
  [types.dataTypes.int]: "int",
  [types.dataTypes.bigint]: "bigint",
  [types.dataTypes.float]: "float",
  [types.dataTypes.double]: "double",
};

/**
 * Reads INSERT statements with one marker for each column. A column takes the CSV's column of the same name in camel
 * case: session_id takes sessionId.
 * @param values the values that the statements want are added to it
 * @throws SparkifyError where a statement, its table or a column is not as expected
 */
export async function readInsert(client: Client, cql: string, values: Value[]): Promise<Insert> {
  const statement = readStatement(cql);
  const { keyspace, table: name = "" } = statement?.name ?? {};
  const columns = statement?.columns ?? [];
  const isMarker = (value: Token[]) => value.length === 1 && value[0]?.kind === "marker";
  if (
    !statement?.isFirst ||
    keyspace === undefined ||
    statement.rest.length > 0 ||
    statement.values.length !== columns.length ||
    !statement.values.every(isMarker)
  ) {
    throw new SparkifyError(
      `This statement was expected to be INSERT INTO keyspace.table (column, ...) VALUES (?, ...): ${cql.trim()}`,
    );
  }
  const table = writtenTable(statement.name);
  const found = await client.metadata.getTable(keyspace, name);
  if (!found)
    throw new SparkifyError(`The table ${table} does not exist. Run the notebook 03-create-tables first.`);
  const markers = columns.map((column) => {
    const code = found.columnsByName[column]?.type.code;
    if (code === undefined) throw new SparkifyError(`The table ${table} has no column ${column}.`);
    const type = typesByCode[code];
    if (!type)
      throw new SparkifyError(`The column ${column} of ${table} has a type that is not loaded from a CSV.`);
    return indexOf({ column: csvColumnOf(column), type }, values);
  });
  const key = (part: { name: string }[]) =>
    part.map((column) => {
      const marker = markers[columns.indexOf(column.name)];
      if (marker === undefined)
        throw new SparkifyError(`The key column ${column.name} of ${table} gets no value.`);
      return marker;
    });
  const partitionKey = key(found.partitionKeys);
  return {
    table,
    cql: plainCql(cql),
    markers,
    partitionKey,
    primaryKey: [...partitionKey, ...key(found.clusteringKeys)],
    tableId: await tableId(client, table),
  };
}

/** The INSERT statement of a table: its columns in the order of the key, then the others. */
export async function insertCql(client: Client, table: string): Promise<string> {
  const { keyspace = "", table: name = "" } = readTableName(table) ?? {};
  const found = await client.metadata.getTable(keyspace, name);
  if (!found)
    throw new SparkifyError(`The table ${table} does not exist. Run the notebook 03-create-tables first.`);
  const keys = [...found.partitionKeys, ...found.clusteringKeys].map((column) => column.name);
  const columns = [
    ...keys,
    ...found.columns.map((column) => column.name).filter((column) => !keys.includes(column)),
  ];
  return `INSERT INTO ${table} (${columns.map(quoted).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
}

/** The id that Cassandra gave the table when it was created; empty where it does not exist. */
async function tableId(client: Client, table: string): Promise<string> {
  const { keyspace, table: name } = readTableName(table) ?? {};
  const cql = "SELECT id FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?";
  return String((await client.execute(cql, [keyspace, name], { prepare: true })).first()?.get("id") ?? "");
}

function indexOf(value: Value, values: Value[]): number {
  const index = values.findIndex(({ column, type }) => column === value.column && type === value.type);
  return index >= 0 ? index : values.push(value) - 1;
}
