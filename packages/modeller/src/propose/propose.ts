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
import type { Bucket, Note, Proposal } from "./proposal.js";
import { rivalsOf } from "./rivals.js";
import { withSharedTables } from "./shared-tables.js";
import { tableRows } from "./sizes.js";
import { count } from "./words.js";

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
  { found, reasons, notes }: Candidate,
): Promise<Proposal> {
  const leftOut = Object.fromEntries(
    neededColumns(asked)
      .filter(({ nulls }) => nulls > 0)
      .map(({ name, nulls }) => [name, nulls]),
  );
  const plain = { ...withoutTable, question: asked.name, text: asked.text, reasons, leftOut };
  const known = [...notes, ...leftOutNotes(leftOut)];
  if (!found) return { ...plain, notes: known };
  const { table, size, later, partitionsPerAnswer } = found;
  const create = createCql(file.keyspace, table);
  const select = selectCql(file.keyspace, table, asked);
  const shown = {
    ...plain,
    table,
    create,
    select,
    partitionsPerAnswer,
    largestPartition: { ...size, grown: later },
  };
  const rows = await judgedRows(source, asked, table.bucket);
  if (rows.length === 0) return { ...shown, notes: [...known, noRow] };
  const proposed = { create, select, as: court.nameFor(table.name) };
  const question = judgedQuestion(asked, table.bucket);
  const judged = await court.judge(proposed, proposed.as, question, rows, true);
  const findings = judged.map((finding) => asProved(finding, asked, table.bucket));
  const { n } = await source.database.one(
    `SELECT count(*) AS n FROM ${tableRows(asked, found.shape, found.isUnique)}`,
  );
  const isRight =
    findings.every(({ verdict }) => verdict === "pass") && !known.some(({ kind }) => kind === "fail");
  const contest = { court, keyspace: file.keyspace, asked, table, proposed, rows, unsplit: found.unsplit };
  return {
    ...shown,
    verdict: isRight ? "pass" : "fail",
    notes: [...known, ...sampleNotes(rows.length, Number(n))],
    findings: findings.map(inWords),
    judgedRows: rows.length,
    tableRows: Number(n),
    rivals: await rivalsOf(contest),
  };
}

/** What is said where there is nothing to prove. */
const withoutTable = {
  verdict: "fail" as const,
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

const noRow: Note = {
  kind: "fail",
  text: "No row can be in this table: a column of its key has no value in any.",
};

const leftOutNotes = (leftOut: Record<string, number>): Note[] =>
  Object.entries(leftOut).map(([column, rows]) => ({
    kind: "info",
    text: `${count(rows)} rows have no value of ${column}, which is in the key: they cannot be in this table.`,
  }));

const sampleNotes = (judged: number, all: number): Note[] =>
  judged >= all
    ? []
    : [
        {
          kind: "info",
          text: `${count(judged)} rows were tried on Cassandra, of ${count(all)}: whole answers, taken at random, and a part of the largest. Facts, types and sizes are of all rows.`,
        },
      ];

function inWords(finding: Finding): Proposal["findings"][number] {
  const { point, verdict, rows } = finding;
  const hint = verdict === "fail" ? hintText(finding) : undefined;
  const evidence = hint ? `${findingText(finding)}. ${hint}` : findingText(finding);
  return { point, verdict, evidence, ...(rows && verdict !== "pass" && { rows: rows.slice(0, 6) }) };
}

/**
 * What the judge cannot know: sizes are those of all rows, names are the reader's own, and a bucket is made of a column that
 * tells facts apart, so that a fact that comes again is in the same one.
 */
export function asProved(finding: Finding, asked: Asked, bucket?: Bucket): Finding {
  const { evidence, point } = finding;
  const isOwnName = evidence.kind === "naming" && evidence.faults.every(({ kind }) => kind === "name");
  if (isOwnName) return { ...finding, verdict: "pass", evidence: { kind: "naming", faults: [] } };
  const isInBucket =
    evidence.kind === "not probed" &&
    bucket !== undefined &&
    asked.each.some(({ name }) => name === bucket.of);
  return isInBucket || point === "partition size" ? { ...finding, verdict: "pass" } : finding;
}
