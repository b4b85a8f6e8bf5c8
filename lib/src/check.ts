// The checks of the walkthrough. Each shows its verdict in the cell, keeps it in the output for the report, and
// fails the cell when it is wrong.

import { SparkifyError } from "@sparkify/base/errors";
import type { Client } from "cassandra-driver";
import { escapeHtml, showHtml, tableHtml } from "./show/show.js";

/** A verdict as the report reads it from a cell's output. */
export type Verdict =
  | { kind: "check"; name: string; ok: boolean; evidence: string }
  | {
      kind: "eventData";
      directory: string;
      files: number;
      /** Always kept + dropped + rejected. */
      rows: number;
      kept: number;
      dropped: number;
      droppedByPage: Record<string, number>;
      rejected: number;
      rejectedByReason: Record<string, number>;
      /** The logs that are not plain CSV (UTF-8, commas, the usual names), and how they were read. */
      notPlain: { file: string; how: string[] }[];
    }
  | { kind: "table"; name: string; rows: number; expectedRows: number; ok: boolean }
  | {
      kind: "query";
      question: string;
      cql: string;
      parameters: unknown[];
      rows: number;
      expectedRows: number;
      ok: boolean;
      answer: Row[];
      expectedAnswer: Row[];
    };

type Row = Record<string, unknown>;

/** The attribute of a cell's HTML output in which a verdict is kept. */
export const verdictAttribute = "data-sparkify-verdict";

/** Shows HTML together with the verdict it stands for. */
export function showVerdict(verdict: Verdict, html: string): void {
  showHtml(`<div ${verdictAttribute}="${escapeHtml(JSON.stringify(verdict))}">${html}</div>`);
}

/**
 * Shows whether something holds.
 * @param evidence what was seen, in numbers
 * @throws SparkifyError where it does not hold
 */
export function check(name: string, ok: boolean, evidence: string): void {
  showVerdict({ kind: "check", name, ok, evidence }, verdictLine(ok, name, evidence));
  if (!ok) throw new SparkifyError(`Check failed: ${name}. ${evidence}`);
}

export interface Answer {
  /** The question in words. */
  question: string;
  cql: string;
  parameters: unknown[];
  /** The rows that Cassandra returned, in its order. */
  rows: Iterable<object>;
  /** The rows as computed from the raw logs, in the order that the question asks for. */
  expected: Row[];
}

/** Compares an answer with the expected one: the same rows with the same values in the same order. */
export function checkAnswer({ question, cql, parameters, rows, expected }: Answer): void {
  const answer = [...rows].map((row) => ({ ...row }) as Row);
  const ok = JSON.stringify(answer) === JSON.stringify(expected);
  const evidence = ok
    ? `${answer.length} ${answer.length === 1 ? "row" : "rows"}, the same as computed from the raw logs`
    : `${answer.length} rows, ${expected.length} expected`;
  const details = ok
    ? ""
    : tableHtml(answer, { caption: "Got", limit: 5 }) +
      tableHtml(expected, { caption: "Expected", limit: 5 });
  showVerdict(
    {
      kind: "query",
      question,
      cql,
      parameters,
      rows: answer.length,
      expectedRows: expected.length,
      ok,
      answer,
      expectedAnswer: expected,
    },
    verdictLine(ok, question, evidence) + details,
  );
  if (!ok)
    throw new SparkifyError(`The answer is not what the raw logs say: ${evidence}. Question: ${question}`);
}

/** Checks that the tables are there, and says which notebook makes them. */
export async function needTables(client: Client, tables: string[]): Promise<void> {
  for (const table of tables) {
    const [keyspace = "", name = ""] = table.split(".");
    if (!(await client.metadata.getTable(keyspace, name))) {
      throw new SparkifyError(`The table ${table} does not exist. Run the notebook 03-create-tables first.`);
    }
  }
}

/** Checks that the tables are there and hold rows, and says which notebook fills them. */
export async function needRows(client: Client, tables: string[]): Promise<void> {
  await needTables(client, tables);
  for (const table of tables) {
    if ((await client.execute(`SELECT * FROM ${table} LIMIT 1`)).rowLength === 0) {
      throw new SparkifyError(`The table ${table} is empty. Run the notebook 04-insert-rows first.`);
    }
  }
}

/** A verdict's line: its mark, its name and what was seen. */
export function verdictLine(ok: boolean, name: string, evidence: string): string {
  const mark = ok ? '<span style="color:#2a7f62">✔</span>' : '<span style="color:#b3261e">✘</span>';
  return `<div>${mark} <b>${escapeHtml(name)}</b>: ${escapeHtml(evidence)}</div>`;
}
