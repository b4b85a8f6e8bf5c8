// The report as files: for programs (report.json) and for people (report.html).

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml, tableHtml } from "@sparkify/lib/show";
import { clusterText, failureText, type Report } from "./report.js";

const mark = (ok: boolean) => (ok ? "✔" : "✘");

const table = (rows: object[], empty: string, caption?: string) =>
  rows.length > 0 ? tableHtml(rows, { limit: 50, ...(caption ? { caption } : {}) }) : empty;

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
  return `${head(ok, model?.name ?? "Sparkify")}
<body>
<h1>${escapeHtml(model?.name ?? "Sparkify")} on Apache Cassandra</h1>
<p class="verdict">${verdict} ${seconds.toFixed(1)} s</p>
${cassandra ? `<p>${escapeHtml(clusterText(cassandra))}</p>` : ""}
${report.notebooks.map(failureSection).join("")}
<h2>Notebooks</h2>
${table(notebooks, "")}
<h2>${model ? "The questions" : "The three questions"}</h2>
${queries.map(querySection).join("\n") || "<p>Not asked.</p>"}
<h2>Tables</h2>
${table(tableRows, "<p>Not checked.</p>")}
${model ? "" : `<h2>Event data</h2>\n${eventSection(report.eventData)}`}
<h2>More checks</h2>
${table(checkRows, "<p>None.</p>")}
</body>
</html>
`;
}

const head = (ok: boolean, name: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${mark(ok)} ${escapeHtml(name)} on Cassandra</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  .verdict { padding: 1rem; border-radius: .5rem; background: ${ok ? "#e3f4ec" : "#fbe4e2"}; font-size: 1.2rem; }
  table { border-collapse: collapse; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }
  th, td { border-bottom: 1px solid #cbd2d9; padding: .25rem .75rem; }
  caption { caption-side: top; padding: .25rem 0; }
  pre { background: #f5f7fa; padding: 1rem; border-radius: .5rem; overflow-x: auto; }
  .failed pre { background: #fbe4e2; }
</style>
</head>`;

function failureSection({ name, failure }: Report["notebooks"][number]): string {
  if (!failure) return "";
  const text = escapeHtml(failureText(name, failure).trim());
  return `<section class="failed"><h2>${escapeHtml(name)}: what failed</h2><pre>${text}</pre></section>`;
}

function querySection(query: Report["queries"][number]): string {
  const { ok, question, cql, parameters, rows, expectedRows, answer, expectedAnswer } = query;
  return `<section><h3>${mark(ok)} ${escapeHtml(question)}</h3>
<pre>${escapeHtml(cql)}\n-- bound: ${escapeHtml(JSON.stringify(parameters))}</pre>
${tableHtml(answer, { caption: `Answer: ${rows} rows of ${expectedRows} expected`, limit: 20 })}
${ok ? "" : tableHtml(expectedAnswer, { caption: "Expected", limit: 20 })}</section>`;
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
${tableHtml(droppedRows, { caption: "Dropped, by page", limit: 50 })}
${table(reasons, "", "Rejected, by reason")}
${table(notPlain, "", "Logs that are not plain CSV")}`;
}
