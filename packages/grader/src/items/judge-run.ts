// Each item of the rubric, judged by what Cassandra saw and holds after a run.

import type { RawPlay } from "@sparkify/lib";
import type { Statement } from "../audit.js";
import { type Copy, csvFilesIn } from "../copy.js";
import type { Finding } from "../grade.js";
import { matchQuestions } from "../match.js";
import { contentsOf } from "../model.js";
import type { GradingNode } from "../node.js";
import type { Cell } from "../notebook.js";
import type { RunResult } from "../run.js";
import { Tables } from "../tables.js";
import { type Answered, examine, tellingPlays, unexamined } from "./answered.js";
import { judgeKeys } from "./keys.js";
import { judgeDescribed, judgeReasoning, judgeTodos } from "./prose.js";
import { judgeQuestion } from "./question.js";
import { judgeCleanup, judgeResults } from "./results.js";
import { judgeColumnOrder, judgeColumns, judgeNames, judgeTables, judgeTypes } from "./schema.js";
import { judgeStreamlined } from "./streamlined.js";

export interface RunState {
  findings: Map<string, Finding>;
  repeatable: Repeatable;
}

/** What a second run must give again, by what it is about: as it is compared, and in words. */
export type Repeatable = Map<string, { text: string; told: string }>;

export interface RunFacts {
  node: GradingNode;
  copy: Copy;
  run: RunResult;
  statements: Statement[];
  /** When the run began. */
  since: number;
  plays: RawPlay[];
}

/** Judges everything but the second run. */
export async function judgeRun(facts: RunFacts): Promise<RunState> {
  const { node, copy, run, statements, since, plays } = facts;
  const tables = await Tables.of(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const telling = tellingPlays(plays);
  const answered: Answered[] = [];
  for (const match of matches) answered.push(await examine(node, match, plays, telling));
  // What is written in modules beside the notebook counts as if it were in it.
  const own = copy.notebooks.flatMap(({ notebook }) => notebook.cells);
  const modules = copy.modules.map(({ name, source }): Cell => ({ kind: "code", source, file: name }));
  const cells = [...own, ...modules];
  const source = cells.flatMap((cell) => (cell.kind === "code" ? [cell.source] : [])).join("\n");

  const findings = new Map<string, Finding>([
    ["csv", judgeStreamlined(csvFilesIn(copy), plays)],
    ["types", judgeTypes(answered)],
    ["table-per-query", judgeTables(answered)],
    ...answered.map((one) => [one.asked.id, judgeQuestion(one, statements)] as const),
    ["key", judgeKeys(answered)],
    ["order", judgeColumnOrder(answered)],
    ["names", judgeNames(answered)],
    ["columns", judgeColumns(answered)],
    ["described", judgeDescribed(cells)],
    ["reasoning", judgeReasoning(cells)],
    ["todos", judgeTodos(cells)],
    ["results", judgeResults(answered, run, plays)],
    ["cleanup", judgeCleanup(answered, source)],
  ]);
  return { findings, repeatable: repeatableOf(answered, findings) };
}

/** After a second run: only what it must give again. */
export async function repeatedBy(facts: RunFacts): Promise<Repeatable> {
  const { node, copy, statements, since, plays } = facts;
  const tables = await Tables.of(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const answered = matches.map((match): Answered => {
    const contents = match.table && contentsOf(match.table, plays);
    return { ...match, contents, ...unexamined };
  });
  const findings = new Map([["csv", judgeStreamlined(csvFilesIn(copy), plays)]]);
  return repeatableOf(answered, findings);
}

function repeatableOf(answered: Answered[], findings: Map<string, Finding>): Repeatable {
  const repeatable: Repeatable = new Map();
  for (const { asked, asking, table, contents } of answered) {
    if (table && contents) {
      const keys = table.columns.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
      const told = `${contents.rows} rows with the key ${keys.map(({ name }) => name).join(", ")}`;
      repeatable.set(`the table of ${asked.id}`, { text: contents.fingerprint, told });
    }
    if (asking) {
      const text = asking.refused ?? asking.select.on("");
      repeatable.set(`the SELECT of ${asked.id}`, { text, told: text });
    }
  }
  const csv = findings.get("csv");
  if (csv) repeatable.set("the CSV", { text: `${csv.verdict} ${csv.evidence}`, told: csv.evidence });
  return repeatable;
}
