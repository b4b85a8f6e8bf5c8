// A question of the application, in the words of the raw rows: what a table must answer, said before there is a table.

import { type ValueType, valueType } from "@sparkify/cql";

/** A raw row: values by column name, as `{ sessionId: 338, song: "Kilometer", ... }`. */
export type RawRow = object;

export interface Question {
  /** In words. */
  text: string;
  /** What is given, compared with `=`. These and all others are column names of the raw rows. */
  given: string[];
  /** A column of which a range is given: from a value to another one, both included. `each` holds it too. */
  between?: string;
  /**
   * Columns that split an answer which is too large for one partition. The query is given them as well, and is asked once
   * for each of their values: all its answers together are the answer. They make no fact. Raw columns, or columns of the
   * table that are computed.
   */
  parts?: string[];
  /** What tells two facts of one answer apart; nothing where the answer is a single fact. */
  each: string[];
  /** In which order the facts come: `["itemInSession"]` or `["date desc", "song"]`. @default any order */
  order?: string[];
  /** What is asked for. */
  answer: string[];
  /**
   * What tells two raw rows apart. A fact that can come from several of them must still be there once.
   * @default sessionId and itemInSession: a song play
   */
  event?: string[];
  /** How many facts an answer holds at most: the first ones in the order asked for. @default all */
  limit?: number;
  /** The facts in words: "listeners". @default the columns that make a fact */
  facts?: string;
}

/** The three questions of the walkthrough. */
export const questions = {
  songBySessionItem: {
    text: "artist, song title and length of what was played in a session at a position",
    given: ["sessionId", "itemInSession"],
    each: [],
    answer: ["artist", "song", "length"],
  },
  songsByUserSession: {
    text: "artist, song (in the order played) and user name for a user and session",
    given: ["userId", "sessionId"],
    each: ["itemInSession"],
    order: ["itemInSession"],
    answer: ["artist", "song", "firstName", "lastName"],
  },
  usersBySong: {
    text: "every user who listened to a song",
    given: ["song"],
    each: ["userId"],
    answer: ["firstName", "lastName"],
  },
} satisfies Record<string, Question>;

/** A column by which an answer is ordered. */
export interface OrderBy {
  column: string;
  /** 1 for ascending, -1 for descending. */
  sign: 1 | -1;
  /** Of the column's values. @default numbers as numbers, others as texts */
  type?: ValueType | undefined;
}

/** The types of raw columns, by their names: in whose order their values come. */
export type RawTypes = ReadonlyMap<string, ValueType>;

/** @param types of the columns, where they are known */
export function orderOf({ order = [] }: Question, types?: RawTypes): OrderBy[] {
  return order.map((text) => {
    const [, column = "", direction = "asc"] = /^(.*?)(?:\s+(asc|desc))?$/is.exec(text.trim()) ?? [];
    return { column, sign: /^desc$/i.test(direction) ? -1 : 1, type: types?.get(column) };
  });
}

/** The order of a question's range. */
export const rangeOrder = ({ between }: Question, types?: RawTypes): OrderBy[] =>
  between === undefined ? [] : [{ column: between, sign: 1, type: types?.get(between) }];

/** What makes a fact: what is given, and what tells the facts of one answer apart. */
export const factOf = ({ given, each }: Question): string[] => [...given, ...each];

/** What one query is given with `=`. */
export const boundBy = ({ given, parts = [] }: Question): string[] => [...given, ...parts];

/** The facts in words, for what is said of them. */
export const factsInWords = (question: Question): string =>
  question.facts ?? `facts (${factOf(question).join(", ")})`;

/** What tells two raw rows apart. */
export const eventOf = ({ event = ["sessionId", "itemInSession"] }: Question): string[] => event;

export const rawValue = (row: RawRow, column: string): unknown => (row as Record<string, unknown>)[column];

/** The values of some columns as a text that is equal only for equal values. */
export const textOf = (row: RawRow, columns: string[]): string =>
  JSON.stringify(columns.map((column) => rawValue(row, column)));

/** -1, 0 or 1 for rows that come in this order. Null comes before any value. */
export function compareBy(order: OrderBy[], one: RawRow, other: RawRow): number {
  for (const { column, sign, type } of order) {
    const [a, b] = [rawValue(one, column), rawValue(other, column)];
    const found = type ? type.compare(a, b) : compareUntyped(a, b);
    if (found !== 0) return found < 0 ? -sign : sign;
  }
  return 0;
}

const decimal = valueType("decimal");
const text = valueType("text");

function compareUntyped(one: unknown, other: unknown): number {
  if (typeof one === "number" && typeof other === "number") return one - other;
  // A number of more than 53 bits is given as text.
  return typeof one === "number" || typeof other === "number"
    ? decimal.compare(one, other)
    : text.compare(one, other);
}

/**
 * What the answer must be, computed from the raw rows alone: one row for each fact (the later row wins, as with an
 * upsert), in the order asked for, and no more than asked for.
 * @param rows those with the given values, or all
 * @param upTo where the question is given a range: it goes from `given` to this row, both included
 * @param types in whose order values come. @default numbers as numbers, others as texts
 */
export function answerOf(
  question: Question,
  rows: RawRow[],
  given: RawRow,
  upTo = given,
  types?: RawTypes,
): RawRow[] {
  const wanted = textOf(given, boundBy(question));
  const range = rangeOrder(question, types);
  const order = orderOf(question, types);
  const facts = new Map<string, RawRow>();
  for (const row of rows) {
    if (textOf(row, boundBy(question)) !== wanted) continue;
    if (compareBy(range, row, given) < 0 || compareBy(range, row, upTo) > 0) continue;
    const fact = textOf(row, question.each);
    facts.delete(fact);
    facts.set(fact, row);
  }
  return [...facts.values()].sort((a, b) => compareBy(order, a, b)).slice(0, question.limit);
}
