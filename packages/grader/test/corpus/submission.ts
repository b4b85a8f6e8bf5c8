// A submission with the verdicts that it must get.

import { type Edit, edited, type Notebook } from "./notebook.js";

/** The items of the rubric. */
export type ItemId =
  | "csv"
  | "types"
  | "table-per-query"
  | "q1"
  | "q2"
  | "q3"
  | "key"
  | "order"
  | "names"
  | "columns"
  | "described"
  | "reasoning"
  | "todos"
  | "results"
  | "cleanup"
  | "rerun";

export type Verdict = "pass" | "partial" | "fail" | "ask";

export interface Submission {
  /** Says what is special about it. */
  name: string;
  /** What `grades.json` calls it: the notebook, or the folder of a numbered sequence, below the corpus' folder. */
  path: string;
  /** What a folder of its own holds, by the path below the corpus' folder. */
  files: Record<string, string | Notebook>;
  /** All items; of those that are hostile only the ones that do not depend on limits. */
  expected: Partial<Record<ItemId, Verdict>>;
  /** Whether grades.json must say that it was graded; undefined where both can be defended. */
  graded: boolean | undefined;
  hostile?: true;
}

/** What a flawless submission gets. What no program can judge is asked. */
export const flawless: Record<ItemId, Verdict> = {
  csv: "pass",
  types: "pass",
  "table-per-query": "pass",
  q1: "pass",
  q2: "pass",
  q3: "pass",
  key: "pass",
  order: "pass",
  names: "pass",
  columns: "pass",
  described: "ask",
  reasoning: "ask",
  todos: "pass",
  results: "pass",
  cleanup: "pass",
  rerun: "pass",
};

export type Verdicts = Partial<Record<ItemId, Verdict>>;

/**
 * A submission of one notebook.
 * @param touched the verdicts that differ from those of a flawless one
 * @param others files beside the notebook
 */
export function submission(
  name: string,
  notebook: Notebook,
  touched: Verdicts = {},
  others: Record<string, string | Notebook> = {},
): Submission {
  const path = `${name}/sparkify.ipynb`;
  const beside = Object.entries(others).map(([file, content]) => [`${name}/${file}`, content]);
  return {
    name,
    path,
    files: { [path]: notebook, ...Object.fromEntries(beside) },
    expected: { ...flawless, ...touched },
    graded: true,
  };
}

/** A base with one flaw: makes submissions from edits and the verdicts that they touch. */
export function flawed(language: string, base: Notebook) {
  return (flaw: string, touched: Verdicts, ...edits: Edit[]): Submission =>
    submission(`${language}-${flaw}`, edited(base, edits), touched);
}
