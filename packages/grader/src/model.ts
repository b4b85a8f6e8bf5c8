// A submission's table in the words of the library's judge: its columns renamed as the submission calls them, so that
// the judge of models and the comparison of answers can be used as they are.

import { quoted } from "@sparkify/cql";
import type { RawPlay } from "@sparkify/lib";
import {
  answerOf,
  ask,
  comparable,
  compareBy,
  type Finding,
  factOf,
  judgeModel,
  type ModelQuery,
  type ModelTable,
  orderOf,
  project,
  type Question,
  readModelTable,
  readQuery,
  textOf,
  unknownIn,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";
import { plain } from "./columns.js";
import type { Table } from "./tables.js";

type Row = Record<string, unknown>;

/** The question and the raw rows, with the submission's names of the columns. */
export interface Renamed {
  question: Question;
  rows: Row[];
  /** The raw row of each, in the same order. */
  plays: RawPlay[];
  /** The submission's name of a raw column, or the raw name. */
  nameOf: (raw: string) => string;
}

export function rename(table: Table, question: Question, plays: RawPlay[]): Renamed {
  const columns = [...table.held];
  const names = new Map<string, string>();
  for (const [column, { raw }] of columns)
    if (raw.length === 1 && !names.has(raw[0] as string)) names.set(raw[0] as string, column);
  // Where only the joined name is kept, it is what is asked for.
  const joined = columns.find(([, { raw }]) => raw.length > 1);
  const nameOf = (raw: string) => names.get(raw) ?? raw;
  const answer = question.answer.map((raw) =>
    joined && !names.has(raw) && joined[1].raw.includes(raw as keyof RawPlay) ? joined[0] : nameOf(raw),
  );
  const taken = new Set(columns.map(([column]) => plain(column)));
  const renamed = (play: RawPlay): Row => ({
    // A raw column that the table does not have keeps its name, for what the question says of it.
    ...Object.fromEntries(Object.entries(play).filter(([raw]) => !names.has(raw) && !taken.has(plain(raw)))),
    ...Object.fromEntries(columns.map(([column, { of }]) => [column, of(play)])),
  });
  const all = plays.map((play) => ({ play, row: renamed(play) }));
  // Of raw rows with one key any may be the one that is kept: which it is depends on the order of the files, and that is
  // free. The judge expects the last one, so those that are found come last.
  const kept = new Set(table.rows.map((row) => storedText(table, row)));
  const isKept = all.map(({ row }) => kept.has(rawText(table, row)));
  const sorted = [...all.filter((_, index) => !isKept[index]), ...all.filter((_, index) => isKept[index])];
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
    rows: sorted.map(({ row }) => row),
    plays: sorted.map(({ play }) => play),
    nameOf,
  };
}

const knownColumns = (table: Table) => table.columns.filter(({ name }) => table.held.has(name));

const storedText = (table: Table, row: Row) =>
  JSON.stringify(knownColumns(table).map(({ name }) => row[name] ?? null));
const rawText = (table: Table, row: Row) =>
  JSON.stringify(knownColumns(table).map(({ name, values }) => values.shown(row[name])));

const keyColumns = (table: Table) =>
  knownColumns(table).filter(({ kind }) => kind === "partition_key" || kind === "clustering");

/** A fact that is lost, since another one with the same key took its row. */
export interface Replaced {
  lost: Row;
  kept: Row;
}

/** The facts of the question that a table of this key loses. */
export function replacedIn(table: Table, { question, rows }: Renamed): Replaced[] {
  const keyOf = (row: Row) =>
    JSON.stringify(keyColumns(table).map(({ name, values }) => values.shown(row[name])));
  const fact = factOf(question);
  // Those that the table holds come last, see rename.
  const kept = new Map(rows.map((row) => [keyOf(row), row]));
  const there = new Set([...kept.values()].map((row) => textOf(row, fact)));
  const lost = rows.filter((row) => !there.has(textOf(row, fact)));
  const facts = new Map(lost.map((row) => [textOf(row, fact), row]));
  return [...facts.values()].map((row) => ({ lost: row, kept: kept.get(keyOf(row)) as Row }));
}

/** Of a row what the question is about, and which play it is. */
export function inQuestion({ question }: Renamed, row: Row): Row {
  const columns = new Set([...factOf(question), ...question.answer, ...(question.event ?? [])]);
  return Object.fromEntries(
    [...columns].filter((column) => column in row).map((column) => [column, row[column]]),
  );
}

/** What a table holds, compared with all raw rows. */
export interface Contents {
  rows: number;
  /** Raw rows whose key is not in the table, without repeats. */
  lost: RawPlay[];
  lostCount: number;
  /** Rows of lines of the logs in which no song was played. */
  silent: number;
  /** Rows of the table whose key no raw row has, the silent ones left out. */
  foreign: Row[];
  foreignCount: number;
  /** Rows of the table with the key of a raw row, but with other values. */
  altered: Row[];
  alteredCount: number;
  /** Two columns of which most rows hold one another's values. */
  swapped: [string, string] | undefined;
  /** Two runs with the same text hold the same rows. */
  fingerprint: string;
}

export function contentsOf(table: Table, plays: RawPlay[]): Contents {
  const known = knownColumns(table);
  const keys = keyColumns(table);
  const text = (columns: typeof known, row: Row) =>
    JSON.stringify(columns.map(({ name }) => row[name] ?? null));
  const made = (columns: typeof known, play: RawPlay) =>
    JSON.stringify(columns.map(({ name, values }) => values.shown(table.held.get(name)?.of(play))));
  const found = new Set(table.rows.map((row) => text(keys, row)));
  const lost = new Map<string, RawPlay>();
  const legitimate = new Set<string>();
  const keysOfRaw = new Set<string>();
  for (const play of plays) {
    legitimate.add(made(known, play));
    const key = made(keys, play);
    keysOfRaw.add(key);
    if (!found.has(key)) lost.set(key, play);
  }
  const wrong = table.rows.filter((row) => !legitimate.has(text(known, row)));
  const unknown = wrong.filter((row) => !keysOfRaw.has(text(keys, row)));
  const heard = known.filter(({ name }) => /^(artist|song)$/.test(String(table.held.get(name)?.raw)));
  const isSilent = (row: Row) =>
    heard.length > 0 && heard.every(({ name }) => /^(|null|nan|none)$/i.test(String(row[name] ?? "")));
  const foreign = unknown.filter((row) => !isSilent(row));
  const altered = wrong.filter((row) => keysOfRaw.has(text(keys, row)));
  const schema = table.columns.map(({ name, kind, order, type }) => [name, kind, order, type]);
  return {
    rows: table.rows.length,
    lost: [...lost.values()].slice(0, 5),
    lostCount: lost.size,
    silent: unknown.length - foreign.length,
    foreign: foreign.slice(0, 5),
    foreignCount: foreign.length,
    altered: altered.slice(0, 5),
    alteredCount: altered.length,
    swapped: wrong.length > table.rows.length / 2 ? swappedIn(table, wrong, legitimate) : undefined,
    fingerprint: JSON.stringify([schema, table.rows.length, wrong.length, [...found].sort()]),
  };
}

/** The two columns whose values have to be exchanged to make rows of the logs of most of the wrong ones. */
function swappedIn(table: Table, wrong: Row[], legitimate: Set<string>): [string, string] | undefined {
  const known = knownColumns(table);
  const some = wrong.slice(0, 200);
  for (const [index, { name: one, type }] of known.entries())
    for (const { name: other, type: otherType } of known.slice(index + 1)) {
      if (type !== otherType) continue;
      const mended = some.filter((row) =>
        legitimate.has(storedText(table, { ...row, [one]: row[other], [other]: row[one] })),
      );
      if (mended.length > some.length / 2) return [one, other];
    }
  return undefined;
}

/** What became of the question when it was asked for many values. */
export type Outcome = "right" | "another order" | "rows doubled" | "rows lost" | "wrong rows";

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

const worse: Outcome[] = ["right", "another order", "rows doubled", "rows lost", "wrong rows"];

/** Asks a SELECT for the values of some raw rows, and compares the answers with those computed from all of them. */
export async function replay(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  { question, rows }: Renamed,
  telling: Row[],
  selected: string[] | undefined,
): Promise<Replay> {
  const byGiven = new Map<string, Row[]>();
  for (const row of rows) {
    const text = textOf(row, question.given);
    const group = byGiven.get(text);
    if (group) group.push(row);
    else byGiven.set(text, [row]);
  }
  const wanted = new Map(telling.map((row) => [textOf(row, question.given), row]));
  const result: Replay = { outcome: "right", asked: 0, right: 0, example: undefined, missing: [] };
  let firstIsWrong = false;
  const names = selected ?? table.columns.map(({ name }) => name);
  result.missing = question.answer.filter((column) => !names.includes(column));
  for (const [text, given] of wanted) {
    const answer = comparable(table, await ask(client, query, given));
    const expected = answerOf(question, byGiven.get(text) ?? [], given) as Row[];
    const known =
      answer.rows.length > 0
        ? answer.names
        : names.filter((name) => table.columns.some((one) => one.name === name && one.from));
    const projected = expected.map((row) => project(table, row, known));
    const outcome = compareAnswers(question, answer.rows, expected, projected);
    result.asked++;
    if (outcome === "right") result.right++;
    if (worse.indexOf(outcome) <= worse.indexOf(result.outcome)) continue;
    result.outcome = outcome;
    if (firstIsWrong) continue;
    firstIsWrong = result.asked === 1;
    const asked = Object.fromEntries(question.given.map((column) => [column, given[column]]));
    const differs = projected.findIndex((row, at) => JSON.stringify(row) !== JSON.stringify(answer.rows[at]));
    // Long answers from where they differ.
    const from = Math.max(0, (differs === -1 ? projected.length : differs) - 3);
    const shown = (some: Row[]) => some.slice(from, from + 15);
    result.example = { given: asked, got: shown(answer.rows), expected: shown(projected) };
  }
  return result;
}

function compareAnswers(question: Question, got: Row[], expected: Row[], projected: Row[]): Outcome {
  const gotTexts = got.map((row) => JSON.stringify(row));
  const texts = projected.map((row) => JSON.stringify(row));
  if (String([...gotTexts].sort()) === String([...texts].sort()))
    return inOrder(question, gotTexts, expected, texts) ? "right" : "another order";
  const counts = new Map<string, number>();
  for (const text of gotTexts) counts.set(text, (counts.get(text) ?? 0) + 1);
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) - 1);
  if (gotTexts.some((text) => !texts.includes(text))) return "wrong rows";
  return [...counts.values()].some((count) => count < 0) ? "rows lost" : "rows doubled";
}

/** Rows that the question orders alike may come one way or the other. */
function inOrder(question: Question, got: string[], expected: Row[], texts: string[]): boolean {
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

export interface Judged {
  findings: Finding[];
  table: ModelTable;
  query: ModelQuery | undefined;
  /** Why the SELECT could not be judged. */
  problem: string | undefined;
  /** A column that it is given and no raw row has a value for. */
  unknown: string | undefined;
}

/** Judges the table with the SELECT; where that is none the judge can read, with one that is given the partition key. */
export async function judge(
  client: Client,
  table: Table,
  cql: string | undefined,
  renamed: Renamed,
): Promise<Judged> {
  const [sample = {}] = renamed.rows;
  const model = await readModelTable(client, table.full, sample);
  const statements = {
    ...(table.create !== undefined && { create: table.create }),
    ...(table.insert !== undefined && { insert: table.insert }),
  };
  const judged = (query: string) =>
    judgeModel(client, { question: renamed.question, table: table.full, query, ...statements }, renamed.rows);
  let problem: string | undefined;
  let unknown: string | undefined;
  if (cql !== undefined) {
    try {
      const query = readQuery(cql, model);
      [unknown] = unknownIn(query);
      return { findings: await judged(cql), table: model, query, problem, unknown };
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  const keys = model.partitionKey.map(({ name }) => `${quoted(name)} = ?`).join(" AND ");
  const findings = await judged(`SELECT * FROM ${table.full} WHERE ${keys}`).catch((error: Error) => {
    problem ??= error.message;
    return [];
  });
  return { findings, table: model, query: undefined, problem, unknown };
}
