// For each question the table, proved, and what its rivals lose.

import { type Finding, findingText, hintText } from "@sparkify/model";
import type { Client } from "cassandra-driver";
import type { ModelFile } from "../file/model-file.js";
import type { Source } from "../source/source.js";
import { type Asked, askedOf } from "./asked.js";
import { type Candidate, candidateFor } from "./candidate.js";
import { Court } from "./court.js";
import { createCql, selectCql } from "./cql.js";
import { checkExamples } from "./examples.js";
import { neededColumns } from "./facts.js";
import { judgedQuestion, judgedRows } from "./judged-rows.js";
import type { Bucket, Note, Proposal, Table } from "./proposal.js";
import { rivalsOf } from "./rivals.js";
import { largestPartition, tableRows } from "./sizes.js";

export interface ProposeOptions {
  /** What goes on, in words. */
  onNews?: (text: string) => void;
  signal?: AbortSignal;
}

/**
 * Proposes a table for each question of a model, and proves it on Cassandra: in a scratch keyspace, which is dropped in the end.
 * @param database is kept once there is a Cassandra: the tables are found meanwhile
 * @throws SparkifyError where the model names what the source does not have
 */
export async function propose(
  file: ModelFile,
  source: Source,
  database: Promise<Client>,
  { onNews = () => {}, signal }: ProposeOptions = {},
): Promise<Proposal[]> {
  const questions = askedOf(file, source);
  await checkExamples(file, source, questions);
  const candidates: { asked: Asked; candidate: Candidate }[] = [];
  for (const asked of questions) {
    signal?.throwIfAborted();
    onNews(`${asked.name}: the key`);
    candidates.push({ asked, candidate: await candidateFor(source, asked) });
  }
  return Court.during(await database, signal, async (court) => {
    const proposals: Proposal[] = [];
    for (const { asked, candidate } of candidates) {
      onNews(`${asked.name}: the proof, and its rivals`);
      proposals.push(await proved(file, source, court, asked, candidate));
    }
    return withSharedTables(proposals, questions);
  });
}

async function proved(
  file: ModelFile,
  source: Source,
  court: Court,
  asked: Asked,
  candidate: Candidate,
): Promise<Proposal> {
  const leftOut = Object.fromEntries(
    neededColumns(asked)
      .filter(({ nulls }) => nulls > 0)
      .map(({ name, nulls }) => [name, nulls]),
  );
  const notes = [...candidate.notes, ...leftOutNotes(leftOut)];
  const { table, shape, size, later, isUnique, reasons, partitionsPerAnswer } = candidate;
  const plain = { question: asked.name, text: asked.text, reasons, notes, leftOut };
  if (!table || !shape || !size || !later)
    return {
      ...plain,
      verdict: "fail",
      table: null,
      create: null,
      select: null,
      partitionsPerAnswer: 0,
      largestPartition: null,
      findings: [],
      judgedRows: 0,
      tableRows: 0,
      rivals: [],
    };
  const create = createCql(file.keyspace, table);
  const select = selectCql(file.keyspace, table, asked);
  const tried = { create, select, as: table.name };
  const rows = await judgedRows(source, asked, table.bucket);
  const findings =
    rows.length === 0
      ? []
      : (await court.judge(tried, tried.as, judgedQuestion(asked, table.bucket), rows, true)).map((finding) =>
          asProved(finding, asked, table.bucket),
        );
  const { n } = await source.database.one(`SELECT count(*) AS n FROM ${tableRows(asked, shape, isUnique)}`);
  if (rows.length === 0)
    notes.push({
      kind: "fail",
      text: "No row can be in this table: a column of its key has no value in any.",
    });
  if (rows.length < Number(n))
    notes.push({
      kind: "info",
      text: `${rows.length.toLocaleString("en")} rows were tried on Cassandra, of ${Number(n).toLocaleString("en")}: whole answers, taken at random, and a part of the largest. Facts, types and sizes are of all rows.`,
    });
  const unsplit = table.bucket
    ? (await largestPartition(source, asked, withoutBucket(shape), isUnique)).later
    : undefined;
  const contest = {
    court,
    keyspace: file.keyspace,
    asked,
    table,
    proposed: tried,
    rows,
    ...(unsplit && { unsplit }),
  };
  const isRight =
    findings.length > 0 &&
    findings.every(({ verdict }) => verdict === "pass") &&
    !notes.some(({ kind }) => kind === "fail");
  return {
    ...plain,
    verdict: isRight ? "pass" : "fail",
    table,
    create,
    select,
    partitionsPerAnswer,
    largestPartition: { ...size, grown: later },
    findings: findings.map((finding) => ({
      point: finding.point,
      verdict: finding.verdict,
      evidence: textOf(finding),
      ...(finding.rows && finding.verdict !== "pass" && { rows: finding.rows.slice(0, 6) }),
    })),
    judgedRows: rows.length,
    tableRows: Number(n),
    rivals: rows.length === 0 ? [] : await rivalsOf(contest),
  };
}

const withoutBucket = <Shape extends { bucket?: unknown }>({ bucket: _, ...shape }: Shape) => shape;

function textOf(finding: Finding): string {
  const hint = finding.verdict === "fail" ? hintText(finding) : undefined;
  return hint ? `${findingText(finding)}. ${hint}` : findingText(finding);
}

/**
 * What the judge cannot know: sizes are those of all rows, names are the reader's own, and a bucket is made of a column that
 * tells facts apart, so that a fact that comes again is in the same one.
 */
export function asProved(finding: Finding, asked: Asked, bucket?: Bucket): Finding {
  const { evidence } = finding;
  const isOwnName = evidence.kind === "naming" && evidence.faults.every(({ kind }) => kind === "name");
  const isInBucket =
    evidence.kind === "not probed" &&
    bucket !== undefined &&
    asked.each.some(({ name }) => name === bucket.of);
  const isSize = finding.point === "partition size";
  if (isOwnName) return { ...finding, verdict: "pass", evidence: { kind: "naming", faults: [] } };
  return isInBucket || isSize ? { ...finding, verdict: "pass" } : finding;
}

const leftOutNotes = (leftOut: Record<string, number>): Note[] =>
  Object.entries(leftOut).map(([column, rows]) => ({
    kind: "info",
    text: `${rows.toLocaleString("en")} rows have no value of ${column}, which is in the key: they cannot be in this table.`,
  }));

/** Questions that another one's table could answer too: its partition key is given, and what is left leads its rows. */
function withSharedTables(proposals: Proposal[], questions: Asked[]): Proposal[] {
  return proposals.map((proposal, index) => {
    const asked = questions[index];
    if (!asked || !proposal.table) return proposal;
    const other = proposals.find(
      ({ table }, at) => at !== index && table && !table.bucket && canServe(table, asked),
    );
    if (!other?.table) return proposal;
    const text = `${other.question} could answer this question too: its partition key is given here. That saves a table: one write less for each row, and ${proposal.tableRows.toLocaleString("en")} rows. It costs that the two questions can no longer change by themselves, and that an answer reads within a larger partition (${other.largestPartition?.rows.toLocaleString("en")} rows at most, here ${proposal.largestPartition?.rows.toLocaleString("en")}).`;
    return { ...proposal, servedBy: { question: other.question, text } };
  });
}

function canServe(table: Table, asked: Asked): boolean {
  const given = asked.given.map(({ cqlName }) => cqlName);
  if (!table.partitionKey.every((column) => given.includes(column))) return false;
  if (!asked.answer.every(({ cqlName }) => cqlName in table.columns)) return false;
  const clustering = table.clustering.map(([column]) => column);
  const rest = given.filter((column) => !table.partitionKey.includes(column));
  if (!rest.every((column) => clustering.slice(0, rest.length).includes(column))) return false;
  const after = table.clustering.slice(rest.length);
  if (asked.between && after[0]?.[0] !== asked.between.cqlName) return false;
  const isOrdered = asked.order.every(
    ({ column, order }, place) => after[place]?.[0] === column.cqlName && after[place]?.[1] === order,
  );
  const facts = new Set([...given, ...asked.each.map(({ cqlName }) => cqlName)]);
  const key = [...table.partitionKey, ...clustering];
  return isOrdered && key.length === facts.size && key.every((column) => facts.has(column));
}
