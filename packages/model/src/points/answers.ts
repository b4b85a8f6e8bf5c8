// Are the query's answers those that the raw rows give?

import { grouped } from "@sparkify/base/grouped";
import type { Row } from "@sparkify/compare";
import type { Client } from "cassandra-driver";
import type { Facts } from "../facts.js";
import type { Evidence, Finding } from "../findings.js";
import { comparable, project } from "../probes.js";
import { ask, type ModelQuery } from "../query.js";
import {
  answerOf,
  boundBy,
  compareBy,
  orderOf,
  type Question,
  type RawRow,
  type RawTypes,
  rangeOrder,
  rawValue,
  textOf,
} from "../question.js";
import { eachRow, type RawRows } from "../rows.js";
import { columnFor, type ModelTable, partTextOf } from "../table.js";

/** Parts of one answer that are asked for. */
const mostParts = 12;

/**
 * Asks for the values of the telling rows, and compares each answer with the one computed from all rows. Where the question
 * has parts, each of them that holds some of the answer is asked for: a right answer of each is a right answer of all.
 */
export async function judgeAnswers(
  client: Client,
  query: ModelQuery,
  question: Question,
  facts: Facts,
  rows: RawRows,
  types: RawTypes,
): Promise<Finding> {
  const found = (evidence: Evidence, shown?: Row[]): Finding => ({
    point: "right answers",
    verdict: evidence.kind === "answers" ? "pass" : "fail",
    evidence,
    question,
    ...(shown && { rows: shown }),
  });
  const { table } = query;
  // A limit may cut through rows that the question orders alike: which of them come is open.
  const { limit: _, ...unlimited } = question;
  const ofPart: Question = { ...unlimited, parts: [] };
  let asked = 0;
  for (const { given, rows: some } of await groupsOf(facts.telling, question, rows)) {
    const upTo = endOfRange(question, given, some, types);
    for (const part of partsBetween(table, question, some, [given, upTo], types)) {
      asked++;
      const answer = await ask(client, query, part[0] as RawRow, upTo, given);
      const { names, rows: got } = comparable(table, answer);
      const lacking = answer[0]
        ? question.answer.filter((raw) => !holds(table, Object.keys(answer[0] ?? {}), raw))
        : [];
      if (lacking.length > 0) return found({ kind: "answer lacks", columns: lacking });
      const wantedRows = answerOf(ofPart, part, given, upTo, types);
      const all = wantedRows.map((row) => project(table, row, names));
      const expected = all.slice(0, question.limit);
      if (got.length === expected.length && areFirst(ranks(wantedRows, question, types), got, all)) continue;
      const values = askedValues(table, question, part[0] as RawRow, [given, upTo]);
      return found({ kind: "wrong answer", given: values, rows: got.length, expected: expected.length }, [
        ...got.slice(0, 5).map((row) => ({ got: "got", ...row })),
        ...expected.slice(0, 5).map((row) => ({ got: "expected", ...row })),
      ]);
    }
  }
  return found({ kind: "answers", asked });
}

/** All raw rows with the given values of some of them. What has no value cannot be asked for. */
async function groupsOf(telling: RawRow[], { given }: Question, rows: RawRows) {
  const groups = new Map<string, { given: RawRow; rows: RawRow[] }>();
  for (const row of telling)
    if (given.every((column) => (rawValue(row, column) ?? null) !== null))
      groups.set(textOf(row, given), { given: row, rows: [] });
  await eachRow(rows, (row) => groups.get(textOf(row, given))?.rows.push(row));
  return groups.values();
}

/** The rows of a range, those of one part together. */
function partsBetween(
  table: ModelTable,
  question: Question,
  rows: RawRow[],
  [from, upTo]: [RawRow, RawRow],
  types: RawTypes,
): RawRow[][] {
  const range = rangeOrder(question, types);
  const within = rows.filter((row) => compareBy(range, row, from) >= 0 && compareBy(range, row, upTo) <= 0);
  return [...grouped(within, partTextOf(table, question)).values()].slice(0, mostParts);
}

/** What the query was given, by the question's names. */
function askedValues(
  table: ModelTable,
  question: Question,
  row: RawRow,
  [from, upTo]: [RawRow, RawRow],
): Row {
  const { between } = question;
  const values = Object.fromEntries(
    boundBy(question).map((name) => {
      const column = columnFor(table, name);
      return [name, column?.from ? column.values.shown(column.from(row)) : rawValue(row, name)];
    }),
  );
  if (between !== undefined) values[between] = `${rawValue(from, between)} to ${rawValue(upTo, between)}`;
  return values;
}

/** Where a range that begins with one of the rows ends: it takes in a third of their values, at its ends some of them. */
function endOfRange(question: Question, from: RawRow, rows: RawRow[], types: RawTypes): RawRow {
  const { between } = question;
  if (between === undefined) return from;
  const order = rangeOrder(question, types);
  const later = rows.filter((row) => compareBy(order, from, row) <= 0).sort((a, b) => compareBy(order, a, b));
  const ends = later.filter(
    (row, index) => index === 0 || compareBy(order, later[index - 1] ?? row, row) < 0,
  );
  const values = new Set(rows.map((row) => rawValue(row, between))).size;
  return ends[Math.min(ends.length - 1, Math.ceil(values / 3))] ?? from;
}

/** Where a rank begins, and where it ends: rows that the question orders alike may come one way or the other. */
export function ranks(rows: RawRow[], question: Question, types?: RawTypes): [number, number][] {
  const order = orderOf(question, types);
  const begins = rows.flatMap((row, index) =>
    index === 0 || compareBy(order, rows[index - 1] as RawRow, row) !== 0 ? [index] : [],
  );
  return begins.map((begin, index) => [begin, begins[index + 1] ?? rows.length]);
}

/** Whether rows are the first of all, rank by rank: of the last one any that it has. */
function areFirst(ranges: [number, number][], some: object[], all: object[]): boolean {
  const whole = ranges.filter(([, end]) => end <= some.length);
  const [begin, end] = ranges.find(([from, to]) => from < some.length && to > some.length) ?? [0, 0];
  const left = all.slice(begin, end).map((row) => JSON.stringify(row));
  return (
    alikeIn(whole, some, all) &&
    (end === 0 ||
      some.slice(begin).every((row) => {
        const at = left.indexOf(JSON.stringify(row));
        return at >= 0 && left.splice(at, 1).length === 1;
      }))
  );
}

/** Whether in each of the ranges both hold the same rows. */
export function alikeIn(ranges: [number, number][], some: object[], others: object[]): boolean {
  const texts = (rows: object[], range: [number, number]) =>
    JSON.stringify(
      rows
        .slice(...range)
        .map((row) => JSON.stringify(row))
        .sort(),
    );
  return ranges.every((range) => texts(some, range) === texts(others, range));
}

/** Whether an answer's columns hold a raw column, by itself or within a computed one. */
function holds(table: ModelTable, names: string[], raw: string): boolean {
  return table.columns.some(
    (column) =>
      names.includes(column.name) && (column.raw === raw || (column.from && column.raw === undefined)),
  );
}
