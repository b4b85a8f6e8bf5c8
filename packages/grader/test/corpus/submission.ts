// A submission with the verdicts that it must get.

import type { Verdict } from "../../src/grade.js";
import { type ItemId, itemIds } from "../../src/rubric.js";
import { type Edit, edited, type Notebook } from "./notebook.js";

export type Verdicts = Partial<Record<ItemId, Verdict>>;

export interface Submission {
  /** Says what is special about it. */
  name: string;
  /** What `grades.json` calls it: the notebook, or the folder of a numbered sequence, below the corpus' folder. */
  path: string;
  /** What a folder of its own holds, by the path below the corpus' folder. */
  files: Record<string, string | Notebook>;
  /** All items; of those that are hostile only the ones that do not depend on limits. */
  expected: Verdicts;
  /** Whether grades.json must say that it was graded; undefined where both can be defended. */
  graded: boolean | undefined;
  hostile?: true;
}

/** What a flawless submission gets. What no program can judge is asked. */
export const flawless: Verdicts = Object.fromEntries(
  itemIds.map((id) => [id, id === "described" || id === "reasoning" ? "ask" : "pass"]),
);

/**
 * A submission whose files are anywhere.
 * @param touched the verdicts that differ from those of a flawless one
 */
export const placed = (
  name: string,
  path: string,
  files: Submission["files"],
  touched: Verdicts = {},
): Submission => ({ name, path, files, expected: { ...flawless, ...touched }, graded: true });

/** A submission of one notebook. @param others files beside the notebook */
export function submission(
  name: string,
  notebook: string | Notebook,
  touched: Verdicts = {},
  others: Submission["files"] = {},
): Submission {
  const path = `${name}/sparkify.ipynb`;
  const beside = Object.entries(others).map(([file, content]) => [`${name}/${file}`, content]);
  return placed(name, path, { [path]: notebook, ...Object.fromEntries(beside) }, touched);
}

/** A base with one flaw: makes submissions from edits and the verdicts that they touch. */
export function flawed(language: string, base: Notebook) {
  return (flaw: string, touched: Verdicts, ...edits: Edit[]): Submission =>
    submission(`${language}-${flaw}`, edited(base, edits), touched);
}
