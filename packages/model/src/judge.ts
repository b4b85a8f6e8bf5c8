// Is this table right for its question? Cassandra itself is the judge wherever it can be: it plans the query, it keeps
// or loses the rows. Each point gets a verdict, what was seen, and a hint.

import { SparkifyError } from "@sparkify/base/errors";
import { showVerdict } from "@sparkify/lib/show";
import type { Client } from "cassandra-driver";
import { Facts } from "./facts.js";
import {
  bytesText,
  count,
  type Finding,
  fail,
  findingsHtml,
  type Point,
  pass,
  undecided,
} from "./findings.js";
import { namingFaults } from "./naming.js";
import { comparable, type ProbeResult, probesFor, project, tryProbes } from "./probes.js";
import { ask, type ModelQuery, parametersOf, readQuery, traceQuery } from "./query.js";
import {
  answerOf,
  compareBy,
  eventOf,
  factOf,
  factsInWords,
  orderOf,
  type Question,
  type RawRow,
  rawValue,
  textOf,
} from "./question.js";
import { eachRow, firstRow, type RawRows } from "./rows.js";
import { grown, mostBytes, mostValues, type PartitionSize } from "./size.js";
import { readStored } from "./stored.js";
import { type Computed, columnList, type ModelTable, readModelTable } from "./table.js";

export interface Model {
  question: Question;
  /** With its keyspace, as `sparkify.users_by_song`. It must exist. */
  table: string;
  /** SELECT with a marker for each value that is given. */
  query: string;
  /** The INSERT and CREATE TABLE statements, where the order of their columns is to be judged too. */
  insert?: string;
  create?: string;
  /** Columns that are computed from a raw row; the others hold the raw column of their name. */
  columns?: Computed;
}

export interface JudgeOptions {
  /** False judges the key and the query only: before the rows are loaded. @default true */
  loaded?: boolean;
  /** How many times today's rows a partition will hold one day. @default 1 */
  growth?: number;
  /** Raw rows as they will be one day, for partitions that grow and others that do not. @default the raw rows */
  grown?: RawRows;
}

/**
 * Judges a table by its question and the raw rows. Nothing in the reader's keyspace is changed; rows that tell right
 * from wrong are tried in a scratch keyspace, which is dropped in the end.
 * @param rows the raw rows that belong into the table. More than memory holds come from a source, see playsInCsv.
 * @throws SparkifyError where the table does not exist, or the query is not a SELECT on it
 */
export async function judgeModel(
  client: Client,
  model: Model,
  rows: RawRows,
  { loaded = true, growth = 1, grown: later }: JudgeOptions = {},
): Promise<Finding[]> {
  const { question } = model;
  const sample = await firstRow(rows);
  const table = await readModelTable(client, model.table, sample, model.columns);
  for (const column of [...factOf(question), ...question.answer]) {
    if (!(column in sample))
      throw new SparkifyError(`The raw rows have no column ${column}: ${Object.keys(sample).join(", ")}`);
  }
  const query = readQuery(model.query, table);
  const facts = await Facts.of(table, question, rows);

  const access = await judgeAccess(client, table, query, question, sample);
  const answered = access.verdict === "pass";
  const probed = await probe(client, table, query, question, sample);
  const findings = [access, judgeLoss(facts, question, probed), judgeDuplicates(facts, question, probed)];
  const stored = loaded ? await readStored(client, table, query, question, facts) : undefined;
  findings.push(judgeOrder(table, question, probed, stored), judgeTypes(table, facts));
  if (stored) {
    findings.push(judgeContent(table, stored));
    findings.push(
      answered
        ? await judgeAnswers(client, table, query, question, facts, rows)
        : undecided("right answers", "the query is not answered as it should be, so its answers say nothing"),
    );
  }
  findings.push(judgeSize(table, later ? await Facts.of(table, question, later) : facts, growth));
  const faults = namingFaults(table, query, question, model);
  findings.push(
    faults.length === 0
      ? pass(
          "key order and naming",
          `columns in the order of the key, and the name says what the table is asked`,
        )
      : fail(
          "key order and naming",
          faults.join("; "),
          "Name a table <what it gives>_by_<what is given>, and write key columns first, in the order of the key.",
        ),
  );
  return findings;
}

/**
 * Judges a model as {@link judgeModel} does, shows the findings, and fails the cell where one is a fail.
 * @throws SparkifyError where a point fails
 */
export async function checkModel(
  client: Client,
  model: Model,
  rows: RawRows,
  options: JudgeOptions = {},
): Promise<void> {
  const findings = await judgeModel(client, model, rows, options);
  const failed = findings.filter(({ verdict }) => verdict === "fail");
  const name = `the model of ${model.table}`;
  const evidence =
    failed.length === 0 ? `${findings.length} points` : failed.map(({ point }) => point).join(", ");
  showVerdict(
    { kind: "check", name, ok: failed.length === 0, evidence },
    findingsHtml(findings, model.table),
  );
  if (failed[0])
    throw new SparkifyError(`${model.table} does not stand: ${failed[0].point}. ${failed[0].evidence}`);
}

async function judgeAccess(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  sample: RawRow,
): Promise<Finding> {
  const point = "answers the query without filtering";
  const given = new Set(
    query.conditions
      .filter(({ operator }) => operator === "=")
      .map(({ column }) => column.raw ?? column.name),
  );
  const missing = question.given.filter((column) => !given.has(column));
  const toKey = `The question gives ${question.given.join(" and ")}: the partition key must be made of that, and no more.`;
  if (query.allowFiltering)
    return fail(point, "the query says ALLOW FILTERING: Cassandra reads rows only to throw them away", toKey);
  const parameters = parametersOf(query, sample);
  try {
    await client.execute(query.cql, parameters, { prepare: true });
  } catch (error) {
    const { message, code } = error as Error & { code?: number };
    if (code === undefined) throw error;
    return fail(point, `Cassandra refuses the query: ${message}`, toKey);
  }
  let evidence = "accepted, and the trace shows a single partition read";
  try {
    const { read } = await traceQuery(client, query.cql, parameters);
    if (read === "unknown") throw new SparkifyError("it does not say what Cassandra read");
    if (read !== "one partition") return fail(point, `the trace shows that Cassandra reads ${read}`, toKey);
  } catch (error) {
    const bound = query.conditions.filter(({ operator }) => operator === "=").map(({ column }) => column);
    if (!table.partitionKey.every((column) => bound.includes(column)))
      return undecided(point, `accepted, but no trace could be read: ${(error as Error).message}`);
    evidence = `accepted, and it is given the whole partition key (${columnList(table.partitionKey)})`;
  }
  const computed = table.columns.some(({ raw, from }) => from && !raw);
  if (missing.length > 0 && !computed)
    return fail(
      point,
      `the query is not given ${missing.join(", ")}, so it answers for more than was asked`,
      `Bind all that is given: ${question.given.join(", ")}.`,
    );
  return pass(point, evidence);
}

/** Rows that tell right from wrong, or why they could not be tried. */
async function probe(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  sample: RawRow,
): Promise<ProbeResult[] | string> {
  try {
    return await tryProbes(client, table, query, question, probesFor(question, sample));
  } catch (error) {
    return (error as Error).message;
  }
}

function failedProbe(probed: ProbeResult[] | string, about: ProbeResult["about"]): ProbeResult | undefined {
  return typeof probed === "string" ? undefined : probed.find((one) => one.about === about && !one.ok);
}

const fromProbe = ({ about, story, expected, got }: ProbeResult) =>
  `of rows of our own, in a scratch keyspace (${story}), ${about === "right order" ? `the query should find ${expected} and finds` : `the table should hold ${expected} and holds`} ${got}`;

function judgeLoss(facts: Facts, question: Question, probed: ProbeResult[] | string): Finding {
  const lost = facts.facts - facts.keys;
  return judgeFacts("loses nothing", question, probed, {
    pair: facts.collapsed,
    seen: `${become(facts, question)}${lost > 0 ? `: ${count(lost)} ${lost === 1 ? "is" : "are"} lost` : ""}. For instance, two raw rows became one`,
    right: `${count(facts.keys)} rows for ${count(facts.facts)} different ${factsInWords(question)}`,
    hint: `The key must tell apart what differs in ${factOf(question).join(", ")}: add the column that is missing to it.`,
  });
}

function judgeDuplicates(facts: Facts, question: Question, probed: ProbeResult[] | string): Finding {
  return judgeFacts("no needless duplicates", question, probed, {
    pair: facts.doubled,
    seen: `${become(facts, question)}. For instance, two raw rows of one fact stay two`,
    right: `each of the ${factsInWords(question)} is there once`,
    hint: `A fact (${factOf(question).join(", ")}) should be one row: the key holds a column too many.`,
  });
}

const become = (facts: Facts, question: Question) =>
  `${count(facts.facts)} different ${factsInWords(question)} become ${count(facts.keys)} rows`;

/** What the raw rows show; where they show nothing, what the rows of our own do. */
function judgeFacts(
  point: ProbeResult["about"],
  question: Question,
  probed: ProbeResult[] | string,
  { pair, seen, right, hint }: { pair: Facts["collapsed"]; seen: string; right: string; hint: string },
): Finding {
  if (pair) return fail(point, seen, hint, inQuestion(pair, question));
  const failed = failedProbe(probed, point);
  if (failed) {
    const evidence = `the data at hand hold no case that could tell; ${fromProbe(failed)}`;
    return { ...fail(point, evidence, hint, inQuestion(failed.rows, question)), probed: true };
  }
  return typeof probed === "string" ? withoutProbes(point, right, probed) : pass(point, right);
}

/** Of raw rows the columns that the question is about, and the event's: all would not fit beside the finding. */
function inQuestion(rows: RawRow[], question: Question): Record<string, unknown>[] {
  const { answer } = question;
  const columns = new Set([...factOf(question), ...answer, ...eventOf(question)]);
  return rows.map((row) =>
    Object.fromEntries(
      [...columns].filter((column) => column in row).map((column) => [column, rawValue(row, column)]),
    ),
  );
}

/** What the data say is only half of it where the rows of our own could not be tried. */
const withoutProbes = (point: Point, evidence: string, problem: string): Finding =>
  undecided(point, `${evidence}, in the data at hand; more rows could not be tried: ${problem}`);

function judgeOrder(
  table: ModelTable,
  question: Question,
  probed: ProbeResult[] | string,
  stored: Awaited<ReturnType<typeof readStored>> | undefined,
): Finding {
  const point = "right order";
  const order = orderOf(question);
  if (order.length === 0) return pass(point, "the question asks for none");
  const said = (question.order ?? []).join(", ");
  const hint = `Make ${said} a clustering column, in that direction, and with a type that sorts as it should: as text, 10 comes before 2.`;
  const column = table.columns.find(({ raw }) => raw === order[0]?.column);
  const shown = (rows: Record<string, unknown>[]) =>
    column && rows.every((row) => column.name in row)
      ? rows
          .slice(0, 15)
          .map((row) => row[column.name])
          .join(", ")
      : "see the rows below";
  if (stored && stored.disordered > 0) {
    return fail(
      point,
      `${count(stored.disordered)} answers are not in the order of ${said}. One comes as ${shown(stored.disorder)}`,
      hint,
      stored.disorder.slice(0, 15),
    );
  }
  const failed = failedProbe(probed, point);
  if (failed)
    return fail(point, `${fromProbe(failed)}, in this order: ${shown(failed.answer)}`, hint, failed.answer);
  const evidence = stored ? `every answer comes in the order of ${said}` : `in the order of ${said}`;
  const problem = typeof probed === "string" ? probed : probed.find((one) => one.problem)?.problem;
  return problem === undefined ? pass(point, evidence) : withoutProbes(point, evidence, problem);
}

function judgeTypes(table: ModelTable, facts: Facts): Finding {
  const point = "right types";
  const wrong = [...facts.altered].map(([name, { value, stored }]) => {
    const { type } = table.columns.find((column) => column.name === name) ?? { type: "" };
    return { column: name, type, "in the CSV": JSON.stringify(value), "read back": JSON.stringify(stored) };
  });
  const floating = table.columns.filter(
    ({ raw, type }) => /^(float|double|decimal)$/.test(type) && raw && /id$|^item/i.test(raw),
  );
  wrong.push(
    ...floating.map(({ name, type }) => ({
      column: name,
      type,
      "in the CSV": "a whole number",
      "read back": "a floating-point number",
    })),
  );
  if (wrong.length === 0) return pass(point, "every value fits its column's type");
  return fail(
    point,
    wrong
      .map((one) => `${one.column} ${one.type}: ${one["in the CSV"]} comes back as ${one["read back"]}`)
      .join("; "),
    "Whole numbers are int or bigint, ids never float; a double keeps what a float rounds.",
    wrong,
  );
}

function judgeContent(table: ModelTable, stored: Awaited<ReturnType<typeof readStored>>): Finding {
  const point = "right rows in right columns";
  const unknown = table.columns.filter(({ from }) => !from).map(({ name }) => name);
  const note =
    unknown.length > 0 ? ` (not compared, as no raw column has its name: ${unknown.join(", ")})` : "";
  const { missing, altered, extra, rows } = stored;
  if (missing + altered + extra === 0)
    return pass(point, `${count(rows)} rows, every value as in the raw rows${note}`);
  return fail(
    point,
    `${count(rows)} rows; ${count(missing)} missing, ${count(altered)} with another value, ${count(extra)} not expected${note}`,
    "Compare the INSERT's columns with the values bound to them, one by one, and load the table anew.",
    [...stored.examples.altered, ...stored.examples.extra],
  );
}

async function judgeAnswers(
  client: Client,
  table: ModelTable,
  query: ModelQuery,
  question: Question,
  facts: Facts,
  rows: RawRows,
): Promise<Finding> {
  const point = "right answers";
  const wanted = new Map(
    facts.telling.map((row) => [textOf(row, question.given), { given: row, rows: [] as RawRow[] }]),
  );
  await eachRow(rows, (row) => wanted.get(textOf(row, question.given))?.rows.push(row));
  for (const { given, rows: own } of wanted.values()) {
    const answer = await ask(client, query, given);
    const { names, rows: got } = comparable(table, answer);
    const missing =
      answer.length > 0
        ? question.answer.filter((column) => !holds(table, Object.keys(answer[0] ?? {}), column))
        : [];
    if (missing.length > 0)
      return fail(
        point,
        `the answer has no ${missing.join(", ")}`,
        `SELECT what the question asks for: ${question.answer.join(", ")}.`,
      );
    const wantedRows = answerOf(question, own, given);
    const expected = wantedRows.map((row) => project(table, row, names));
    if (got.length !== expected.length || !alikeIn(ranks(wantedRows, question), got, expected)) {
      const asked = question.given.map(
        (column) => `${column} ${JSON.stringify((given as Record<string, unknown>)[column])}`,
      );
      return fail(
        point,
        `for ${asked.join(", ")}: ${got.length} rows, ${expected.length} expected`,
        "Compare the rows below with those expected, and see what the key did to them.",
        [
          ...got.slice(0, 5).map((row) => ({ got: "got", ...row })),
          ...expected.slice(0, 5).map((row) => ({ got: "expected", ...row })),
        ],
      );
    }
  }
  return pass(point, `${wanted.size} questions asked, each answer as computed from the raw rows`);
}

/** Where a rank begins, and where it ends: rows that the question orders alike may come one way or the other. */
function ranks(rows: RawRow[], question: Question): [number, number][] {
  const order = orderOf(question);
  const begins = rows.flatMap((row, index) =>
    index === 0 || compareBy(order, rows[index - 1] as RawRow, row) !== 0 ? [index] : [],
  );
  return begins.map((begin, index) => [begin, begins[index + 1] ?? rows.length]);
}

/** Whether in each of the ranges both hold the same rows. */
function alikeIn(ranges: [number, number][], some: object[], others: object[]): boolean {
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

function judgeSize(table: ModelTable, facts: Facts, growth: number): Finding {
  const point = "partition size";
  const said = ({ rows, values, bytes }: PartitionSize) =>
    `${count(rows)} rows, ${count(values)} values, ${bytesText(bytes)}`;
  const [largest] = facts.largest;
  if (!largest || !facts.percentile99) return undecided(point, "there are no rows");
  const name = table.partitionKey
    .map(({ name: column, from }) => `${column} ${JSON.stringify(from?.(largest.sample))}`)
    .join(", ");
  const now = `largest: ${said(largest)} (${name}); 99th percentile: ${said(facts.percentile99)}`;
  const later = grown(table, largest, largest.keyBytes, growth);
  const evidence = growth === 1 ? now : `${now}. With ${count(growth)} times the rows: ${said(later)}`;
  if (later.values <= mostValues && later.bytes <= mostBytes) return pass(point, evidence);
  return fail(
    point,
    `${evidence}. A partition should stay below ${count(mostValues)} values and ${bytesText(mostBytes)}`,
    "Split the partition: add a bucket to the partition key, such as the month or a hash.",
    facts.largest.slice(0, 3).map(({ sample, rows, values, bytes }) => ({
      ...Object.fromEntries(table.partitionKey.map(({ name: column, from }) => [column, from?.(sample)])),
      rows,
      values,
      bytes: bytesText(bytes),
    })),
  );
}
