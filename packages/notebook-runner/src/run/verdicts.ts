// The verdicts that the checks left in the outputs of executed notebooks.

import { type Verdict, verdictType } from "@sparkify/lib/show";
import { outputsOf, readNotebook } from "../notebooks/notebook.js";

export function readVerdicts(notebookFile: string): Verdict[] {
  return outputsOf(readNotebook(notebookFile)).flatMap(
    ({ data }) => (data?.[verdictType] as Verdict | undefined) ?? [],
  );
}
