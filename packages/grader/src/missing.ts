// Packages that a submission imports and that were not there: what the reviewer is told.

import type { Detail } from "./grade.js";
import type { Installed } from "./requirements.js";
import type { RunResult } from "./run.js";

/** What a submission asks for and the grader does not have, and what of it was installed. */
export interface Packages {
  requirements: string[];
  installed?: Installed | undefined;
}

/** A module that was not there, and the cell that asked for it. */
interface Missing {
  name: string;
  cell: number;
}

export const missingIn = ({ cells }: RunResult): Missing[] =>
  cells.flatMap(({ number, error, output }) => {
    const [, name] = /No module named '([^']+)'/.exec(`${error?.message} ${output}`) ?? [];
    return name === undefined ? [] : [{ name, cell: number }];
  });

/** What the reviewer can do about it. */
export function textOfMissing({ name, cell }: Missing, { requirements, installed }: Packages): string {
  const what = `Code cell ${cell} imports ${name}, which is neither beside it nor among the grader's packages.`;
  if (installed?.failed.length) return `${what} ${textOfFailed(installed)}`;
  if (requirements.length === 0)
    return `${what} The submission has no requirements that name it, so --install would not bring it either.`;
  return installed
    ? `${what} Of the submission's own requirements were installed: ${installed.names.join(", ")}.`
    : `${what} With --install the submission's own requirements are installed for it: ${requirements.join(", ")}.`;
}

const textOfFailed = ({ failed }: Installed) =>
  failed.map(({ name, why }) => `It asks for ${name}, which could not be installed: ${why}`).join(" ");

/** What a reviewer should know of packages. */
export function notesOfPackages(run: RunResult, packages: Packages): Detail[] {
  const { installed } = packages;
  const [missing] = missingIn(run);
  return [
    ...(missing
      ? [{ title: `A package is missing: ${missing.name}`, text: textOfMissing(missing, packages) }]
      : []),
    ...(installed?.failed.length
      ? [{ title: "Not all that it asks for could be installed", text: textOfFailed(installed) }]
      : []),
    ...(installed?.names.length
      ? [{ title: "What was installed for it alone", text: installed.names.join(", ") }]
      : []),
  ];
}
