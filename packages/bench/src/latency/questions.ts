// The three questions as notebook 05 asks them.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { csvColumnOf } from "@sparkify/cql";
import { projectRoot } from "@sparkify/lib";

export interface Question {
  name: string;
  cql: string;
  /** The columns of the CSV whose values are bound. */
  parameters: string[];
}

export function questions(): Question[] {
  const file = join(projectRoot, "notebooks", "05-verify-queries.ipynb");
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as { cells: { source: string | string[] }[] };
  const code = cells.map(({ source }) => [source].flat().join("")).join("\n");
  const found = [...code.matchAll(/const query(\d) = `(SELECT [^`]*)`/g)].map(
    ([, number, cql = ""]): Question => ({
      name: `question ${number}`,
      cql,
      parameters: [...cql.matchAll(/(\w+) = \?/g)].map(([, column = ""]) => csvColumnOf(column)),
    }),
  );
  if (found.length === 0) throw new SparkifyError(`${file} asks no question that is understood here.`);
  return found;
}
