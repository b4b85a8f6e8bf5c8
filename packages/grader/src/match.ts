// Which SELECT and which table a submission means for which question: by what they ask and hold, not by their names.

import { readSelect, type Select } from "@sparkify/cql";
import type { RawPlay } from "@sparkify/lib";
import type { Statement } from "./audit.js";
import { mayHold } from "./columns.js";
import { type Asked, asked } from "./questions.js";
import type { Table, Tables } from "./tables.js";

/** A SELECT that was seen. */
export interface Asking {
  select: Select;
  /** As it was seen, the first time. */
  cql: string;
  table: Table;
  /** When it was seen first, in milliseconds since 1970. */
  time: number;
  /** Cassandra's message where it refused it every time. */
  refused: string | undefined;
  /** The values it was asked with, where they are written in it: by raw column. */
  values: Partial<Record<keyof RawPlay, string | number>>;
}

/** A question with what is meant for it. */
export interface Match {
  asked: Asked;
  asking: Asking | undefined;
  /** The table of the SELECT; without one the table that was made for it. */
  table: Table | undefined;
  /** A SELECT for the question that Cassandra refused, as there is no such table. */
  tried: Tried | undefined;
}

/** A SELECT on a table that is not there. */
export interface Tried {
  select: Select;
  cql: string;
  refused: string;
}

/** The raw columns of a condition, or of an answer. */
const rawOf = (table: Table, column: string): string[] => table.held.get(column)?.raw ?? [];

/** Finds a SELECT and a table for each question. */
export async function matchQuestions(statements: Statement[], tables: Tables): Promise<Match[]> {
  const all = await askings(statements, tables);
  const scored = asked.flatMap((one) =>
    all.map((asking, place) => ({ one, asking, score: score(one, asking) + place / 1e6 })),
  );
  const left = scored.filter(({ score }) => score >= 9).sort((a, b) => b.score - a.score);
  const chosen = new Map<Asked, Asking>();
  for (const { one, asking } of left)
    if (!chosen.has(one) && ![...chosen.values()].includes(asking)) chosen.set(one, asking);

  const matches: Match[] = asked.map((one) => {
    const asking = chosen.get(one);
    return { asked: one, asking, table: asking?.table, tried: undefined };
  });
  const refused = await triedIn(statements, tables);
  for (const match of matches.filter(({ asking }) => !asking)) {
    const { given } = match.asked.question;
    const isMeant = ({ select }: Tried) =>
      given.every((raw) => select.conditions.some(({ column }) => mayHold(column, raw)));
    match.tried = refused
      .filter(isMeant)
      .sort((a, b) => a.select.conditions.length - b.select.conditions.length)[0];
  }
  for (const match of matches.filter(({ table }) => !table)) {
    const used = new Set(matches.map(({ table }) => table));
    const [best] = (await tables.all())
      .filter((table) => !used.has(table))
      .map((table) => ({ table, score: fit(match.asked, table) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score);
    match.table = best?.table;
  }
  return matches;
}

/** The SELECTs, those of one form once: asked for several values, or several times. */
async function askings(statements: Statement[], tables: Tables): Promise<Asking[]> {
  const found = new Map<string, Asking>();
  for (const { type, cql, keyspace, time, refused } of statements) {
    if (type !== "SELECT" && type !== "PREPARE_STATEMENT" && refused === undefined) continue;
    const select = readSelect(cql);
    const where = select?.keyspace ?? keyspace;
    if (!select || !where) continue;
    const table = await tables.at(where, select.table, time);
    if (!table) continue;
    const form = `${table.full} ${select.on("")}`;
    const values = Object.fromEntries(
      select.conditions.flatMap(({ column, value }) => {
        const [raw, ...more] = rawOf(table, column);
        return raw && more.length === 0 && value !== undefined ? [[raw, value]] : [];
      }),
    );
    const known = found.get(form);
    if (!known) found.set(form, { select, cql, table, time, refused, values });
    else {
      if (refused === undefined) known.refused = undefined;
      // The example's own values are worth more than those of another try.
      if (Object.keys(known.values).length === 0) known.values = values;
      if (isExample(values) && !isExample(known.values)) Object.assign(known, { values, cql });
    }
  }
  return [...found.values()];
}

/** The SELECTs on tables that were never there. */
async function triedIn(statements: Statement[], tables: Tables): Promise<Tried[]> {
  const found: Tried[] = [];
  for (const { cql, keyspace, time, refused } of statements) {
    const select = refused === undefined ? undefined : readSelect(cql);
    if (!select || refused === undefined) continue;
    const where = select.keyspace ?? keyspace;
    if (where === undefined || !(await tables.at(where, select.table, time)))
      found.push({ select, cql, refused });
  }
  return found;
}

const isExample = (values: Asking["values"]) =>
  asked.some(({ example }) =>
    Object.entries(example).every(([raw, value]) => String(values[raw as keyof RawPlay]) === String(value)),
  );

/** How much a SELECT looks like the question's. */
function score({ question, example }: Asked, { select, table, values, refused }: Asking): number {
  const where = new Set(
    select.conditions
      .filter(({ operator }) => operator === "=" || operator === "IN")
      .flatMap(({ column }) => rawOf(table, column)),
  );
  const names = select.columns ?? table.columns.map(({ name }) => name);
  const answered = new Set(names.flatMap((name) => rawOf(table, name)));
  const share = (some: string[], set: Set<string>) => some.filter((raw) => set.has(raw)).length / some.length;
  const more = [...where].filter((raw) => !question.given.includes(raw)).length;
  const same = Object.entries(example).filter(
    ([raw, value]) => String(values[raw as keyof RawPlay]) === String(value),
  ).length;
  return (
    12 * share(question.given, where) +
    4 * share(question.answer, answered) +
    3 * same -
    3 * more -
    (select.columns ? 0 : 0.5) -
    (refused === undefined ? 0 : 1) -
    (select.allowFiltering ? 0.25 : 0)
  );
}

/** How much a table looks made for a question; 0 where it cannot answer it. */
function fit({ question }: Asked, table: Table): number {
  const all = new Set(table.columns.flatMap(({ name }) => rawOf(table, name)));
  const answers = question.answer.filter((raw) => all.has(raw)).length / question.answer.length;
  if (answers < 0.5) return 0;
  const keys = table.columns
    .filter(({ kind }) => kind === "partition_key" || kind === "clustering")
    .flatMap(({ name }) => rawOf(table, name));
  const given = question.given.filter((raw) => keys.includes(raw)).length / question.given.length;
  return given === 0 ? 0 : answers + 2 * given - 0.1 * all.size;
}
