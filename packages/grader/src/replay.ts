// A submission's SELECT, asked for many other values than its own.

import { grouped } from "@sparkify/base/grouped";
import type { Row } from "@sparkify/compare";
import {
  alikeIn,
  answerOf,
  ask,
  comparable,
  type ModelQuery,
  type ModelTable,
  project,
  type Question,
  ranks,
  textOf,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";
import type { Renamed } from "./renamed.js";

/** What became of the question when it was asked for many values, from the best to the worst. */
const outcomes = ["right", "another order", "rows doubled", "rows lost", "wrong rows"] as const;
export type Outcome = (typeof outcomes)[number];

/** How the answers were. */
export interface Replay {
  outcome: Outcome;
  /** How many values it was asked for, and how many answers were right. */
  asked: number;
  right: number;
  /** The first answer where it is wrong, else the worst one, beside the expected one. */
  example: { given: Row; got: Row[]; expected: Row[] } | undefined;
  /** What it answers when it is asked for the first of the values. */
  first: Row[];
  /** Columns of the question that no answer has. */
  missing: string[];
}

/** Questions that are asked together. */
const atOnce = 16;

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
  const byGiven = grouped(rows, (row) => textOf(row, question.given));
  const names = selected ?? table.columns.map(({ name }) => name);
  const known = names.filter((name) => table.columns.some((column) => column.name === name && column.from));
  const result: Replay = {
    outcome: "right",
    asked: 0,
    right: 0,
    example: undefined,
    first: [],
    missing: question.answer.filter((column) => !names.includes(column)),
  };
  let isFirstWrong = false;
  const asked = [...new Map(telling.map((row) => [textOf(row, question.given), row]))];
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  for (let from = 0; from < asked.length; from += atOnce) {
    const some = asked.slice(from, from + atOnce).map(([, given]) => ask(client, query, given));
    answers.push(...(await Promise.all(some)));
  }
  for (const [at, [text, given]] of asked.entries()) {
    const answer = comparable(table, answers[at] as (typeof answers)[number]);
    const expected = answerOf(question, byGiven.get(text) ?? [], given) as Row[];
    const projected = expected.map((row) =>
      project(table, row, answer.rows.length > 0 ? answer.names : known),
    );
    const outcome = compareAnswers(question, answer.rows, expected, projected);
    if (result.asked === 0) result.first = answer.rows;
    result.asked++;
    if (outcome === "right") result.right++;
    if (outcomes.indexOf(outcome) <= outcomes.indexOf(result.outcome)) continue;
    result.outcome = outcome;
    if (!isFirstWrong) result.example = exampleOf(question, given, answer.rows, projected);
    isFirstWrong ||= result.asked === 1;
  }
  return result;
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
  if (got.length === projected.length && alikeIn([[0, got.length]], got, projected))
    return alikeIn(ranks(expected, question), got, projected) ? "right" : "another order";
  const counts = new Map(projected.map((row) => [JSON.stringify(row), 0]));
  for (const row of projected) counts.set(JSON.stringify(row), (counts.get(JSON.stringify(row)) ?? 0) - 1);
  for (const row of got) {
    const count = counts.get(JSON.stringify(row));
    if (count === undefined) return "wrong rows";
    counts.set(JSON.stringify(row), count + 1);
  }
  return [...counts.values()].some((count) => count < 0) ? "rows lost" : "rows doubled";
}
