// A submission's SELECT, asked for many other values than its own.

import type { Row } from "@sparkify/compare";
import {
  answerOf,
  ask,
  comparable,
  compareBy,
  type ModelQuery,
  type ModelTable,
  orderOf,
  project,
  type Question,
  textOf,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";
import type { Renamed } from "./renamed.js";

/** What became of the question when it was asked for many values, from the best to the worst. */
const outcomes = ["right", "another order", "rows doubled", "rows lost", "wrong rows"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Replay {
  outcome: Outcome;
  /** How many values it was asked for, and how many answers were right. */
  asked: number;
  right: number;
  /** The first answer where it is wrong, else the worst one, beside the expected one. */
  example: { given: Row; got: Row[]; expected: Row[] } | undefined;
  /** Columns of the question that no answer has. */
  missing: string[];
}

/**
 * Asks a SELECT for the values of some raw rows, and compares the answers with those computed from all of them.
 * @param selected the columns that it names; undefined for `*`
 */
export async function replay(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  { question, rows }: Renamed,
  telling: Row[],
  selected: string[] | undefined,
): Promise<Replay> {
  const byGiven = groupedBy(rows, question.given);
  const names = selected ?? table.columns.map(({ name }) => name);
  const known = names.filter((name) => table.columns.some((column) => column.name === name && column.from));
  const result: Replay = {
    outcome: "right",
    asked: 0,
    right: 0,
    example: undefined,
    missing: question.answer.filter((column) => !names.includes(column)),
  };
  let isFirstWrong = false;
  for (const [text, given] of new Map(telling.map((row) => [textOf(row, question.given), row]))) {
    const answer = comparable(table, await ask(client, query, given));
    const expected = answerOf(question, byGiven.get(text) ?? [], given) as Row[];
    const projected = expected.map((row) =>
      project(table, row, answer.rows.length > 0 ? answer.names : known),
    );
    const outcome = compareAnswers(question, answer.rows, expected, projected);
    result.asked++;
    if (outcome === "right") result.right++;
    if (outcomes.indexOf(outcome) <= outcomes.indexOf(result.outcome)) continue;
    result.outcome = outcome;
    if (!isFirstWrong) result.example = exampleOf(question, given, answer.rows, projected);
    isFirstWrong ||= result.asked === 1;
  }
  return result;
}

/** Rows by the text of some columns. */
function groupedBy(rows: Row[], columns: string[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const text = textOf(row, columns);
    const group = groups.get(text);
    if (group) group.push(row);
    else groups.set(text, [row]);
  }
  return groups;
}

/** An answer beside the expected one, long ones from where they differ. */
function exampleOf({ given }: Question, asked: Row, got: Row[], expected: Row[]): Replay["example"] {
  const differs = expected.findIndex((row, at) => JSON.stringify(row) !== JSON.stringify(got[at]));
  const from = Math.max(0, (differs === -1 ? expected.length : differs) - 3);
  const some = (rows: Row[]) => rows.slice(from, from + 15);
  return {
    given: Object.fromEntries(given.map((column) => [column, asked[column]])),
    got: some(got),
    expected: some(expected),
  };
}

/** @param projected the expected rows as the table should give them back */
function compareAnswers(question: Question, got: Row[], expected: Row[], projected: Row[]): Outcome {
  const gotTexts = got.map((row) => JSON.stringify(row));
  const texts = projected.map((row) => JSON.stringify(row));
  if (String([...gotTexts].sort()) === String([...texts].sort()))
    return isInOrder(question, gotTexts, expected, texts) ? "right" : "another order";
  const counts = new Map<string, number>();
  for (const text of gotTexts) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) - 1);
  if (gotTexts.some((text) => !texts.includes(text))) return "wrong rows";
  return [...counts.values()].some((count) => count < 0) ? "rows lost" : "rows doubled";
}

/** Rows that the question orders alike may come one way or the other. */
function isInOrder(question: Question, got: string[], expected: Row[], texts: string[]): boolean {
  const order = orderOf(question);
  if (order.length === 0) return true;
  let from = 0;
  for (let at = 1; at <= expected.length; at++) {
    if (at < expected.length && compareBy(order, expected[at - 1] as Row, expected[at] as Row) === 0)
      continue;
    if (String(got.slice(from, at).sort()) !== String(texts.slice(from, at).sort())) return false;
    from = at;
  }
  return true;
}
