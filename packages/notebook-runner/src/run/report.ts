// The result of a run: for programs (report.json), for people (report.html) and as a table on the terminal.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml, tableHtml, type Verdict } from "@sparkify/lib/show";
import { commonestReasons, readAsText } from "@sparkify/loader";
import type { NotebookResult } from "./execute.js";

type Kind<Name extends Verdict["kind"]> = Omit<Extract<Verdict, { kind: Name }>, "kind">;

export interface Report {
  /** True only if every cell ran and every table and answer is right. */
  ok: boolean;
  seconds: number;
  cassandra: { version: string; contactPoints: string[]; nodes: number } | null;
  eventData: Kind<"eventData"> | null;
  tables: Kind<"table">[];
  queries: Kind<"query">[];
  checks: Kind<"check">[];
  notebooks: NotebookResult[];
}

/** Puts the report together from what the notebooks' checks said. */
export function makeReport(
  facts: Pick<Report, "seconds" | "cassandra" | "notebooks"> & { eventDirectory: string },
  verdicts: Verdict[],
): Report {
  const of = <Name extends Verdict["kind"]>(kind: Name): Kind<Name>[] =>
    verdicts
      .filter((verdict): verdict is Extract<Verdict, { kind: Name }> => verdict.kind === kind)
      .map(({ kind: _, ...rest }) => rest as Kind<Name>);
  const [eventData] = of("eventData");
  const [tables, queries, checks] = [of("table"), of("query"), of("check")];
  const { seconds, cassandra, notebooks, eventDirectory } = facts;
  return {
    // A check that was taken out of a notebook must not count as passed: all three of each have to be there.
    ok:
      notebooks.every((notebook) => notebook.ok) &&
      eventData !== undefined &&
      new Set(tables.map((table) => table.name)).size >= 3 &&
      new Set(queries.map((query) => query.question)).size >= 3 &&
      [...tables, ...queries, ...checks].every((verdict) => verdict.ok),
    seconds,
    cassandra,
    eventData: eventData ? { ...eventData, directory: eventDirectory } : null,
    tables,
    queries,
    checks,
    notebooks,
  };
}

export function writeReport(report: Report, out: string): void {
  writeFileSync(join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(out, "report.html"), html(report));
}

/** The verdict as a short table for the terminal. */
export function reportText(report: Report): string {
  const mark = (ok: boolean) => (ok ? "✔" : "✘");
  const lines = [
    ...report.notebooks.map((notebook) => [
      notebook.notRun ? "-" : mark(notebook.ok),
      notebook.name,
      notebook.notRun ? "not run" : `${notebook.seconds.toFixed(1)} s`,
    ]),
    [],
    ...report.tables.map((table) => [
      mark(table.ok),
      table.name,
      `${table.rows} rows of ${table.expectedRows} expected`,
    ]),
    [],
    ...report.queries.map((query) => [
      mark(query.ok),
      query.question,
      `${query.rows} rows of ${query.expectedRows} expected`,
    ]),
  ];
  const width = Math.max(...lines.map(([, name = ""]) => name.length));
  const table = lines.map(([sign = "", name = "", text = ""]) =>
    `  ${sign} ${name.padEnd(width)}  ${text}`.trimEnd(),
  );
  const { eventData, cassandra } = report;
  const about = [
    eventData &&
      `  ${eventData.rows} rows in ${eventData.files} files, ${eventData.kept} song plays, from ${eventData.directory}`,
    ...readAsText(eventData?.notPlain ?? []).map((line) => `  ${line}`),
    eventData &&
      eventData.rejected > 0 &&
      `  ${eventData.rejected} rows were rejected: ${commonestReasons(eventData.rejectedByReason)}`,
    cassandra &&
      `  Apache Cassandra ${cassandra.version} at ${cassandra.contactPoints.join(", ")}, nodes: ${cassandra.nodes}`,
  ].filter((line) => typeof line === "string");
  const failures = report.notebooks.flatMap(({ name, failure }) =>
    failure ? [failureText(name, failure)] : [],
  );
  const printed = report.notebooks.flatMap((notebook) =>
    notebook.printed ? [`  Printed past the cells of ${notebook.name}: ${notebook.printed}`] : [],
  );
  const held = report.checks.filter(({ ok }) => ok).length;
  const verdict = report.ok
    ? `✔ Every cell ran, every table and answer is right (${held} more checks hold). ${report.seconds.toFixed(1)} s`
    : `✘ Not everything is right. ${report.seconds.toFixed(1)} s`;
  return ["", ...table, "", ...about, ...printed, ...failures, "", verdict].join("\n");
}

function failureText(name: string, failure: NonNullable<NotebookResult["failure"]>): string {
  const source = failure.source.split("\n").map((text, index) => {
    const sign = failure.line === index + 1 ? ">" : " ";
    return `  ${sign} ${String(index + 1).padStart(3)} | ${text}`;
  });
  const where = `${name}, code cell ${failure.cell}${failure.line ? `, line ${failure.line}` : ""}`;
  return ["", `✘ ${where} (${failure.kind}):`, ...source, "", indent(failure.error)].join("\n");
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}

function html(report: Report): string {
  const { cassandra, eventData } = report;
  const notebooks = report.notebooks.map(({ name, ok, seconds, notRun }) => ({
    notebook: name,
    verdict: notRun ? "not run" : ok ? "✔ passed" : "✘ failed",
    seconds,
  }));
  const failures = report.notebooks.flatMap(({ name, failure }) =>
    failure
      ? [
          `<section class="failed"><h2>${escapeHtml(name)}: what failed</h2><pre>${escapeHtml(failureText(name, failure).trim())}</pre></section>`,
        ]
      : [],
  );
  const queries = report.queries.map(
    (query) => `<section><h3>${query.ok ? "✔" : "✘"} ${escapeHtml(query.question)}</h3>
<pre>${escapeHtml(query.cql)}\n-- bound: ${escapeHtml(JSON.stringify(query.parameters))}</pre>
${tableHtml(query.answer, { caption: `Answer: ${query.rows} rows of ${query.expectedRows} expected`, limit: 20 })}
${query.ok ? "" : tableHtml(query.expectedAnswer, { caption: "Expected", limit: 20 })}</section>`,
  );
  const tables = report.tables.map(({ name, rows, expectedRows, ok }) => ({
    table: name,
    rows,
    expected: expectedRows,
    verdict: ok ? "✔ every value as in the raw logs" : "✘ not as in the raw logs",
  }));
  const checks = report.checks.map(({ name, ok, evidence }) => ({
    check: `${ok ? "✔" : "✘"} ${name}`,
    evidence,
  }));
  const rejected = Object.entries(eventData?.rejectedByReason ?? {})
    .sort(([, a], [, b]) => b - a)
    .map(([reason, rows]) => ({ reason, rows }));
  const notPlain = (eventData?.notPlain ?? []).map(({ file, how }) => ({ file, "read as": how.join(", ") }));
  const dropped = Object.entries(eventData?.droppedByPage ?? {}).map(([page, rows]) => ({ page, rows }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.ok ? "✔" : "✘"} Sparkify on Cassandra</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
  .verdict { padding: 1rem; border-radius: .5rem; background: ${report.ok ? "#e3f4ec" : "#fbe4e2"}; font-size: 1.2rem; }
  table { border-collapse: collapse; margin: .5rem 0 1.5rem; display: block; overflow-x: auto; }
  th, td { border-bottom: 1px solid #cbd2d9; padding: .25rem .75rem; }
  caption { caption-side: top; padding: .25rem 0; }
  pre { background: #f5f7fa; padding: 1rem; border-radius: .5rem; overflow-x: auto; }
  .failed pre { background: #fbe4e2; }
</style>
</head>
<body>
<h1>Sparkify on Apache Cassandra</h1>
<p class="verdict">${
    report.ok ? "✔ Every cell ran, every table and answer is right." : "✘ Not everything is right."
  } ${report.seconds.toFixed(1)} s</p>
${cassandra ? `<p>Apache Cassandra ${escapeHtml(cassandra.version)} at ${escapeHtml(cassandra.contactPoints.join(", "))}, nodes: ${cassandra.nodes}</p>` : ""}
${failures.join("\n")}
<h2>Notebooks</h2>
${tableHtml(notebooks, { limit: 50 })}
<h2>The three questions</h2>
${queries.join("\n") || "<p>Not asked.</p>"}
<h2>Tables</h2>
${tables.length > 0 ? tableHtml(tables, { limit: 50 }) : "<p>Not checked.</p>"}
<h2>Event data</h2>
${
  eventData
    ? `<p>${eventData.rows} rows in ${eventData.files} files of ${escapeHtml(eventData.directory)}: ${eventData.kept} kept, ${eventData.dropped} dropped, ${eventData.rejected} rejected.</p>
${tableHtml(dropped, { caption: "Dropped, by page", limit: 50 })}
${rejected.length > 0 ? tableHtml(rejected, { caption: "Rejected, by reason", limit: 50 }) : ""}
${notPlain.length > 0 ? tableHtml(notPlain, { caption: "Logs that are not plain CSV", limit: 50 }) : ""}`
    : "<p>Not read.</p>"
}
<h2>More checks</h2>
${checks.length > 0 ? tableHtml(checks, { limit: 50 }) : "<p>None.</p>"}
</body>
</html>
`;
}
