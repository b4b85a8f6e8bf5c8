// What is to be graded: notebooks, or folders of them, or folders of folders.

import { type Dirent, existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { deepest, entriesOf, textOf } from "./files.js";
import { largestNotebook, mentions } from "./notebook.js";
import { visible } from "./visible.js";

/** What is run and graded as one. */
export interface Submission {
  /** Its path below the folder that all have in common: stable and unique. */
  name: string;
  /** Full paths of its notebooks, in the order in which they are run; none where the folder holds programs alone. */
  notebooks: string[];
  /** The folder that it is in. */
  folder: string;
  /** Why it cannot be looked at, where that is known before. */
  problem?: string;
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
      throw new SparkifyError(`There is no ${visible(path)}. Give notebooks, or folders of them.`);
    const before = found.length;
    if (statSync(path).isDirectory()) inFolder(path, topOf(path), found);
    else found.push(aloneIn(dirname(path), topOf(dirname(path)), path, lstatSync(path)));
    if (found.length > before) {
      if (statSync(path).isDirectory()) found.push(...withoutNotebook(path, found.slice(before)));
    } else if (full.length > 1) found.push({ notebooks: [], folder: path, top: path });
    else throw new SparkifyError(`There is no notebook (.ipynb) in ${visible(path)}.`);
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
  const children = entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !isSkipped(entry.name))
    .map((entry) => join(folder, entry.name));
  if (found.some((one) => one.folder === folder) || children.filter(isFoundIn).length < 2) return [];
  return children
    .filter((child) => !isFoundIn(child) && entriesOf(child).some(({ name }) => /\.(py|ts)$/.test(name)))
    .map((child) => ({ notebooks: [], folder: child, top: folder }));
}

/** A folder, or the one above where that is a project's: a notebook may need what lies there. */
function topOf(folder: string): string {
  const above = dirname(folder);
  const isProject = entriesOf(above).some(({ name }) =>
    /^(readme(\.\w+)?|requirements\.txt|setup\.py|pyproject\.toml|\.git)$/i.test(name),
  );
  return isProject && above !== homedir() && above !== folder ? above : folder;
}

const isSkipped = (name: string) => /^(\.|node_modules$|__pycache__$|venv$)/.test(name);

/** Characters of a path below what was asked for. */
const longestPath = 400;

/** Where something is no regular file: why it is left out. */
const whyLeftOut = (kind: Kind) =>
  kind.isSymbolicLink()
    ? "It is a link. Links are not followed, as they may lead to another one's work: give the notebook itself."
    : "It is no file.";

/** What a file is, as a folder's entry and its status know it. */
type Kind = Pick<Dirent, "isFile" | "isSymbolicLink">;

/** A notebook that is a submission by itself. */
const aloneIn = (folder: string, top: string, path: string, kind: Kind): Unnamed =>
  kind.isFile()
    ? { notebooks: [path], folder, top }
    : { notebooks: [path], folder, top, problem: whyLeftOut(kind) };

function inFolder(folder: string, top: string, found: Unnamed[], depth = 0): void {
  const leftOut = (problem: string) => found.push({ notebooks: [], folder, top, problem });
  if (depth > deepest || folder.length - top.length > longestPath)
    return void leftOut(
      `Its folders lie more than ${deepest} deep in one another, or have very long names: they are not looked into.`,
    );
  try {
    readdirSync(folder);
  } catch (error) {
    return void leftOut(`The folder cannot be read: ${(error as Error).message}`);
  }
  const entries = entriesOf(folder);
  const notebooks = entries.filter(
    (entry) => !entry.isDirectory() && entry.name.toLowerCase().endsWith(".ipynb"),
  );
  const parts = notebooks
    .filter((entry) => entry.isFile() && /^\d\d[-_ ]/.test(entry.name))
    .map(({ name }) => join(folder, name));
  const isOne = isSequence(parts);
  // Its contents page and other pages beside it are no submissions.
  if (isOne) found.push({ notebooks: parts.filter((path) => !/^00[-_ ]/.test(basename(path))), folder, top });
  else for (const entry of notebooks) found.push(aloneIn(folder, top, join(folder, entry.name), entry));
  for (const entry of entries) {
    // Below a sequence are its labs and exercises: other work, which answers other questions.
    if (entry.isDirectory() && !isSkipped(entry.name) && !isOne)
      inFolder(join(folder, entry.name), top, found, depth + 1);
  }
}

/** Numbered notebooks of which some prepare for others: not each of them does everything by itself. */
function isSequence(notebooks: string[]): boolean {
  if (notebooks.length < 2) return false;
  const texts = notebooks.map((path) => {
    try {
      return textOf(path, largestNotebook).replaceAll("\\n", "\n"); // as JSON writes the end of a line
    } catch {
      return undefined;
    }
  });
  // One that cannot be read must not take the others with it.
  if (texts.includes(undefined)) return false;
  const isComplete = (text = "") =>
    ["CREATE TABLE", "INSERT INTO", "SELECT"].every((words) => mentions(text, words));
  return texts.filter(isComplete).length < 2;
}

/** The lowest folder that holds all of the paths. */
function common(paths: string[]): string {
  let folder = dirname(paths[0] as string);
  const holds = (path: string) => relative(folder, path) === "" || !relative(folder, path).startsWith("..");
  while (!paths.every(holds)) folder = dirname(folder);
  return folder;
}
