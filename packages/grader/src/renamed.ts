// A submission's table in the words of the judge of models: its columns renamed as the submission calls them, so that the
// judge and the comparison of answers can be used as they are.

import type { Row } from "@sparkify/compare";
import type { TypedColumn } from "@sparkify/cql";
import type { RawPlay } from "@sparkify/lib";
import { factOf, type Question, textOf } from "@sparkify/model";
import { plain } from "./columns.js";
import type { Table } from "./tables.js";

/** The question and the raw rows, with the submission's names of the columns. */
export interface Renamed {
  question: Question;
  rows: Row[];
  /** The raw row of each, in the same order. */
  plays: RawPlay[];
  /** The submission's name of a raw column, or the raw name. */
  nameOf: (raw: string) => string;
}

/** The columns of which it is known what they hold. */
export const knownColumns = ({ columns, held }: Table) => columns.filter(({ name }) => held.has(name));

/** Those of them that are in the key. */
export const keyColumns = (table: Table) =>
  knownColumns(table).filter(({ kind }) => kind === "partition_key" || kind === "clustering");

/** What tells rows apart, by some columns: the same for a row of the table and for the values it was made of. */
export const keyOf = (columns: TypedColumn[], row: Row): string =>
  JSON.stringify(columns.map(({ name, values }) => values.key(row[name])));

/** Renames a question and the raw rows for a table. */
export function rename(table: Table, question: Question, plays: RawPlay[]): Renamed {
  const names = new Map<string, string>();
  for (const [column, { raw }] of table.held)
    if (raw.length === 1 && !names.has(raw[0] as string)) names.set(raw[0] as string, column);
  const nameOf = (raw: string) => names.get(raw) ?? raw;
  // Where only the joined name is kept, it is what is asked for.
  const joined = [...table.held].find(([, { raw }]) => raw.length > 1);
  const answer = question.answer.map((raw) =>
    joined && !names.has(raw) && joined[1].raw.includes(raw as keyof RawPlay) ? joined[0] : nameOf(raw),
  );
  // Where a question has one fact for an answer, two users with one session id give it two plays. A table may keep the
  // later one, or, with more in its key, both.
  const more = keyColumns(table).flatMap(({ name }) => {
    const [raw, ...others] = table.held.get(name)?.raw ?? [];
    return raw && others.length === 0 && !question.given.includes(raw) ? [name] : [];
  });
  return {
    question: {
      ...question,
      given: question.given.map(nameOf),
      each: question.each.length > 0 ? question.each.map(nameOf) : more,
      ...(question.order && { order: question.order.map(nameOf) }),
      answer: [...new Set(answer)],
      event: ["sessionId", "itemInSession"].map(nameOf),
    },
    ...keptLast(table, plays, names),
    nameOf,
  };
}

/**
 * The raw rows with the table's names. Of raw rows with one key any may be the one that is kept: which it is depends on the
 * order of the files, and that is free. The judge expects the last one, so those that the table holds come last.
 */
function keptLast(table: Table, plays: RawPlay[], names: Map<string, string>) {
  const taken = new Set([...table.held.keys()].map(plain));
  const renamed = (play: RawPlay): Row => ({
    // A raw column that the table does not have keeps its name, for what the question says of it.
    ...Object.fromEntries(Object.entries(play).filter(([raw]) => !names.has(raw) && !taken.has(plain(raw)))),
    ...rowFor(table, play),
  });
  const known = knownColumns(table);
  const stored = new Set(table.rows.map((row) => keyOf(known, row)));
  const all = plays.map((play) => {
    const row = renamed(play);
    return { play, row, isKept: stored.has(keyOf(known, row)) };
  });
  const sorted = [...all.filter(({ isKept }) => !isKept), ...all.filter(({ isKept }) => isKept)];
  return { rows: sorted.map(({ row }) => row), plays: sorted.map(({ play }) => play) };
}

/** The values that a song play has in the columns of the table. */
export const rowFor = ({ held }: Table, play: RawPlay): Row =>
  Object.fromEntries([...held].map(([column, { valueIn }]) => [column, valueIn(play)]));

/** A fact that is lost, since another one with the same key took its row. */
export interface Replaced {
  lost: Row;
  kept: Row;
}

/** The facts of the question that a table of this key loses. */
export function replacedIn(table: Table, { question, rows }: Renamed): Replaced[] {
  const keys = keyColumns(table);
  const fact = factOf(question);
  const kept = new Map(rows.map((row) => [keyOf(keys, row), row]));
  const there = new Set([...kept.values()].map((row) => textOf(row, fact)));
  const lost = rows.filter((row) => !there.has(textOf(row, fact)));
  const facts = new Map(lost.map((row) => [textOf(row, fact), row]));
  return [...facts.values()].map((row) => ({ lost: row, kept: kept.get(keyOf(keys, row)) as Row }));
}
