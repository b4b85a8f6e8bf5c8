// Scripts that make the tables, and are run before the notebooks: those that the README or the notebooks' text tells to run, and
// those that the reviewer names.

import { basename, extname, resolve } from "node:path";
import { entriesOf, foldersUp, readable } from "./files.js";
import { codeCells, mentions, type Notebook } from "./notebook.js";
import type { Submission } from "./submissions.js";

/** What tells a reader to run a script. */
const told =
  /(?:\bpython3?\s+|%run\s+|\bcqlsh\b[^\n`]*?\s-f\s*|\b(?:run|execute)\s+(?:the\s+)?(?:script\s+|file\s+)?[`"'*]*)((?:[\w-]+\/)*[\w-]+\.(?:py|cql))\b/gi;

/** What is known of a submission before its scripts are. */
interface Known {
  notebooks: { notebook: Notebook }[];
  contents: { path: string; isFolder: boolean }[];
}

/** The scripts, relative to the notebooks' folder, in the order in which they are run. */
export function scriptsOf(
  { folder, top, scripts: named = [] }: Submission,
  { notebooks, contents }: Known,
): string[] {
  const own = contents.filter(({ isFolder }) => !isFolder).map(({ path }) => path);
  const isOwn = (name: string) =>
    own.includes(resolve(folder, name)) && /^[\w ./-]+\.(py|cql)$/.test(name) && !name.startsWith("..");
  const makesTables = (source: string) => mentions(source, "CREATE TABLE");
  const cells = notebooks.flatMap(({ notebook }) => codeCells(notebook));
  const code = cells.join("\n").replace(/^\s*#.*$/gm, "");
  const wanted = named.filter(isOwn);
  if (
    wanted.length > 0 ||
    cells.some(makesTables) ||
    !own.some((path) => /\.(py|cql)$/.test(path) && makesTables(readable(path)))
  )
    return wanted;
  const texts = [
    ...foldersUp(folder, top).flatMap(readmesIn),
    ...notebooks.flatMap(({ notebook: { cells } }) =>
      cells.flatMap(({ kind, source }) => (kind === "markdown" ? [source] : [])),
    ),
  ];
  const found = texts.flatMap((text) => [...text.matchAll(told)].map(([, name = ""]) => name));
  return [...new Set(found)].filter((name) => isOwn(name) && !isRunIn(code, name));
}

/** Whether the notebooks run or import it themselves. */
function isRunIn(code: string, name: string): boolean {
  const module = basename(name, extname(name));
  return new RegExp(`\\b(import|from)\\s+([\\w.]+\\.)?${module}\\b|\\b${module}\\.(py|cql)\\b`).test(code);
}

const readmesIn = (folder: string) =>
  entriesOf(folder)
    .filter(({ name }) => /^readme(\.\w+)?$/i.test(name))
    .map(({ name }) => readable(resolve(folder, name)));

/** What runs them, a cell for each: one that fails is told as a cell that fails. */
export const notebookOf = (scripts: string[]): Notebook => ({
  kernel: "python3",
  cells: scripts.map((name) => ({
    kind: "code",
    source: `!${name.endsWith(".py") ? "python" : "cqlsh -f"} "${name}"\nassert _exit_code == 0, "${name} failed"`,
  })),
});
