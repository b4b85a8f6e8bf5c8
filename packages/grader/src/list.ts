// npm run grade -- --list PATH: what was found, and what would be run.

import { relative } from "node:path";
import { type Belongings, belongingsOf } from "./belongings.js";
import { logsOf } from "./copy.js";
import { NotGradable } from "./notebook.js";
import { requirementsOf } from "./requirements.js";
import type { Submission } from "./submissions.js";
import { visible } from "./visible.js";

/** Lines for people, of all submissions. Nothing is run and nothing is written. */
export function listOf(submissions: Submission[]): string[] {
  const lines = submissions.flatMap((submission) => [
    visible(submission.name),
    ...linesOf(submission).map((line) => `  ${line}`),
  ]);
  return [...lines, `${submissions.length} ${submissions.length === 1 ? "submission" : "submissions"}`];
}

function linesOf(submission: Submission): string[] {
  const { notebooks, problem, passedOver, top, folder } = submission;
  const shown = (paths: string[]) => paths.map(visible).join(", ");
  const others = passedOver.length > 0 ? [`passed over: ${shown(passedOver)}`] : [];
  if (problem !== undefined) return [`not graded: ${visible(problem)}`, ...others];
  let belongings: Belongings;
  try {
    belongings = belongingsOf(submission);
  } catch (error) {
    if (!(error instanceof NotGradable)) throw error;
    return [`not graded: ${visible(error.message)}`, ...others];
  }
  const { from, modules, scripts } = belongings;
  const requirements = requirementsOf(submission, belongings.program.commands);
  const { places, aliases, others: foreign } = logsOf(submission, belongings);
  if (notebooks.length + scripts.length === 0)
    return ["not graded: there is no notebook (.ipynb) in the folder", ...others];
  const runs = belongings.notebooks.map(
    ({ path, notebook }) => `${relative(folder, path)} (${notebook.kernel})`,
  );
  return [
    `runs: ${shown([...scripts, ...runs])}`,
    `logs: ${shown(places)}`,
    ...(from === folder
      ? []
      : [`comes along from above: what it names of ${visible(relative(top, from) || from)}`]),
    ...(requirements.length > 0 ? [`asks for packages (--install): ${shown(requirements)}`] : []),
    ...(modules.length > 0 ? [`modules: ${shown(modules.map(({ name }) => name))}`] : []),
    ...(aliases.length + foreign.length > 0
      ? [`names folders of another machine: ${shown([...aliases, ...foreign])}`]
      : []),
    ...others,
  ];
}
