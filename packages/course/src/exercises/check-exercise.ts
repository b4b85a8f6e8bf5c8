// Checks what a learner has modelled: creates the table, fills it, lets the judge of models speak, keeps the points.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { escapeHtml } from "@sparkify/base/page";
import { isOneStatement, plainCql, readSelect, tableOf, tokensOf, writtenTable } from "@sparkify/cql";
import { createKeyspaceIfMissing, readRawPlays, showTable, workDirectory } from "@sparkify/lib";
import { showHtml } from "@sparkify/lib/show";
import type { Question, RawRow } from "@sparkify/model";
import { type Finding, insertRaw, judgeModel, readModelTable } from "@sparkify/model";
import { type Client, errors } from "cassandra-driver";
import { showFindings } from "../judged.js";
import { type Exercise, exercises, type Sources, usualHints } from "./exercises.js";
import { readReadings } from "./readings.js";

/** What the learner writes. */
export interface Attempt {
  /** One CREATE TABLE in the keyspace `exercises`. */
  create: string;
  /** One SELECT on that table, with a marker for each value that is given. */
  query: string;
}

export interface JudgedExercise {
  solved: boolean;
  findings: Finding[];
  /** Why there was nothing to judge: what is not written yet, or what Cassandra says. */
  message?: string;
}

/**
 * Checks an exercise, shows what was found, and keeps the points. What is wrong or not written yet is told, not thrown.
 * @param number of the exercise, from 1
 * @example await checkExercise(client, 1, { create: create1, query: query1 });
 */
export async function checkExercise(client: Client, number: number, attempt: Attempt): Promise<void> {
  const { title, points } = exerciseOf(number);
  const { solved, findings, message } = await judgeExercise(client, number, attempt);
  keepPoints(number, solved ? points : 0);
  const said = message ?? (solved ? "solved" : "not solved yet");
  const line = `${solved ? "✔" : "✘"} Exercise ${number}. ${title}: ${said} (${solved ? points : 0} of ${pointsText(points)})`;
  if (findings.length > 0) showFindings(findings, line, hintIn(exerciseOf(number)));
  else showHtml(`<div style="white-space:pre-wrap">${escapeHtml(line)}</div>`);
}

/**
 * Shows the first raw rows of an exercise.
 * @example showRawRows(1);
 */
export function showRawRows(number: number): void {
  const rows = rowsOf(exerciseOf(number));
  showTable(rows.slice(0, 3), { caption: `${rows.length.toLocaleString("en")} raw rows, the first of them` });
}

/**
 * Shows the points of all exercises: what the last check of each said, in this kernel or an earlier one.
 * @example showPoints();
 */
export function showPoints(): void {
  const kept = readPoints();
  const rows = exercises.map(({ title, points }, index) => ({
    exercise: `${index + 1}. ${title}`,
    points: kept[index + 1] ?? 0,
    of: points,
  }));
  const sum = (column: "points" | "of") => rows.reduce((total, row) => total + row[column], 0);
  showTable(rows, { caption: `${sum("points")} of ${pointsText(sum("of"))}`, limit: rows.length });
}

/**
 * Judges an exercise without showing or keeping anything.
 * @param sources what the raw rows are made of. @default all song plays of the logs, all readings of the sensors
 */
export async function judgeExercise(
  client: Client,
  number: number,
  { create, query }: Attempt,
  sources: Sources = allSources,
): Promise<JudgedExercise> {
  const exercise = exerciseOf(number);
  const rows = rowsOf(exercise, sources);
  try {
    const model = { create: statementIn(create), query: statementIn(query) };
    const table = await createTable(client, model);
    await load(client, table, rows);
    const growth = exercise.growth?.(sources);
    const findings = await ofLearner("The check", () =>
      judgeModel(client, { ...model, table, question: questionOf(exercise, model.query) }, rows, {
        ...growth,
      }),
    );
    return { solved: findings.every(({ verdict }) => verdict !== "fail"), findings };
  } catch (error) {
    if (error instanceof SparkifyError) return { solved: false, findings: [], message: error.message };
    throw error;
  }
}

/** The question, asked in the parts that the learner's query asks for. */
function questionOf({ question, mayPart = [] }: Exercise, query: string): Question {
  const asked = readSelect(query)?.conditions.map(({ column }) => plainName(column));
  const parts = mayPart.filter((column) => asked?.includes(plainName(column)));
  return parts.length > 0 ? { ...question, parts } : question;
}

/** `user_mod_8` and `userMod8` are one name. */
const plainName = (name: string) => name.replaceAll("_", "").toLowerCase();

function exerciseOf(number: number): Exercise {
  const exercise = exercises[number - 1];
  if (!exercise)
    throw new SparkifyError(`There is no exercise ${number}: they are numbered 1 to ${exercises.length}.`);
  return exercise;
}

const plays = once(() => {
  const all = readRawPlays();
  if (all.length === 0) throw new SparkifyError("The logs hold no song plays to make exercises of.");
  return all;
});
const readings = once(readReadings);
/** Each is read when an exercise first needs it: those over readings need no logs. */
const allSources: Sources = {
  get plays() {
    return plays();
  },
  get readings() {
    return readings();
  },
};

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

const rowsOf = ({ rows = ({ plays }) => plays }: Exercise, sources = allSources): RawRow[] => rows(sources);

/** The text without comments and the last semicolon. @throws SparkifyError where nothing is written yet */
function statementIn(text: string): string {
  const cql = plainCql(text);
  const signs = tokensOf(cql).filter(({ kind }) => kind !== "text");
  const isOpen = signs.some(({ text: sign }, index) =>
    sign === "."
      ? signs[index + 1]?.text === "." && signs[index + 2]?.text === "."
      : ["TODO", "…"].includes(sign),
  );
  if (cql === "" || isOpen)
    throw new SparkifyError(
      "not solved yet. Write the CREATE TABLE and the SELECT, then run their cell and this one",
    );
  return cql;
}

const keyspace = "exercises";

/** Creates the learner's table in place of an older one. @returns its name with the keyspace */
async function createTable(client: Client, { create, query }: Attempt): Promise<string> {
  const made = isOneStatement(create) ? tableOf("CREATE TABLE", create) : undefined;
  if (made?.keyspace !== keyspace || !/^[a-z]\w*$/.test(made.table))
    throw new SparkifyError(
      `not solved yet. Expected one statement, CREATE TABLE ${keyspace}.name_in_lower_case ( ... ), got: ${firstWords(create)}`,
    );
  const table = writtenTable(made);
  const select = readSelect(query);
  if (!select || select.keyspace !== keyspace || select.table !== made.table)
    throw new SparkifyError(
      `not solved yet. Expected one statement, SELECT ... FROM ${table} WHERE ..., got: ${firstWords(query)}`,
    );
  await createKeyspaceIfMissing(client, keyspace);
  await client.execute(`DROP TABLE IF EXISTS ${table}`);
  await ofLearner("Cassandra does not take the CREATE TABLE", () => client.execute(create));
  return table;
}

const firstWords = (cql: string) => cql.split(/\s+/).slice(0, 8).join(" ");

/** Inserts the raw rows, into every column of the table. */
async function load(client: Client, name: string, rows: RawRow[]): Promise<void> {
  const table = await readModelTable(client, name, rows[0] ?? {});
  const unknown = table.columns.filter(({ from }) => !from).map((column) => column.name);
  if (unknown.length > 0)
    throw new SparkifyError(
      `not solved yet. No raw column is called ${unknown.join(", ")}. Name columns as the raw ones: session_id for sessionId`,
    );
  await ofLearner("The raw rows do not fit the table", () => insertRaw(client, name, rows));
}

/** Does what the learner asked for; what is wrong with it becomes an error to be told. */
async function ofLearner<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Codes from 0x2000 on say that a statement is wrong; below, that the cluster has a problem.
    const refused = error instanceof errors.ResponseError && error.code >= 0x2000;
    if (error instanceof SparkifyError || (error instanceof errors.DriverError && !refused)) throw error;
    throw new SparkifyError(`not solved yet. ${what}: ${(error as Error).message}`);
  }
}

const hintIn =
  ({ hints }: Exercise) =>
  ({ verdict, point }: Finding) =>
    verdict === "fail" ? (hints?.[point] ?? usualHints[point]) : undefined;

const pointsFile = join(workDirectory, "out", "exercises.json");

function readPoints(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(pointsFile, "utf8")) as Record<string, number>;
  } catch {
    return {}; // no exercise has been checked, or the file is damaged: a check writes it anew
  }
}

function keepPoints(number: number, points: number): void {
  mkdirSync(dirname(pointsFile), { recursive: true });
  writeFileSync(pointsFile, `${JSON.stringify({ ...readPoints(), [number]: points })}\n`);
}

const pointsText = (points: number) => `${points} ${points === 1 ? "point" : "points"}`;
