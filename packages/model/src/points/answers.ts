// Are the query's answers those that the raw rows give?

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
  rawValue,
  textOf,
} from "../question.js";
import { eachRow, type RawRows } from "../rows.js";
import type { ModelTable } from "../table.js";

/** Asks for the values of the telling rows, and compares each answer with the one computed from all rows. */
export async function judgeAnswers(
  client: Client,
  query: ModelQuery,
  question: Question,
  facts: Facts,
  rows: RawRows,
): Promise<Finding> {
  const found = (evidence: Evidence, shown?: Row[]): Finding => ({
    point: "right answers",
    verdict: evidence.kind === "answers" ? "pass" : "fail",
    evidence,
    question,
    ...(shown && { rows: shown }),
  });
  const wanted = new Map(
    facts.telling.map((row) => [textOf(row, boundBy(question)), { given: row, rows: [] as RawRow[] }]),
  );
  await eachRow(rows, (row) => wanted.get(textOf(row, boundBy(question)))?.rows.push(row));
  const { table } = query;
  const { between } = question;
  for (const { given, rows: some } of wanted.values()) {
    const upTo = endOfRange(question, given, some);
    const answer = await ask(client, query, given, upTo);
    const { names, rows: got } = comparable(table, answer);
    const lacking = answer[0]
      ? question.answer.filter((raw) => !holds(table, Object.keys(answer[0] ?? {}), raw))
      : [];
    if (lacking.length > 0) return found({ kind: "answer lacks", columns: lacking });
    const wantedRows = answerOf(question, some, given, upTo);
    const expected = wantedRows.map((row) => project(table, row, names));
    if (got.length === expected.length && alikeIn(ranks(wantedRows, question), got, expected)) continue;
    const asked = Object.fromEntries(boundBy(question).map((column) => [column, rawValue(given, column)]));
    if (between !== undefined) asked[between] = `${rawValue(given, between)} to ${rawValue(upTo, between)}`;
    return found({ kind: "wrong answer", given: asked, rows: got.length, expected: expected.length }, [
      ...got.slice(0, 5).map((row) => ({ got: "got", ...row })),
      ...expected.slice(0, 5).map((row) => ({ got: "expected", ...row })),
    ]);
  }
  return found({ kind: "answers", asked: wanted.size });
}

/** Where a range that begins with one of the rows ends: it takes in a third of their values, at its ends some of them. */
function endOfRange({ between }: Question, from: RawRow, rows: RawRow[]): RawRow {
  if (between === undefined) return from;
  const order = [{ column: between, sign: 1 as const }];
  const later = rows.filter((row) => compareBy(order, from, row) <= 0).sort((a, b) => compareBy(order, a, b));
  const ends = later.filter(
    (row, index) => index === 0 || compareBy(order, later[index - 1] ?? row, row) < 0,
  );
  const values = new Set(rows.map((row) => rawValue(row, between))).size;
  return ends[Math.min(ends.length - 1, Math.ceil(values / 3))] ?? from;
}

/** Where a rank begins, and where it ends: rows that the question orders alike may come one way or the other. */
export function ranks(rows: RawRow[], question: Question): [number, number][] {
  const order = orderOf(question);
  const begins = rows.flatMap((row, index) =>
    index === 0 || compareBy(order, rows[index - 1] as RawRow, row) !== 0 ? [index] : [],
  );
  return begins.map((begin, index) => [begin, begins[index + 1] ?? rows.length]);
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
    (column) => names.includes(column.name) && (column.raw === raw || (column.from && !column.raw)),
  );
}
