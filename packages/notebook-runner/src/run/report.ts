// The result of a run, and what the terminal says of it.

import type { Verdict } from "@sparkify/lib/show";
import { commonestReasons, readAsText } from "@sparkify/loader";
import type { NotebookResult } from "./execute.js";

type Kind<Name extends Verdict["kind"]> = Omit<Extract<Verdict, { kind: Name }>, "kind">;

export interface Report {
  /** True only if every cell ran and every table and answer is right. */
  ok: boolean;
  seconds: number;
  cassandra: { version: string; contactPoints: string[]; nodes: number } | null;
  /** The reader's own model that the notebooks are about, and its tables; null for the walkthrough. */
  model: { name: string; tables: string[] } | null;
  eventData: Kind<"eventData"> | null;
  tables: Kind<"table">[];
  queries: Kind<"query">[];
  checks: Kind<"check">[];
  notebooks: NotebookResult[];
}

/** Puts the report together from what the notebooks' checks said. */
export function makeReport(
  facts: Pick<Report, "seconds" | "cassandra" | "notebooks" | "model"> & { eventDirectory: string },
  verdicts: Verdict[],
): Report {
  const all = <Name extends Verdict["kind"]>(kind: Name): Kind<Name>[] =>
    verdicts
      .filter((verdict): verdict is Extract<Verdict, { kind: Name }> => verdict.kind === kind)
      .map(({ kind: _, ...rest }) => rest as Kind<Name>);
  const [eventData] = all("eventData");
  const [tables, queries, checks] = [all("table"), all("query"), all("check")];
  const { seconds, cassandra, notebooks, eventDirectory, model } = facts;
  return {
    // A check that was taken out of a notebook must not count as passed: all of them have to be there.
    ok:
      notebooks.every((notebook) => notebook.ok) &&
      (model
        ? isWholeModel(model.tables, tables, queries)
        : isWholeWalkthrough(eventData, tables, queries)) &&
      [...tables, ...queries, ...checks].every((verdict) => verdict.ok),
    seconds,
    cassandra,
    model,
    eventData: eventData ? { ...eventData, directory: eventDirectory } : null,
    tables,
    queries,
    checks,
    notebooks,
  };
}

const isWholeWalkthrough = (
  eventData: Kind<"eventData"> | undefined,
  tables: Kind<"table">[],
  queries: Kind<"query">[],
) =>
  eventData !== undefined &&
  new Set(tables.map((table) => table.name)).size >= 3 &&
  new Set(queries.map((query) => query.question)).size >= 3;

/** Every table was compared, and every question was asked. */
const isWholeModel = (wanted: string[], tables: Kind<"table">[], queries: Kind<"query">[]) =>
  wanted.length > 0 &&
  wanted.every((name) => tables.some((table) => table.name === name)) &&
  new Set(queries.map(({ question }) => question)).size >= wanted.length;

/** The verdict as a short table for the terminal. */
export function reportText(report: Report): string {
  const { notebooks, checks, seconds, ok } = report;
  const printed = notebooks.flatMap(({ name, printed: file }) =>
    file ? [`  Printed past the cells of ${name}: ${file}`] : [],
  );
  const failures = notebooks.flatMap(({ name, failure }) => (failure ? [failureText(name, failure)] : []));
  const held = checks.filter((check) => check.ok).length;
  const verdict = ok
    ? `✔ Every cell ran, every table and answer is right (${held} more checks hold). ${seconds.toFixed(1)} s`
    : `✘ Not everything is right. ${seconds.toFixed(1)} s`;
  return ["", ...resultLines(report), "", ...factLines(report), ...printed, ...failures, "", verdict].join(
    "\n",
  );
}

/** How many rows there are, beside how many there should be. */
export const rowsOfExpected = ({ rows, expectedRows }: { rows: number; expectedRows: number }) =>
  `${rows} ${rows === 1 ? "row" : "rows"} of ${expectedRows} expected`;

/** A line for each notebook, table and question, in columns. */
function resultLines({ notebooks, tables, queries }: Report): string[] {
  const mark = (ok: boolean) => (ok ? "✔" : "✘");
  const expected = (ok: boolean, name: string, { rows, expectedRows }: Kind<"table"> | Kind<"query">) => [
    mark(ok),
    name,
    rowsOfExpected({ rows, expectedRows }),
  ];
  const lines = [
    ...notebooks.map(({ name, ok, seconds, notRun }) =>
      notRun ? ["-", name, "not run"] : [mark(ok), name, `${seconds.toFixed(1)} s`],
    ),
    [],
    ...tables.map((table) => expected(table.ok, table.name, table)),
    [],
    ...queries.map((query) => expected(query.ok, query.question, query)),
  ];
  const width = Math.max(...lines.map(([, name = ""]) => name.length));
  return lines.map(([sign = "", name = "", text = ""]) =>
    `  ${sign} ${name.padEnd(width)}  ${text}`.trimEnd(),
  );
}

/** What was read, and which cluster answered. */
function factLines({ eventData, cassandra }: Report): string[] {
  const lines: string[] = [];
  if (eventData) {
    const { rows, files, kept, directory, rejected, rejectedByReason, notPlain } = eventData;
    lines.push(`${rows} rows in ${files} files, ${kept} song plays, from ${directory}`);
    lines.push(...readAsText(notPlain));
    if (rejected > 0) lines.push(`${rejected} rows were rejected: ${commonestReasons(rejectedByReason)}`);
  }
  if (cassandra) lines.push(clusterText(cassandra));
  return lines.map((line) => `  ${line}`);
}

/** The cluster in words. */
export const clusterText = ({ version, contactPoints, nodes }: NonNullable<Report["cassandra"]>) =>
  `Apache Cassandra ${version} at ${contactPoints.join(", ")}, nodes: ${nodes}`;

/** A cell that failed: its code with the line, and the error. */
export function failureText(name: string, failure: NonNullable<NotebookResult["failure"]>): string {
  const source = failure.source.split("\n").map((text, index) => {
    const sign = failure.line === index + 1 ? ">" : " ";
    return `  ${sign} ${String(index + 1).padStart(3)} | ${text}`;
  });
  const where = `${name}, code cell ${failure.cell}${failure.line ? `, line ${failure.line}` : ""}`;
  return ["", `✘ ${where} (${failure.kind}):`, ...source, "", failure.error.replace(/^/gm, "    ")].join(
    "\n",
  );
}
