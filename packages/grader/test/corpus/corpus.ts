// The submissions that the grader is tried on, written out as folders of real notebooks.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hostileSubmissions } from "./hostile.js";
import { toIpynb } from "./notebook.js";
import { pythonSubmissions } from "./python.js";
import { styles } from "./styles.js";
import type { Submission } from "./submission.js";
import { typescriptSubmissions } from "./typescript.js";
import { unseen } from "./unseen.js";

export type { Submission } from "./submission.js";

export const corpus: Submission[] = [
  ...styles,
  ...typescriptSubmissions,
  ...pythonSubmissions,
  ...unseen,
  ...hostileSubmissions,
];

/**
 * Writes submissions below a folder, each in a folder of its own.
 * @param names only these, in the order of the corpus @default all
 * @returns what was written
 * @throws Error where a name is not in the corpus
 */
export function writeCorpus(folder: string, names?: string[]): Submission[] {
  const unknown = names?.filter((name) => !corpus.some((one) => one.name === name)) ?? [];
  if (unknown.length > 0) throw new Error(`No such submission in the corpus: ${unknown.join(", ")}`);
  const chosen = corpus.filter(({ name }) => !names || names.includes(name));
  for (const { files } of chosen) {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), typeof content === "string" ? content : toIpynb(content));
    }
  }
  return chosen;
}
