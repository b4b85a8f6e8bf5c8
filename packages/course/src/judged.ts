// Judged models, shown in a cell.

import { SparkifyError } from "@sparkify/base/errors";
import { escapeHtml, markHtml } from "@sparkify/base/page";
import { readSelect, writtenTable } from "@sparkify/cql";
import { showHtml, showVerdict, tableHtml } from "@sparkify/lib/show";
import {
  type Finding,
  findingText,
  hintText,
  type JudgeOptions,
  judgeModel,
  type Model,
  type Question,
  type RawRows,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";

/**
 * Judges a model as `judgeModel` does, shows the findings, and fails the cell where one is a fail.
 * @throws SparkifyError where a point fails
 * @example
 * await checkModel(client, { question: questions.usersBySong, table: "sparkify.users_by_song", query }, plays);
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
  const ok = failed.length === 0;
  const evidence = ok ? `${findings.length} points` : failed.map(({ point }) => point).join(", ");
  showVerdict({ kind: "check", name, ok, evidence }, findingsHtml(findings, model.table));
  if (failed[0])
    throw new SparkifyError(`${model.table} does not stand: ${failed[0].point}. ${findingText(failed[0])}`, {
      where: { table: model.table },
    });
}

/**
 * Judges the key of a question's table by the question's query, before a row is loaded: as {@link checkModel} does.
 * @param query SELECT with a marker for each value that is given
 * @throws SparkifyError where the query is no SELECT on one table with its keyspace, or a point fails
 * @example await checkKey(client, questions.usersBySong, "SELECT user_id FROM sparkify.users_by_song WHERE song = ?", plays);
 */
export async function checkKey(
  client: Client,
  question: Question,
  query: string,
  rows: RawRows,
  options: Omit<JudgeOptions, "loaded"> = {},
): Promise<void> {
  const asked = readSelect(query);
  if (asked?.keyspace === undefined)
    throw new SparkifyError(`A SELECT on one table with its keyspace was expected: ${query.trim()}`);
  const table = writtenTable({ keyspace: asked.keyspace, table: asked.table });
  await checkModel(client, { question, table, query }, rows, { ...options, loaded: false });
}

/**
 * Shows findings that are expected, or wanted, to fail: nothing of them is kept for the report.
 * @param hintOf what to think about, where the usual hint would say too much
 * @example
 * showFindings(await judgeModel(client, model, plays), "the session as the whole key");
 */
export function showFindings(findings: Finding[], title: string, hintOf = hintText): void {
  showHtml(findingsHtml(findings, title, hintOf));
}

function findingsHtml(findings: Finding[], title: string, hintOf = hintText): string {
  const cells = findings.map((finding) => {
    const { point, verdict, rows = [] } = finding;
    const hint = hintOf(finding);
    const hintHtml = hint === undefined ? "" : `<div><i>${escapeHtml(hint)}</i></div>`;
    const rowsHtml =
      verdict === "pass" || rows.length === 0
        ? ""
        : `<div style="max-width:640px;overflow-x:auto" role="group" tabindex="0" aria-label="Rows that show it">${tableHtml(rows, { limit: 6 })}</div>`;
    return (
      `<tr><td style="vertical-align:top">${markHtml(verdict)}</td>` +
      `<td style="text-align:left;vertical-align:top;white-space:nowrap"><b>${point}</b></td>` +
      `<td style="text-align:left;max-width:640px">${escapeHtml(findingText(finding))}${hintHtml}${rowsHtml}</td></tr>`
    );
  });
  return `<table><caption style="text-align:left"><b>${escapeHtml(title)}</b></caption><tbody>${cells.join("\n")}</tbody></table>`;
}
