// What a question's answer and its table must hold, computed from the raw rows alone and named as a table names its columns.

import { columnNameOf } from "./names.js";
import {
  answerOf,
  compareBy,
  factOf,
  orderOf,
  type Question,
  type RawRow,
  rawValue,
  textOf,
} from "./question.js";

/** A row with the column names of a table: `first_name` for the raw row's firstName, see {@link columnNameOf}. */
export type ExpectedRow = Record<string, unknown>;

const named = (row: RawRow, columns: string[]): ExpectedRow =>
  Object.fromEntries(columns.map((column) => [columnNameOf(column), rawValue(row, column)]));

/**
 * The rows that an answer must have, found by looking at every raw row: in the order that the question asks for, or else
 * in that of what tells them apart. They hold what is asked for, and before it what tells them apart and is no order.
 * @param given the values that the question is given; more of them, as in a raw row, do no harm
 * @example const expected = expectedAnswer(questions.usersBySong, plays, { song: "Kilometer" });
 */
export function expectedAnswer(question: Question, rows: RawRow[], given: RawRow): ExpectedRow[] {
  const order = orderOf(question);
  const apart = question.each.filter((column) => !order.some((one) => one.column === column));
  const found = answerOf(question, rows, given);
  if (order.length === 0) {
    const byFact = orderOf({ ...question, order: question.each });
    found.sort((a, b) => compareBy(byFact, a, b));
  }
  return found.map((row) => named(row, [...apart, ...question.answer]));
}

/**
 * All rows of the table that answers a question: one for each fact, and of raw rows that say the same fact the last one.
 * @example await checkTable(client, "sparkify.users_by_song", expectedTable(questions.usersBySong, plays));
 */
export function expectedTable(question: Question, rows: RawRow[]): ExpectedRow[] {
  const fact = factOf(question);
  const last = new Map(rows.map((row) => [textOf(row, fact), row]));
  return [...last.values()].map((row) => named(row, [...new Set([...fact, ...question.answer])]));
}
