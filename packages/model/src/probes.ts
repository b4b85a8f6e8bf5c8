// Rows made to tell right from wrong, tried in a scratch keyspace: data that happen to hold no such case hide a wrong
// key. The reader's own tables are not touched.

import { grouped } from "@sparkify/base/grouped";
import type { Row } from "@sparkify/compare";
import { onTable, quoted, readTableName, type TableName, type ValueType, valueType } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { insertRows } from "./insert-raw.js";
import { otherValues } from "./other-values.js";
import { ask, type ModelQuery } from "./query.js";
import {
  answerOf,
  compareBy,
  eventOf,
  factOf,
  orderOf,
  type Question,
  type RawRow,
  type RawTypes,
  rangeOrder,
  rawValue,
  textOf,
} from "./question.js";
import { withEmptyCopy } from "./scratch.js";
import { keyText, type ModelTable, partTextOf } from "./table.js";

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

/** The cases that a question's table must get right, made of one raw row without nulls. */
export function probesFor(question: Question, sample: RawRow, table: ModelTable, types: RawTypes): Probe[] {
  const fact = factOf(question);
  const rows = new RowsLike(sample, types, partTextOf(table, question));
  const probes: Probe[] = fact.map((column) => ({
    about: "loses nothing",
    story: `two rows that differ in ${column} alone`,
    rows: [sample, rows.others(column)[0] ?? sample],
  }));
  const ordered = orderOf(question).map(({ column }) => column);
  // What an answer is ordered by belongs to its fact, as a score does: of a fact with two of them only raw rows tell.
  const varied = without(eventOf(question), [...fact, ...ordered]).filter((column) => column in sample);
  if (varied.length > 0)
    probes.push({
      about: "no needless duplicates",
      story: `the same ${fact.join(" and ")} again, with another ${varied.join(" and ")}`,
      rows: [sample, rows.elsewhere(varied)],
    });
  for (const [index, column] of ordered.entries()) {
    if (question.given.includes(column)) continue;
    // One fact has one value of a column that is not of `each`: rows need something else to be several.
    const apart = question.each.includes(column)
      ? column
      : without(question.each, ordered.slice(0, index))[0];
    const disordered = apart === undefined ? [] : rows.inDisorder(column, apart);
    if (disordered.length > 1)
      probes.push({
        about: "right order",
        story: `${column} ${disordered.map((row) => rawValue(row, column)).join(", ")}, inserted in this order`,
        rows: disordered,
      });
  }
  return probes;
}

/** Rows that are like one, but for some values. */
class RowsLike {
  /** @param partOf what tells the part that a row belongs to */
  constructor(
    readonly row: RawRow,
    readonly types: RawTypes,
    readonly partOf: (row: RawRow) => string,
  ) {}

  /** With other values of a column. */
  others(column: string, row = this.row): RawRow[] {
    const values = otherValues(this.#typeOf(column), rawValue(row, column));
    return values.map((value) => ({ ...row, [column]: value }));
  }

  /** With other values of all the columns: in another part, where those make the part. */
  elsewhere(columns: string[]): RawRow {
    let last = this.row;
    for (const column of columns) {
      const rows = this.others(column, last);
      last = rows.find((row) => this.partOf(row) !== this.partOf(this.row)) ?? rows[0] ?? last;
    }
    return last;
  }

  /**
   * Rows of one answer that differ in a column, the least first, the greatest next: as numbers 2, 10, 9.
   * @param apart the column that makes several facts of them: another one's values come in another order
   */
  inDisorder(column: string, apart: string): RawRow[] {
    const numbers = this.#typeOf(column)
      .examples()
      .filter((value) => typeof value === "number");
    const asText = numbers.map((value): RawRow => ({ ...this.row, [column]: value }));
    const rows = disordered(this.#inOnePart(column, [...asText, ...this.others(column), this.row]));
    if (apart === column) return rows;
    const [least, middle, greatest] = this.#inOnePart(apart, [...this.others(apart), this.row]);
    const facts = [middle, least, greatest].slice(0, rows.length);
    if (facts.includes(undefined)) return [];
    return rows.map((row, at) => ({ ...row, [apart]: rawValue(facts[at] as RawRow, apart) }));
  }

  /** Up to three of the rows that belong to one part, in the order of a column in which they differ. */
  #inOnePart(column: string, rows: RawRow[]): RawRow[] {
    const type = this.#typeOf(column);
    const different = new Map(rows.map((one) => [type.key(rawValue(one, column)), one])).values();
    const all = [...grouped(different, this.partOf).values()];
    const enough = all.find(({ length }) => length > 2) ?? all.find(({ length }) => length > 1) ?? [];
    return enough.slice(0, 3).sort((a, b) => compareBy([{ column, sign: 1, type }], a, b));
  }

  #typeOf(column: string): ValueType {
    return this.types.get(column) ?? untyped(this.row, column);
  }
}

const disordered = ([least, middle, greatest]: RawRow[]): RawRow[] =>
  [least, greatest, middle].filter((row) => row !== undefined);

/** The type of a column that the table does not hold. */
const untyped = (row: RawRow, column: string) =>
  valueType({ number: "decimal", boolean: "boolean" }[typeof rawValue(row, column) as string] ?? "text");

/**
 * Tries the probes on an empty copy of the table, or on itself.
 * @throws what Cassandra says where it refuses to make or fill it
 */
export async function tryProbes(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  types: RawTypes,
  probes: Probe[],
  isScratch: boolean,
): Promise<ProbeResult[]> {
  const original = readTableName(table.name) as TableName;
  const tryOn = async (copy: string) => {
    const copied = { ...table, name: copy };
    const copiedQuery = {
      ...query,
      table: copied,
      ofAllColumns: onTable(query.ofAllColumns, original, copy),
    };
    const results: ProbeResult[] = [];
    for (const probe of probes) {
      results.push(await tryProbe(client, copied, copiedQuery, question, types, probe));
      await deletePartitions(client, copied, probe.rows);
    }
    return results;
  };
  return isScratch ? tryOn(table.name) : withEmptyCopy(client, original, tryOn);
}

/** So that no probe sees the rows of another one. */
async function deletePartitions(client: Client, table: ModelTable, rows: RawRow[]): Promise<void> {
  const { name, partitionKey } = table;
  const where = partitionKey.map((column) => `${quoted(column.name)} = ?`).join(" AND ");
  for (const row of new Map(rows.map((one) => [keyText(partitionKey, one), one])).values()) {
    const values = partitionKey.map((column) => column.values.take(column.from?.(row)));
    await client.execute(`DELETE FROM ${name} WHERE ${where}`, values, { prepare: true });
  }
}

async function tryProbe(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  types: RawTypes,
  probe: Probe,
): Promise<ProbeResult> {
  for (const row of probe.rows) await insertRows(client, table, [row]);
  const result = { ...probe, answer: [] };
  if (probe.about !== "right order") {
    // The rows themselves are counted: an answer may look the same for rows that differ, or come from several.
    const expected = new Set(probe.rows.map((row) => textOf(row, factOf(question)))).size;
    const got = (await client.execute(`SELECT * FROM ${table.name}`)).rowLength; // not every cloud has count(*)
    return {
      ...result,
      ok: probe.about === "loses nothing" ? got >= expected : got <= expected,
      expected,
      got,
    };
  }
  const [given, upTo] = rangeOf(probe.rows, question, types);
  const expected = answerOf(question, probe.rows, given, upTo, types);
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
function rangeOf(rows: RawRow[], question: Question, types: RawTypes): [from: RawRow, upTo: RawRow] {
  const [first] = rows as [RawRow];
  const order = rangeOrder(question, types);
  const sorted = [...rows].sort((a, b) => compareBy(order, a, b));
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
