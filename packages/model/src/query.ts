// A SELECT statement: what it is given, how Cassandra reads for it, what it answers.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import type { Row } from "@sparkify/compare";
import { readSelect, readTableName } from "@sparkify/cql";
import { type Client, types } from "cassandra-driver";
import type { RawRow } from "./question.js";
import type { ModelColumn, ModelTable } from "./table.js";

/** A condition of the WHERE clause. */
export interface Condition {
  column: ModelColumn;
  /** A list of one value, IN (?), is a comparison with =. */
  operator: string;
  /** How many markers it has. */
  markers: number;
  /** The marker of IN ? takes a list. */
  takesList: boolean;
}

export interface ModelQuery {
  /** What it asks. */
  table: ModelTable;
  /** Without comments and semicolon. */
  cql: string;
  /** The same for all columns. */
  ofAllColumns: string;
  /** The names that the answer has for columns: AS. */
  aliases: Map<string, string>;
  /** Those with a marker, in the order of the markers. */
  conditions: Condition[];
  /** Columns in the order of the WHERE clause. */
  where: string[];
  orderBy: { column: string; descending: boolean }[];
  allowFiltering: boolean;
}

/**
 * Reads a SELECT with a marker for each value.
 * @throws SparkifyError where it is no such statement on this table, or a marker is not compared with a column
 */
export function readQuery(cql: string, table: ModelTable): ModelQuery {
  const select = readSelect(cql);
  const name = readTableName(table.name);
  if (!select || select.table !== name?.table || select.keyspace !== name?.keyspace)
    throw new SparkifyError(`The query was expected to be SELECT ... FROM ${table.name} ...: ${cql.trim()}`);
  const conditions = select.conditions
    .filter(({ markers }) => markers > 0)
    .map(({ column: asked, operator, markers, listed }): Condition => {
      const column = table.columns.find((one) => one.name === asked);
      if (!column) throw new SparkifyError(`The table ${table.name} has no column ${asked}: ${select.cql}`);
      const takesList = operator === "IN" && listed === undefined;
      const isEquality = operator === "IN" && listed === 1;
      return { column, operator: isEquality ? "=" : operator, markers, takesList };
    });
  if (conditions.reduce((sum, { markers }) => sum + markers, 0) !== select.markers)
    throw new SparkifyError(
      `Each marker of the query was expected to be compared with a column, as column = ?; others, as LIMIT ?, have no value here: ${select.cql}`,
    );
  return {
    table,
    cql: select.cql,
    ofAllColumns: select.ofAllColumns,
    aliases: select.aliases,
    conditions,
    where: select.conditions.map(({ column }) => column),
    orderBy: select.orderBy,
    allowFiltering: select.allowFiltering,
  };
}

/** The columns whose values no raw row tells: the query cannot be asked. */
export const unknownIn = (query: ModelQuery): string[] =>
  query.conditions.filter(({ column }) => !column.from).map(({ column }) => column.name);

/**
 * The values of a raw row for the query's markers.
 * @param upTo the row whose values are the upper ends of ranges
 * @param from the row whose values are the lower ends
 * @throws SparkifyError where one is unknown, see {@link unknownIn}
 */
export function parametersOf(query: ModelQuery, row: RawRow, upTo = row, from = row): unknown[] {
  return query.conditions.flatMap(({ column, operator, markers, takesList }) => {
    if (!column.from)
      throw new SparkifyError(
        `No raw column is called ${column.name}. Say in \`columns\` how its value is made.`,
      );
    const asked = operator.startsWith("<") ? upTo : operator.startsWith(">") ? from : row;
    const value = column.values.take(column.from(asked));
    return takesList ? [[value]] : Array.from({ length: markers }, () => value);
  });
}

/**
 * Asks for what a raw row names; of a range, for what lies between it and another row.
 * @param from where the range begins, if not at the row
 * @returns the answer, values by the columns' names in the table
 */
export async function ask(
  client: Client,
  query: ModelQuery,
  row: RawRow,
  upTo = row,
  from = row,
): Promise<Row[]> {
  const result = await client.execute(query.cql, parametersOf(query, row, upTo, from), { prepare: true });
  const columns = result.columns.map(({ name }) => {
    const inTable = query.aliases.get(name) ?? name;
    const values = query.table.columns.find((column) => column.name === inTable)?.values;
    // What is no column, as count(*), is a text or a number.
    return { name, inTable, shown: values?.shown ?? ((value: unknown) => value && String(value)) };
  });
  const rows: Row[] = [];
  for await (const found of result)
    rows.push(
      Object.fromEntries(columns.map(({ name, inTable, shown }) => [inTable, shown(found.get(name))])),
    );
  return rows;
}

/** The driver looks for a trace only every 400 ms, and mostly it is there within ten. */
async function untilTraced(client: Client, id: types.Uuid): Promise<void> {
  const query = "SELECT duration FROM system_traces.sessions WHERE session_id = ?";
  const options = { prepare: true, consistency: types.consistencies.one };
  for (let wait = 2; wait < 200; wait *= 2) {
    const session = (await client.execute(query, [id], options)).first();
    if (session?.get("duration") != null) return;
    await sleep(wait);
  }
}

export interface Trace {
  /** How Cassandra read: one partition, several, all of them, or through an index. */
  read: "one partition" | "several partitions" | "all partitions" | "an index" | "unknown";
  /** The steps, in words, each with its time in microseconds and the node that took it. */
  steps: { activity: string; source: string; microseconds: number }[];
  microseconds: number;
  /** Rows read from tables on disk and in memory, live ones and tombstones. */
  live: number;
  tombstones: number;
  /** Addresses of the nodes that took part. */
  nodes: string[];
}

/**
 * Runs a query with tracing on, and says what Cassandra did for it.
 * @example (await traceQuery(client, "SELECT song FROM plays WHERE user_id = ?", [10])).read; // "one partition"
 */
export async function traceQuery(client: Client, cql: string, parameters: unknown[] = []): Promise<Trace> {
  const { info } = await client.execute(cql, parameters, { prepare: true, traceQuery: true });
  if (!info.traceId) throw new SparkifyError("Cassandra gave no trace of the query.");
  await untilTraced(client, info.traceId);
  // The trace is written a moment after the answer, on a busy node bit by bit: it is complete when its duration is
  // there and no further step comes.
  let trace = await client.metadata.getTrace(info.traceId);
  for (let tries = 0, known = -1; tries < 20; tries++) {
    if (trace.duration > 0 && trace.events.length === known) break;
    known = trace.events.length;
    await sleep(50);
    trace = await client.metadata.getTrace(info.traceId);
  }
  const steps = trace.events.map((event) => ({
    activity: String(event.activity),
    source: String(event.source),
    microseconds: Number(event.elapsed),
  }));
  const has = (pattern: RegExp) => steps.filter(({ activity }) => pattern.test(activity)).length;
  const counts = steps.map(({ activity }) => activity.match(/Read (\d+) live rows and (\d+) tombstone/i));
  const sum = (group: number) => counts.reduce((total, match) => total + Number(match?.[group] ?? 0), 0);
  // Cassandra may also look up the role and its rights, in tables of its own.
  const single = `Executing single-partition query on ${readSelect(cql)?.table}`;
  const reads = new Map<string, number>();
  for (const { activity, source } of steps)
    if (activity === single) reads.set(source, (reads.get(source) ?? 0) + 1);
  const most = Math.max(0, ...reads.values());
  const read =
    has(/Executing read on .* using ind|Index mean cardinalities|Index query accessed/i) > 0
      ? "an index"
      : has(/Executing seq scan|Submitting range requests|Submitted \d+ concurrent range requests/i) > 0
        ? "all partitions"
        : most > 1
          ? "several partitions"
          : most === 1
            ? "one partition"
            : "unknown";
  return {
    read,
    steps,
    microseconds: Number(trace.duration),
    live: sum(1),
    tombstones: sum(2),
    nodes: [...new Set(steps.map(({ source }) => source))],
  } as Trace;
}
