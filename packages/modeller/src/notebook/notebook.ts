// The walkthrough of a model: five notebooks with its own questions, reasoning, statements and checks.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import type { ModelFile } from "../file/model-file.js";
import type { Proposal } from "../propose/proposal.js";
import type { Source } from "../source/source.js";
import { contextOf } from "./context.js";
import { csvNotebook } from "./csv-notebook.js";
import type { Draft } from "./draft.js";
import { filesNotebook } from "./files-notebook.js";
import { queriesNotebook } from "./queries-notebook.js";
import { rowsNotebook } from "./rows-notebook.js";
import { tablesNotebook } from "./tables-notebook.js";

export interface NotebookOptions {
  /** The folder for the notebooks; those of an earlier time are replaced. */
  out: string;
}

/**
 * Writes the five notebooks of a model.
 * @param proposals of its questions, as `propose` gives them
 * @returns the paths of the notebooks, in their order
 * @throws SparkifyError where no question has a table
 */
export async function notebook(
  file: ModelFile,
  source: Source,
  proposals: Proposal[],
  { out }: NotebookOptions,
): Promise<string[]> {
  const context = await contextOf(file, source, proposals, out);
  if (context.questions.length === 0)
    throw new SparkifyError(
      `No question of the model has a table that can be right, so there is nothing to write notebooks about. npm run model -- propose says why.`,
      { where: { file: file.path } },
    );
  const { files, csv, tables, rows, queries } = context.names;
  const drafts: [string, Draft][] = [
    [files, await filesNotebook(context)],
    [csv, csvNotebook(context)],
    [tables, tablesNotebook(context)],
    [rows, rowsNotebook(context)],
    [queries, queriesNotebook(context)],
  ];
  // What a run must have checked: see the runner of notebooks.
  const wanted = { tables: context.questions.map(({ asked }) => asked.name) };
  mkdirSync(out, { recursive: true });
  return drafts.map(([name, draft], index) => {
    const link = (to: string | undefined, text: string) => (to ? [`[${text}](${to}.ipynb)`] : []);
    const [before, after] = [drafts[index - 1]?.[0], drafts[index + 1]?.[0]];
    const links = [...link(before, `← ${before}`), ...link(after, `${after} →`)].join(" | ");
    const path = join(out, `${name}.ipynb`);
    writeFileSync(path, draft.json(links, wanted));
    return path;
  });
}
