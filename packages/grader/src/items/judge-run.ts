// Each item of the rubric, judged by what Cassandra saw and holds after a run.

import type { RawPlay } from "@sparkify/lib";
import { sharingScratch } from "@sparkify/model";
import type { Statement } from "../audit.js";
import { contentsOf } from "../contents.js";
import { type Copy, csvFilesIn } from "../copy.js";
import type { Assessment, Detail } from "../grade.js";
import { matchQuestions } from "../match.js";
import { type GradingNode, gradingKeyspace } from "../node.js";
import { type Cell, codeCells, namedCells } from "../notebook.js";
import { keyColumns, keyOf } from "../renamed.js";
import type { ItemId } from "../rubric.js";
import type { RunResult } from "../run.js";
import { Tables } from "../tables.js";
import { type Answered, examine, tellingPlays, unexamined, whereSent } from "./answered.js";
import { addCauses } from "./find-causes.js";
import { judgeKeys } from "./keys.js";
import { judgeDescribed, judgeReasoning, judgeTodos } from "./prose.js";
import { judgeQuestion } from "./question.js";
import { comparesWithPublished, judgeCleanup, judgeResults } from "./results.js";
import { judgeColumnOrder, judgeColumns, judgeNames, judgeTables, judgeTypes } from "./schema.js";
import { judgeStreamlined } from "./streamlined.js";

/** What is thought of a run. */
export interface JudgedRun {
  assessments: Map<ItemId, Assessment>;
  repeatable: Repeatable;
  computed: Computed;
  /** Whether there is a table for any of the questions. */
  hasTables: boolean;
  /** Whether any of them holds rows. */
  hasRows: boolean;
  /** Whether it may be right with the published logs, see {@link comparesWithPublished}. */
  comparesWithPublished: boolean;
  /** What else a reviewer should know. */
  notes: Detail[];
}

/** What a second run must give again, by what it is about: as it is compared, and in words. */
export type Repeatable = Map<string, { text: string; words: string }>;

/** Of questions that are asked by a column that the learner computed: its name, and what is in it. */
export type Computed = Map<ItemId, { column: string; text: string }>;

/** What a second run has given. */
export interface RepeatedRun {
  repeatable: Repeatable;
  computed: Computed;
}

/** What a run is judged by. */
export interface RunFacts {
  node: GradingNode;
  copy: Copy;
  run: RunResult;
  statements: Statement[];
  /** When the run began. */
  since: number;
  /** What is in the logs that it was run with, and in those that everybody knows. */
  plays: RawPlay[];
  published: RawPlay[];
}

/** Judges everything but the second run. */
export async function judgeRun(facts: RunFacts): Promise<JudgedRun> {
  const { node, copy, statements, since, plays } = facts;
  const tables = await Tables.find(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const telling = tellingPlays(plays);
  const answered = await sharingScratch(
    node.client,
    () => Promise.all(matches.map((match) => examine(node, match, plays, telling))),
    gradingKeyspace,
  );
  // What is written in modules beside the notebook counts as if it were in it.
  const cells = [
    ...namedCells(copy.notebooks),
    ...copy.modules.map(({ name, source }): Cell => ({ kind: "code", source, file: name })),
  ];
  const source = codeCells({ cells }).join("\n");
  const where = whereSent(statements, facts.run, copy.notebooks);
  const csv = judgeStreamlined(csvFilesIn(copy), plays);
  const assessments = new Map<ItemId, Assessment>([
    ["csv", csv],
    ["types", judgeTypes(answered)],
    ["table-per-query", judgeTables(answered)],
    ...answered.map((one) => [one.asked.id, judgeQuestion(one, statements, where)] as const),
    ["key", judgeKeys(answered)],
    ["order", judgeColumnOrder(answered)],
    ["names", judgeNames(answered)],
    ["columns", judgeColumns(answered)],
    ["described", judgeDescribed(cells)],
    ["reasoning", judgeReasoning(cells)],
    ["todos", judgeTodos(cells)],
    ["results", judgeResults(answered, facts)],
    ["cleanup", judgeCleanup(answered, source)],
  ]);
  addCauses(assessments, answered);
  const hasTables = answered.some(({ table }) => table);
  const hasRows = answered.some(({ table }) => table && table.rows.length > 0);
  const notes = [...tables.unreadable].map(([name, text]) => ({
    title: `The table ${name} cannot be read`,
    text,
  }));
  return {
    assessments,
    repeatable: repeatableOf(answered, csv),
    computed: computedIn(answered),
    hasTables,
    hasRows,
    comparesWithPublished: comparesWithPublished(answered, facts, source),
    notes,
  };
}

/** After a second run: only what it must give again. */
export async function repeatedBy(facts: RunFacts): Promise<RepeatedRun> {
  const { node, copy, statements, since, plays } = facts;
  const tables = await Tables.find(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const answered = matches.map((match): Answered => {
    const contents = match.table && contentsOf(match.table, plays);
    return { ...match, contents, ...unexamined };
  });
  const repeatable = repeatableOf(answered, judgeStreamlined(csvFilesIn(copy), plays));
  return { repeatable, computed: computedIn(answered) };
}

/** The columns that a SELECT must be given, and that are none of the logs. */
function computedIn(answered: Answered[]): Computed {
  const found: Computed = new Map();
  for (const { asked, asking, table } of answered) {
    const given = asking?.select.conditions.map(({ column }) => column) ?? [];
    const column = table?.columns.find(
      ({ name, kind }) =>
        table.held.get(name)?.raw.length === 0 && (kind === "partition_key" || given.includes(name)),
    );
    if (!table || !column) continue;
    const keys = keyColumns(table);
    found.set(asked.id, {
      column: column.name,
      text: table.rows
        .map((row) => keyOf(keys, row))
        .sort()
        .join("\n"),
    });
  }
  return found;
}

function repeatableOf(answered: Answered[], csv: Assessment): Repeatable {
  const repeatable: Repeatable = new Map();
  for (const { asked, asking, table, contents } of answered) {
    if (table && contents) {
      const keys = table.columns.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
      const words = `${contents.rows} rows with the key ${keys.map(({ name }) => name).join(", ")}`;
      repeatable.set(`the table of ${asked.id}`, { text: contents.fingerprint, words });
    }
    if (asking) {
      const text = asking.refused ?? asking.select.on("");
      repeatable.set(`the SELECT of ${asked.id}`, { text, words: text });
    }
  }
  repeatable.set("the CSV", { text: `${csv.verdict} ${csv.evidence}`, words: csv.evidence });
  return repeatable;
}
