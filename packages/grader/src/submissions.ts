// What is to be graded: notebooks, or folders of them, or folders of folders.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { mentions } from "./notebook.js";

/** What is run and graded as one. */
export interface Submission {
  /** Its path below the folder that all have in common: stable and unique. */
  name: string;
  /** Full paths of its notebooks, in the order in which they are run; none where the folder holds programs alone. */
  notebooks: string[];
  /** The folder that it is in. */
  folder: string;
  /** The highest folder that belongs to what was asked for: nothing above it is copied. */
  top: string;
}

type Unnamed = Omit<Submission, "name">;

/**
 * Finds all submissions of the paths. Folders of a batch that have no notebook are submissions without any.
 * @throws SparkifyError where a path does not exist, or the only one has no notebook
 */
export function findSubmissions(paths: string[]): Submission[] {
  const full = [...new Set(paths.map((path) => resolve(path)))];
  const found: Unnamed[] = [];
  for (const path of full) {
    if (!existsSync(path))
      throw new SparkifyError(`There is no ${path}. Give notebooks, or folders of them.`);
    const before = found.length;
    if (statSync(path).isFile())
      found.push({ notebooks: [path], folder: dirname(path), top: topOf(dirname(path)) });
    else inFolder(path, topOf(path), found);
    if (found.length > before) {
      if (statSync(path).isDirectory()) found.push(...withoutNotebook(path, found.slice(before)));
    } else if (full.length > 1) found.push({ notebooks: [], folder: path, top: path });
    else throw new SparkifyError(`There is no notebook (.ipynb) in ${path}.`);
  }
  const root =
    full.length === 1 && statSync(full[0] as string).isDirectory() ? (full[0] as string) : common(full);
  const named = found.map((one) => {
    const path = one.notebooks.length === 1 ? (one.notebooks[0] as string) : one.folder;
    return { name: relative(root, path).replaceAll("\\", "/") || basename(path), ...one };
  });
  const unique = new Map(named.map((one) => [one.name, one]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Of a folder of learners' folders those that hold programs alone: nobody is left out without a word. */
function withoutNotebook(folder: string, found: Unnamed[]): Unnamed[] {
  const isFoundIn = (child: string) =>
    found.some((one) => `${one.folder}${sep}`.startsWith(`${child}${sep}`));
  const children = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !isSkipped(entry.name))
    .map((entry) => join(folder, entry.name));
  if (found.some((one) => one.folder === folder) || children.filter(isFoundIn).length < 2) return [];
  return children
    .filter((child) => !isFoundIn(child) && readdirSync(child).some((name) => /\.(py|ts)$/.test(name)))
    .map((child) => ({ notebooks: [], folder: child, top: folder }));
}

/** A folder, or the one above where that is a project's: a notebook may need what lies there. */
function topOf(folder: string): string {
  const above = dirname(folder);
  const isProject = readdirSync(above).some((name) =>
    /^(readme(\.\w+)?|requirements\.txt|setup\.py|pyproject\.toml|\.git)$/i.test(name),
  );
  return isProject && above !== homedir() && above !== folder ? above : folder;
}

const isSkipped = (name: string) => /^(\.|node_modules$|__pycache__$|venv$)/.test(name);

function inFolder(folder: string, top: string, found: Unnamed[]): void {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const notebooks = entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith(".ipynb"))
    .map((entry) => join(folder, entry.name));
  const parts = notebooks.filter((path) => /^\d\d[-_ ]/.test(basename(path)));
  if (isSequence(parts)) {
    // Its contents page and other pages beside it are no submissions.
    found.push({ notebooks: parts.filter((path) => !/^00[-_ ]/.test(basename(path))), folder, top });
  } else for (const path of notebooks) found.push({ notebooks: [path], folder, top });
  for (const entry of entries) {
    const skipped = isSkipped(entry.name);
    // Below a sequence are its labs and exercises: other work, which answers other questions.
    if (entry.isDirectory() && !skipped && !isSequence(parts)) inFolder(join(folder, entry.name), top, found);
  }
}

/** Numbered notebooks of which some prepare for others: not each of them does everything by itself. */
function isSequence(notebooks: string[]): boolean {
  if (notebooks.length < 2) return false;
  const complete = notebooks.filter((path) => {
    const text = readFileSync(path, "utf8").replaceAll("\\n", "\n"); // as JSON writes the end of a line
    return ["CREATE TABLE", "INSERT INTO", "SELECT"].every((words) => mentions(text, words));
  });
  return complete.length < 2;
}

/** The lowest folder that holds all of the paths. */
function common(paths: string[]): string {
  let folder = dirname(paths[0] as string);
  const holds = (path: string) => relative(folder, path) === "" || !relative(folder, path).startsWith("..");
  while (!paths.every(holds)) folder = dirname(folder);
  return folder;
}
