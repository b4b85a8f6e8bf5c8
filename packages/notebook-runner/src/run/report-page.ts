// The report as files: for programs (report.json) and for people (report.html).

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml, page, wide } from "@sparkify/base/page";
import { tableHtml } from "@sparkify/lib/show";
import { clusterText, failureText, type Report, rowsOfExpected } from "./report.js";

const mark = (ok: boolean) => (ok ? "✔" : "✘");

const style = `
  .sum { font-size: 1.2rem; } .ok { background: var(--right-back); } .failed, .failed pre { background: var(--wrong-back); }`;

const table = (rows: object[], caption: string, empty = "") =>
  rows.length > 0 ? wide(tableHtml(rows, { limit: 50, caption }), caption) : empty;

export function writeReport(report: Report, out: string): void {
  writeFileSync(join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, "report.html"), reportPage(report));
}

function reportPage(report: Report): string {
  const { ok, seconds, cassandra, queries, tables, checks, model } = report;
  const notebooks = report.notebooks.map(({ name, ok, seconds, notRun }) => ({
    notebook: name,
    verdict: notRun ? "not run" : ok ? "✔ passed" : "✘ failed",
    seconds,
  }));
  const tableRows = tables.map(({ name, rows, expectedRows, ok }) => ({
    table: name,
    rows,
    expected: expectedRows,
    verdict: ok
      ? `✔ every value as in the ${model ? "source" : "raw logs"}`
      : `✘ not as in the ${model ? "source" : "raw logs"}`,
  }));
  const checkRows = checks.map(({ name, ok, evidence }) => ({ check: `${mark(ok)} ${name}`, evidence }));
  const verdict = ok ? "✔ Every cell ran, every table and answer is right." : "✘ Not everything is right.";
  const name = `${model?.name ?? "Sparkify"} on Apache Cassandra`;
  return page({
    title: `${mark(ok)} ${name}`,
    style,
    body: `<h1>${escapeHtml(name)}</h1>
<p class="sum ${ok ? "ok" : "failed"}">${verdict} ${seconds.toFixed(1)} s</p>
${cassandra ? `<p>${escapeHtml(clusterText(cassandra))}</p>` : ""}
${report.notebooks.map(failureSection).join("")}
<h2>Notebooks</h2>
${table(notebooks, "What ran")}
<h2>${model ? "The questions" : "The three questions"}</h2>
${queries.map(querySection).join("\n") || "<p>Not asked.</p>"}
<h2>Tables</h2>
${table(tableRows, "The rows of each table", "<p>Not checked.</p>")}
${model ? "" : `<h2>Event data</h2>\n${eventSection(report.eventData)}`}
<h2>More checks</h2>
${table(checkRows, "The checks", "<p>None.</p>")}`,
  });
}

function failureSection({ name, failure }: Report["notebooks"][number]): string {
  if (!failure) return "";
  const text = escapeHtml(failureText(name, failure).trim());
  return `<section class="failed"><h2>${escapeHtml(name)}: what failed</h2><pre>${text}</pre></section>`;
}

function querySection(query: Report["queries"][number]): string {
  const { ok, question, cql, parameters, answer, expectedAnswer } = query;
  return `<section><h3>${mark(ok)} ${escapeHtml(question)}</h3>
<pre>${escapeHtml(cql)}\n-- bound: ${escapeHtml(JSON.stringify(parameters))}</pre>
${table(answer, `Answer: ${rowsOfExpected(query)}`)}
${ok ? "" : table(expectedAnswer, "Expected")}</section>`;
}

function eventSection(eventData: Report["eventData"]): string {
  if (!eventData) return "<p>Not read.</p>";
  const { directory, files, rows, kept, dropped, rejected } = eventData;
  const droppedRows = Object.entries(eventData.droppedByPage).map(([page, rows]) => ({ page, rows }));
  const reasons = Object.entries(eventData.rejectedByReason)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, rows]) => ({ reason, rows }));
  const notPlain = eventData.notPlain.map(({ file, how }) => ({ file, "read as": how.join(", ") }));
  return `<p>${rows} rows in ${files} files of ${escapeHtml(directory)}: ${kept} kept, ${dropped} dropped, ${rejected} rejected.</p>
${table(droppedRows, "Dropped, by page")}
${table(reasons, "Rejected, by reason")}
${table(notPlain, "Logs that are not plain CSV")}`;
}
