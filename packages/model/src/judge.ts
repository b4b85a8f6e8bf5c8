// Is this table right for its question? Cassandra itself is the judge wherever it can be: it runs the query with tracing, it keeps
// or loses the rows.

import { SparkifyError } from "@sparkify/base/errors";
import type { Client } from "cassandra-driver";
import { Facts } from "./facts.js";
import type { Finding } from "./findings.js";
import { namingFaults } from "./naming.js";
import { judgeAccess } from "./points/access.js";
import { judgeAnswers } from "./points/answers.js";
import { judgeDuplicates, judgeLoss, judgeOrder } from "./points/keys.js";
import { judgeContent, judgeSize, judgeTypes } from "./points/values.js";
import { type ProbeResult, probesFor, tryProbes } from "./probes.js";
import { readQuery } from "./query.js";
import { factOf, orderOf, type Question } from "./question.js";
import { firstRow, type RawRows } from "./rows.js";
import { readStored } from "./stored.js";
import { type Computed, rawTypesOf, readModelTable } from "./table.js";

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
  /** The table is nobody's, and empty: the rows that tell right from wrong are tried in it and not in a copy. @default false */
  isScratch?: boolean;
  /** How many times today's rows a partition will hold one day. @default 1 */
  growth?: number;
  /** Raw rows as they will be one day, for partitions that grow and others that do not. @default the raw rows */
  grown?: RawRows;
}

/**
 * Judges a table by its question and the raw rows. Nothing in the reader's keyspace is changed; rows that tell right
 * from wrong are tried in a scratch keyspace, which is dropped in the end (see {@link sharingScratch} for many models).
 * @param rows the raw rows that belong in the table. More than memory holds come from a source, see playsInCsv.
 * @throws SparkifyError where the table does not exist, or the query is not a SELECT on it
 * @example
 * const question = { text: "who heard a song", given: ["song"], each: ["userId"], answer: ["firstName"] };
 * const query = "SELECT first_name FROM app.users_by_song WHERE song = ?";
 * const findings = await judgeModel(client, { question, table: "app.users_by_song", query }, plays);
 */
export async function judgeModel(
  client: Client,
  model: Model,
  rows: RawRows,
  { loaded = true, isScratch = false, growth = 1, grown }: JudgeOptions = {},
): Promise<Finding[]> {
  const { question } = model;
  const sample = await firstRow(rows);
  const table = await readModelTable(client, model.table, sample, model.columns);
  checkColumns(question, Object.keys(sample), model.columns);
  const query = readQuery(model.query, table);
  const facts = await Facts.of(table, question, rows);
  const types = rawTypesOf(table, facts.sample);

  const access = await judgeAccess(client, query, question, facts.sample);
  // Rows that tell right from wrong, or why they could not be tried.
  const probed: ProbeResult[] | string = await tryProbes(
    client,
    table,
    query,
    question,
    types,
    probesFor(question, facts.sample, table, types),
    isScratch,
  ).catch((error: Error) => error.message);
  const stored = loaded ? await readStored(client, table, query, question, facts, types) : undefined;
  const findings = [
    access,
    judgeLoss(facts, question, probed),
    judgeDuplicates(facts, question, probed),
    judgeOrder(table, question, probed, stored),
    judgeTypes(table, question, facts),
  ];
  if (stored) {
    findings.push(
      judgeContent(table, question, stored),
      access.verdict === "pass"
        ? await judgeAnswers(client, query, question, facts, rows, types)
        : { point: "right answers", verdict: "undecided", evidence: { kind: "nothing answered" }, question },
    );
  }
  findings.push(judgeSize(table, question, grown ? await Facts.of(table, question, grown) : facts, growth));
  const faults = namingFaults(table, query, question, model);
  findings.push({
    point: "key order and naming",
    verdict: faults.length === 0 ? "pass" : "fail",
    evidence: { kind: "naming", faults },
    question,
  });
  return findings;
}

/** A part may be computed; all else that a question speaks of is in the raw rows. */
function checkColumns(question: Question, raw: string[], computed: Computed = {}): void {
  const { answer, between = [], parts = [] } = question;
  const ordered = orderOf(question).map(({ column }) => column);
  const all = [...factOf(question), ...answer, ...ordered].concat(between);
  const missing =
    all.find((column) => !raw.includes(column)) ??
    parts.find((column) => !raw.includes(column) && !Object.hasOwn(computed, column));
  if (missing !== undefined)
    throw new SparkifyError(`The raw rows have no column ${missing}: ${raw.join(", ")}`);
}
