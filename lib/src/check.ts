// Checks for cells. Each shows its verdict, keeps it in the cell's output for the report, and fails the cell where something
// is wrong.

import { SparkifyError } from "@sparkify/base/errors";
import { escapeHtml, markHtml } from "@sparkify/base/page";
import type { Client } from "cassandra-driver";
import { showHtmlWithData } from "./show/display.js";
import { tableHtml } from "./show/table.js";

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

/** The type under which a cell's output holds a {@link Verdict}, beside the HTML that readers see. */
export const verdictType = "application/vnd.sparkify.verdict+json";

/** Shows HTML together with the verdict it stands for. */
export function showVerdict(verdict: Verdict, html: string): void {
  showHtmlWithData(html, verdictType, verdict);
}

/**
 * Shows whether something holds.
 * @param evidence what was seen, in numbers
 * @throws SparkifyError where it does not hold
 * @example check("every play has a song", plays.every(({ song }) => song !== ""), `${plays.length} plays`);
 */
export function check(name: string, ok: boolean, evidence: string): void {
  showVerdict({ kind: "check", name, ok, evidence }, verdictLine(ok, name, evidence));
  if (!ok) throw new SparkifyError(`Check failed: ${name}. ${evidence}`);
}

export interface Answer {
  /** The question in words. */
  question: string;
  cql: string;
  /** The values of the markers, in their order: a list, or an object that has them so. */
  parameters: object;
  /** The rows that Cassandra returned, in its order. */
  rows: Iterable<object>;
  /** The rows as computed from the raw logs, in the order that the question asks for. */
  expected: Row[];
}

/**
 * Compares an answer with the expected one: the same rows with the same values in the same order.
 * @example
 * const { rows } = await client.execute(cql, parameters, { prepare: true });
 * checkAnswer({ question: "Who listened to it?", cql, parameters, rows, expected: [{ user_id: 29 }] });
 */
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
      parameters: Object.values(parameters),
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

/**
 * Checks that the tables are there.
 * @param createdIn the notebook that creates them, for the error
 * @example await needTables(client, ["sparkify.users_by_song"], "my-tables");
 */
export async function needTables(client: Client, tables: string[], createdIn: string): Promise<void> {
  for (const table of tables) {
    const [keyspace = "", name = ""] = table.split(".");
    if (!(await client.metadata.getTable(keyspace, name))) {
      throw new SparkifyError(`The table ${table} does not exist. Run the notebook ${createdIn} first.`);
    }
  }
}

/**
 * Checks that the tables are there and hold rows.
 * @param notebooks those that create and fill them, for the error
 * @example await needRows(client, tables, { createdIn: "my-tables", filledIn: "my-rows" });
 */
export async function needRows(
  client: Client,
  tables: string[],
  { createdIn, filledIn }: { createdIn: string; filledIn: string },
): Promise<void> {
  await needTables(client, tables, createdIn);
  for (const table of tables) {
    if ((await client.execute(`SELECT * FROM ${table} LIMIT 1`)).rowLength === 0) {
      throw new SparkifyError(`The table ${table} is empty. Run the notebook ${filledIn} first.`);
    }
  }
}

/** A verdict's line: its mark, its name and what was seen. */
export function verdictLine(ok: boolean, name: string, evidence: string): string {
  return `<div>${markHtml(ok ? "pass" : "fail")} <b>${escapeHtml(name)}</b>: ${escapeHtml(evidence)}</div>`;
}
