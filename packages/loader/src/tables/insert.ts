// An INSERT statement, seen as what a loader has to know of it.

import { SparkifyError } from "@sparkify/base/errors";
import {
  csvColumnOf,
  plainCql,
  quoted,
  readInsert as readStatement,
  readTableName,
  type Token,
  type TypedColumn,
  typedColumns,
  writtenTable,
} from "@sparkify/cql";
import cassandra, { type Client } from "cassandra-driver";

/** A column of a CSV as a value of a type. Tables that want the same value share it. */
export interface Value {
  /** The column's name in the CSV. */
  column: string;
  /** As CQL writes it. */
  type: string;
  /** Whether some table has it in its primary key. */
  inKey: boolean;
  /** A field as the bytes of the value; undefined where it is none. Windows make the commonest ones themselves. */
  encode(field: string): Buffer | undefined;
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

/**
 * Reads INSERT statements with one marker for each column. A column takes the CSV's column of the same name in camel
 * case: session_id takes sessionId.
 * @param values the values that the statements want are added to it
 * @throws SparkifyError where a statement, its table or a column is not as expected
 */
export async function readInsert(client: Client, cql: string, values: Value[]): Promise<Insert> {
  const { name, columns } = readMarkers(cql);
  const table = writtenTable(name);
  const where = { table };
  const known = await columnsOf(client, table);
  const { columnsByName = {} } = (await client.metadata.getTable(name.keyspace, name.table)) ?? {};
  const markers = columns.map((column) => {
    const type = columnsByName[column]?.type;
    const found = known.find((other) => other.name === column);
    if (!found || !type) throw new SparkifyError(`The table ${table} has no column ${column}.`, { where });
    const encode = (field: string) => encoded(found.values.parse(field), type);
    const inKey = found.kind === "partition_key" || found.kind === "clustering";
    return indexOf({ column: csvColumnOf(column), type: found.type, inKey, encode }, values);
  });
  const key = (...kinds: TypedColumn["kind"][]) =>
    known.flatMap((column) => {
      if (!kinds.includes(column.kind)) return [];
      const marker = markers[columns.indexOf(column.name)];
      if (marker !== undefined) return marker;
      throw new SparkifyError(`The key column ${column.name} of ${table} gets no value.`, { where });
    });
  return {
    table,
    cql: plainCql(cql),
    markers,
    partitionKey: key("partition_key"),
    primaryKey: key("partition_key", "clustering"),
    tableId: await tableId(client, table),
  };
}

/** @throws SparkifyError where the statement is of another form */
function readMarkers(cql: string) {
  const statement = readStatement(cql);
  const { keyspace, table = "" } = statement?.name ?? {};
  const isMarker = (value: Token[]) => value.length === 1 && value[0]?.kind === "marker";
  if (
    statement?.isFirst &&
    keyspace !== undefined &&
    statement.rest.length === 0 &&
    statement.values.length === statement.columns.length &&
    statement.values.every(isMarker)
  )
    return { name: { keyspace, table }, columns: statement.columns };
  throw new SparkifyError(
    `This statement was expected to be INSERT INTO keyspace.table (column, ...) VALUES (?, ...): ${cql.trim()}`,
  );
}

/** The driver's own, which its types do not name. */
const { Encoder } = cassandra as unknown as {
  Encoder: new (version: number, options: object) => { encode(value: unknown, type: unknown): Buffer };
};
/** The bytes are the same in all versions of the protocol that Cassandra still takes. */
const encoder = new Encoder(4, {});

/** No value, NaN and infinity are nothing that a play may have. */
const encoded = (value: unknown, type: unknown) =>
  value === undefined || value === null || (typeof value === "number" && !Number.isFinite(value))
    ? undefined
    : encoder.encode(value, type);

/**
 * The INSERT statement of a table: its columns in the order of the key, then the others.
 * @example await load(client, [await insertCql(client, "music.songs_by_session")], { csv: "plays.csv" });
 */
export async function insertCql(client: Client, table: string): Promise<string> {
  const columns = await columnsOf(client, table);
  return `INSERT INTO ${table} (${columns.map(({ name }) => quoted(name)).join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`;
}

const columnsOf = (client: Client, table: string) => typedColumns(client, table, "Create it");

/** The id that Cassandra gave the table when it was created; empty where it does not exist. */
async function tableId(client: Client, table: string): Promise<string> {
  const { keyspace, table: name } = readTableName(table) ?? {};
  const cql = "SELECT id FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?";
  return String((await client.execute(cql, [keyspace, name], { prepare: true })).first()?.get("id") ?? "");
}

function indexOf(value: Value, values: Value[]): number {
  const index = values.findIndex(({ column, type }) => column === value.column && type === value.type);
  const known = values[index];
  if (!known) return values.push(value) - 1;
  known.inKey ||= value.inKey;
  return index;
}
