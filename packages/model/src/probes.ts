// Rows made to tell right from wrong, tried in a scratch keyspace: data that happen to hold no such case hide a wrong
// key. The reader's own tables are not touched.

import { randomBytes } from "node:crypto";
import type { Row } from "@sparkify/compare";
import { onTable, readTableName, type TableName, writtenTable } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { another, isMoment } from "./another.js";
import { insertRows } from "./insert-raw.js";
import { ask, type ModelQuery } from "./query.js";
import {
  answerOf,
  compareBy,
  eventOf,
  factOf,
  orderOf,
  type Question,
  type RawRow,
  rawValue,
  textOf,
} from "./question.js";
import type { ModelTable } from "./table.js";

export interface Probe {
  /** What the probe is about. */
  about: "loses nothing" | "no needless duplicates" | "right order";
  /** The case in words. */
  story: string;
  /** The raw rows that are inserted, in this order. */
  rows: RawRow[];
}

export interface ProbeResult extends Probe {
  ok: boolean;
  /** How many rows the table should hold of it (of a probe of the order: how many the query should find). */
  expected: number;
  got: number;
  /** What the query finds, of a probe of the order. */
  answer: Row[];
  /** Why it could not be tried. */
  problem?: string;
}

const without = (columns: string[], others: string[]) => columns.filter((column) => !others.includes(column));

/** The cases that a question's table must get right, made of one raw row. */
export function probesFor(question: Question, sample: RawRow): Probe[] {
  const event = eventOf(question).filter((column) => column in sample);
  const fact = factOf(question);
  // Each probe asks for something else, so that none sees another one's rows.
  let probed = 0;
  const fresh = (): RawRow => {
    probed += 1000;
    return {
      ...sample,
      ...Object.fromEntries(
        question.given.map((column) => [column, another(rawValue(sample, column), probed)]),
      ),
    };
  };
  const probes: Probe[] = fact.map((column) => {
    const row = fresh();
    return {
      about: "loses nothing",
      story: `two rows that differ in ${column} alone`,
      rows: [row, { ...row, [column]: another(rawValue(row, column)) }],
    };
  });
  const varied = without(event, fact);
  if (varied.length > 0) {
    const again = Object.fromEntries(varied.map((column) => [column, another(rawValue(sample, column))]));
    const row = fresh();
    probes.push({
      about: "no needless duplicates",
      story: `the same ${fact.join(" and ")} again, with another ${varied.join(" and ")}`,
      rows: [row, { ...row, ...again }],
    });
  }
  for (const { column } of orderOf(question)) {
    const value = rawValue(sample, column);
    if (!question.each.includes(column) || !(typeof value === "number" || isMoment(value))) continue;
    // As text, 10 comes before 2 and 9.
    const values = typeof value === "number" ? [2, 10, 9] : [1, 3, 2].map((step) => another(value, step));
    const row = fresh();
    probes.push({
      about: "right order",
      story: `${column} ${values.join(", ")}, inserted in this order`,
      rows: values.map((one) => ({ ...row, [column]: one })),
    });
  }
  return probes;
}

/** Tables come and go slower than the driver waits when the machine is busy: a dropped one is written to disk first. */
const patient = { readTimeout: 60_000 };

/** Tries the probes on an empty copy of the table. @throws what Cassandra says where it refuses to make or fill it */
export async function tryProbes(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  probes: Probe[],
): Promise<ProbeResult[]> {
  const scratch = `sparkify_scratch_${randomBytes(5).toString("hex")}`;
  const original = readTableName(table.name) as TableName;
  const copy = writtenTable({ keyspace: scratch, table: original.table });
  try {
    await createLike(client, original.keyspace ?? "", scratch);
    const described = await client.execute(`DESCRIBE TABLE ${table.name}`);
    for (const row of described.rows) {
      const { type, create_statement: statement } = row as unknown as {
        type: string;
        create_statement: string;
      };
      if (type === "table" || type === "index")
        await client.execute(onTable(statement, original, copy), [], patient);
    }
    const copied = { ...table, name: copy };
    const copiedQuery = {
      ...query,
      table: copied,
      ofAllColumns: onTable(query.ofAllColumns, original, copy),
    };
    const results: ProbeResult[] = [];
    for (const probe of probes) results.push(await tryProbe(client, copied, copiedQuery, question, probe));
    return results;
  } finally {
    await client.execute(`DROP KEYSPACE IF EXISTS ${scratch}`, [], patient);
  }
}

/** Creates a keyspace with the replication of another one. */
async function createLike(client: Client, keyspace: string, scratch: string): Promise<void> {
  const query = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?";
  const found = (await client.execute(query, [keyspace], { prepare: true })).first();
  const options = Object.entries(found?.get("replication") as Record<string, string>);
  const replication = options.map((option) => option.map((text) => `'${text}'`).join(": ")).join(", ");
  await client.execute(`CREATE KEYSPACE ${scratch} WITH replication = {${replication}}`, [], patient);
}

async function tryProbe(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  probe: Probe,
): Promise<ProbeResult> {
  const rowsHeld = async () =>
    Number((await client.execute(`SELECT count(*) FROM ${table.name}`)).first().get(0));
  const before = await rowsHeld();
  for (const row of probe.rows) await insertRows(client, table, [row]);
  const result = { ...probe, answer: [] };
  if (probe.about !== "right order") {
    // The rows themselves are counted: an answer may look the same for rows that differ, or come from several.
    const expected = new Set(probe.rows.map((row) => textOf(row, factOf(question)))).size;
    const got = (await rowsHeld()) - before;
    return {
      ...result,
      ok: probe.about === "loses nothing" ? got >= expected : got <= expected,
      expected,
      got,
    };
  }
  const [given, upTo] = rangeOf(probe.rows, question);
  const expected = answerOf(question, probe.rows, given, upTo);
  try {
    // An answer need not hold the column that it is ordered by, so all columns are asked for.
    const { names, rows: answer } = comparable(
      table,
      await ask(client, { ...query, cql: query.ofAllColumns }, given, upTo),
    );
    const ok = JSON.stringify(answer) === JSON.stringify(expected.map((row) => project(table, row, names)));
    const tried = { ...result, expected: expected.length, got: answer.length, answer };
    return answer.length < expected.length
      ? { ...tried, ok: true, problem: "some get lost" }
      : { ...tried, ok };
  } catch (error) {
    return { ...result, ok: true, expected: expected.length, got: 0, problem: (error as Error).message };
  }
}

/** The rows at both ends of the range that the question is given; where it is given none, the first row. */
function rangeOf(rows: RawRow[], { between }: Question): [from: RawRow, upTo: RawRow] {
  const [first] = rows as [RawRow];
  if (between === undefined) return [first, first];
  const sorted = [...rows].sort((a, b) => compareBy([{ column: between, sign: 1 }], a, b));
  return [sorted[0] ?? first, sorted.at(-1) ?? first];
}

/** A raw row as the table should give it back. */
export function project(table: ModelTable, row: RawRow, names: string[]): Row {
  return Object.fromEntries(
    names.map((name) => {
      const column = table.columns.find((one) => one.name === name);
      return [name, column?.values.shown(column.from?.(row)) ?? null];
    }),
  );
}

/** An answer without the columns whose making nobody knows. */
export function comparable(table: ModelTable, rows: Row[]): { rows: Row[]; names: string[] } {
  const known = new Set(table.columns.filter(({ from }) => from).map(({ name }) => name));
  const names = Object.keys(rows[0] ?? {}).filter((name) => known.has(name));
  return { names, rows: rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))) };
}
