// What is to be graded: notebooks, or folders of them, or folders of folders.

import { type Dirent, existsSync, lstatSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { deepest, entriesOf, textOf } from "./files.js";
import { codeCells, largestNotebook, mentions, readNotebook } from "./notebook.js";
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
  /** The highest folder that is its learner's own: nothing above it is copied. */
  top: string;
  /** Whether other submissions are in the same folder: then only what it names comes along. */
  shared: boolean;
  /** Folders of other learners' within the top: nothing of them is copied. */
  others: string[];
  /** The learner's other notebooks, which are not graded; with the reason where they cannot be. */
  passedOver: string[];
  /** Scripts that the reviewer wants to be run before the notebooks, where the submission has them. */
  scripts?: string[] | undefined;
}

/** What was found, before it is known whose it is. */
type Found = Pick<Submission, "notebooks" | "folder" | "problem">;

/**
 * Finds all submissions of the paths, of a class one for each learner. Folders of a class that have no notebook are
 * submissions without any.
 * @throws SparkifyError where a path does not exist, or the only one has no notebook
 */
export function findSubmissions(paths: string[]): Submission[] {
  const full = [...new Set(paths.map((path) => resolve(path)))];
  const found: Found[] = [];
  for (const path of full) {
    if (!existsSync(path))
      throw new SparkifyError(`There is no ${visible(path)}. Give notebooks, or folders of them.`);
    const before = found.length;
    if (statSync(path).isDirectory()) inFolder(path, path, found);
    else found.push(aloneIn(dirname(path), path, lstatSync(path)));
    if (found.length > before) {
      if (statSync(path).isDirectory()) found.push(...withoutNotebook(path, found.slice(before)));
    } else if (full.length > 1) found.push({ notebooks: [], folder: path });
    else throw new SparkifyError(`There is no notebook (.ipynb) in ${visible(path)}.`);
  }
  const root =
    full.length === 1 && statSync(full[0] as string).isDirectory() ? (full[0] as string) : common(full);
  const unique = new Map(found.map((one) => [nameOf(one, root), one]));
  const all = [...unique.values()];
  const shared = classIn(root, all);
  return chosenOf([...unique].map(([name, one]) => owned(name, one, shared, all)))
    .map(({ submission }) => submission)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function nameOf({ notebooks, folder }: Found, root: string): string {
  const path = notebooks.length === 1 ? (notebooks[0] as string) : folder;
  return relative(root, path).replaceAll("\\", "/") || basename(path);
}

/** The folder that holds all learners' folders: what was asked for, or one below, where nothing else leads to a notebook. */
function classIn(root: string, all: Found[]): string {
  let at = root;
  for (;;) {
    const below = [...new Set(all.map(({ folder }) => firstBelow(at, folder)))];
    const [only] = below;
    if (below.length > 1) return at;
    if (only === undefined || partOfWork.test(basename(only))) return root;
    at = only;
  }
}

/** A submission with the folder of its learner, where that is one of several. */
interface Owned {
  submission: Submission;
  learner: string | undefined;
}

/** Says whose it is, and how far it reaches. */
function owned(name: string, one: Found, root: string, all: Found[]): Owned {
  const { folder } = one;
  const isClass = new Set(all.flatMap((other) => firstBelow(root, other.folder) ?? [])).size > 1;
  let area = root;
  if (isClass && folder !== root) {
    area = firstBelow(root, folder) ?? root;
    // A class may be a folder of groups, each of several learners.
    while (area !== folder && !markOf(area) && learnersIn(area).length > 2)
      area = firstBelow(area, folder) ?? folder;
  }
  const isLearners = isClass && area !== root;
  const top = isLearners ? area : rootOf(area);
  const siblings = entriesOf(folder).filter((entry) => isNotebook(entry.name)).length;
  const isAlone = one.notebooks.length !== 1 || siblings < 2;
  return {
    submission: {
      name,
      ...one,
      top,
      shared: !isLearners && !isAlone,
      others: isLearners ? [] : learnersIn(root).filter((path) => firstBelow(root, folder) !== path),
      passedOver: [],
    },
    learner: isLearners ? area : undefined,
  };
}

/** The folder just below another one that leads to a third. */
function firstBelow(root: string, folder: string): string | undefined {
  const [first = ""] = relative(root, folder).split(sep);
  return first === "" || first === ".." ? undefined : join(root, first);
}

/** What a single learner's own folders are called. */
const partOfWork =
  /^(src|libs?|apps?|code|utils?|helpers?|scripts?|modules?|packages?|etl|data|sql|cql|config|docs?|tests?|notebooks?|work)$/i;

/** The folders in a folder that hold notebooks, and may be of one learner each. */
function learnersIn(folder: string): string[] {
  const holdsNotebooks = (path: string, depth: number): boolean =>
    entriesOf(path)
      .slice(0, 500)
      .some((entry) =>
        entry.isDirectory()
          ? depth > 0 && !isSkipped(entry.name) && holdsNotebooks(join(path, entry.name), depth - 1)
          : isNotebook(entry.name),
      );
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !isSkipped(entry.name) && !partOfWork.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .filter((path) => holdsNotebooks(path, 3));
}

/** Whether a folder is that of a project: "package" where it can be of one only. */
function markOf(folder: string): "package" | "repository" | "project" | undefined {
  const names = new Set(entriesOf(folder).map(({ name }) => name.toLowerCase()));
  if (["setup.py", "setup.cfg", "pyproject.toml"].some((name) => names.has(name))) return "package";
  if (names.has(".git")) return "repository";
  return names.has("requirements.txt") || [...names].some((name) => /^readme(\.\w+)?$/.test(name))
    ? "project"
    : undefined;
}

/** Folders above one that was asked for in which its project's root is looked for. */
const mostAbove = 4;

/** The root of the project that a folder belongs to: a notebook may need what lies there. A class is none. */
function rootOf(folder: string): string {
  let root = folder;
  for (
    let at = folder, below = folder, steps = 0;
    steps <= mostAbove;
    steps++, below = at, at = dirname(at)
  ) {
    const mark = markOf(at);
    if (at !== folder && (at === homedir() || at === dirname(at))) break;
    // Just below a class is the learner's own folder, whatever is in it.
    if (at !== folder && mark !== "package" && learnersIn(at).length > 1)
      return root === folder && steps <= 2 ? below : root;
    if (mark) root = at;
    if (mark === "repository") break;
  }
  return root;
}

/** Of each learner the one submission that makes the tables. */
function chosenOf(all: Owned[]): Owned[] {
  const groups = new Map<string, Owned[]>();
  for (const one of all) {
    const key = one.learner ?? one.submission.name;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const [best, ...others] = group
      .map((one) => ({ one, score: scoreOf(one.submission) }))
      .sort((a, b) => b.score - a.score);
    const chosen = (best as { one: Owned }).one;
    chosen.submission.passedOver = others
      .map(
        ({
          one: {
            submission: { name, problem },
          },
        }) => (problem === undefined ? name : `${name}: ${problem}`),
      )
      .sort();
    return chosen;
  });
}

/** How much a submission looks like the one that was handed in: it makes tables, fills them and asks. */
function scoreOf({ notebooks, name, problem }: Submission): number {
  if (problem !== undefined) return -1000;
  const code = notebooks.flatMap((path) => {
    try {
      return codeCells(readNotebook(path));
    } catch {
      return [];
    }
  });
  const text = code.join("\n");
  const count = (form: RegExp) => Math.min(3, text.match(form)?.length ?? 0);
  const isAside = /copy|draft|old|backup|boneyard|scratch|experiment|demo|untitled|test/i.test(
    name.split("/").at(-1) ?? "",
  );
  return (
    10 * count(/\bCREATE\s+TABLE\b/gi) +
    3 * count(/\bINSERT\s+INTO\b/gi) +
    2 * count(/\bSELECT\b/gi) +
    2 * count(/^\s*(from|import|%run)\b/gm) +
    // Where nothing else tells, the longer one.
    Math.min(1, text.length / 1_000_000) -
    2 * (text.match(/\bTO-?DO\b/gi)?.length ?? 0) -
    (isAside ? 5 : 0)
  );
}

/** Of a folder of learners' folders those that hold programs alone: nobody is left out without a word. */
function withoutNotebook(folder: string, found: Found[]): Found[] {
  const isFoundIn = (child: string) =>
    found.some((one) => `${one.folder}${sep}`.startsWith(`${child}${sep}`));
  const children = entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !isSkipped(entry.name))
    .map((entry) => join(folder, entry.name));
  if (found.some((one) => one.folder === folder) || children.filter(isFoundIn).length < 2) return [];
  return children
    .filter((child) => !isFoundIn(child) && entriesOf(child).some(({ name }) => /\.(py|ts)$/.test(name)))
    .map((child) => ({ notebooks: [], folder: child }));
}

const isNotebook = (name: string) => name.toLowerCase().endsWith(".ipynb");

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
const aloneIn = (folder: string, path: string, kind: Kind): Found =>
  kind.isFile() ? { notebooks: [path], folder } : { notebooks: [path], folder, problem: whyLeftOut(kind) };

function inFolder(folder: string, top: string, found: Found[], depth = 0): void {
  const leftOut = (problem: string) => found.push({ notebooks: [], folder, problem });
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
  const notebooks = entries.filter((entry) => !entry.isDirectory() && isNotebook(entry.name));
  const parts = notebooks
    .filter((entry) => entry.isFile() && /^\d\d[-_ ]/.test(entry.name))
    .map(({ name }) => join(folder, name));
  const isOne = isSequence(parts);
  // Its contents page and other pages beside it are no submissions.
  if (isOne) found.push({ notebooks: parts.filter((path) => !/^00[-_ ]/.test(basename(path))), folder });
  else for (const entry of notebooks) found.push(aloneIn(folder, join(folder, entry.name), entry));
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
