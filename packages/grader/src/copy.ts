// A submission's own copy: its folder, with the event data of the grader wherever the submission looks for it.

import { createHash } from "node:crypto";
import {
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { deepest, entriesOf, removeAll } from "./files.js";
import { codeCells, largestNotebook, type Notebook, readNotebook } from "./notebook.js";
import type { Submission } from "./submissions.js";
import {
  aliasesIn,
  filesIn,
  foldersNamedIn,
  foldersOfLogs,
  importsFromAbove,
  isPassedOver,
  type Module,
  modulesIn,
} from "./surroundings.js";

/** What is run. */
export interface Copy {
  /** Holds everything the submission may write to. */
  home: string;
  /** The copied folder that holds all. */
  root: string;
  /** The folder that the notebooks are in. */
  folder: string;
  notebooks: { path: string; notebook: Notebook }[];
  /** What the copied folder holds at the top: Python finds modules there too. */
  top: string;
  /** The modules that came along, by their path. */
  modules: Module[];
  /** Files that came along, and were not made by the submission. */
  given: Set<string>;
  /** Absolute paths that the submission names, and what is shown there where the platform can do that. */
  aliases: { path: string; folder: string }[];
  /** Where the event data was placed, relative to the notebooks. */
  places: string[];
}

/** No single file of a submission's own that is larger is copied, and not more than so many in all. */
const largestFile = 20 * 2 ** 20;
const largestCopy = 100 * 2 ** 20;
const mostEntries = 10_000;
/** Of a path: its copy has a longer one, and the kernel takes 4,095. */
const longestPath = 2000;

/** What a submission says, and the folder that it comes from. @throws NotGradable where a notebook cannot be read */
function read(submission: Submission) {
  const notebooks = submission.notebooks.map((path) => ({ path, notebook: readNotebook(path) }));
  const texts = notebooks.flatMap(({ notebook }) => codeCells(notebook));
  const beside = modulesIn(submission.folder);
  const program = [...texts, ...beside.map(({ source }) => source)].join("\n");
  // What lies beside the notebook comes along, and what lies above it where the notebook asks for that.
  const above =
    submission.folder !== submission.top &&
    (/\.\.(["'/\\)]|$)|\bparent\b/m.test(program) || importsFromAbove(program, submission.folder));
  const from = above ? dirname(submission.folder) : submission.folder;
  const modules = above ? modulesIn(from) : beside;
  return {
    notebooks,
    modules,
    source: [...texts, ...modules.map(({ source }) => source)].join("\n"),
    above,
    from,
  };
}

/** Makes the copy. @throws NotGradable where a notebook cannot be read */
export function makeCopy(submission: Submission, events: string, home: string): Copy {
  const { notebooks, modules, source, above, from } = read(submission);
  removeAll(home);
  for (const name of ["tmp", "home"]) mkdirSync(join(home, name), { recursive: true });

  // One folder deeper than needed, so that `../event_data` is still within the copy.
  const root = join(home, "copy");
  const target = join(root, basename(from) || "submission");
  copyFolder(from, target, submission.folder);
  const folder = join(target, relative(from, submission.folder));
  for (const { path } of notebooks) copyFileSync(path, join(folder, basename(path)));

  const aliases = aliasesIn(source, folder);
  const places = new Set(["event_data"]);
  for (const place of [...foldersNamedIn(source), ...foldersOfLogs(from, submission.folder)]) {
    const within = relative(root, resolve(folder, place));
    if (within !== "" && !within.startsWith("..") && !isAbsolute(within)) places.add(place);
  }
  if (above) places.add("../event_data");
  for (const place of places) placeLogs(events, resolve(folder, place));
  const given = [...contentsOf(target, folder)].map(({ path }) => path);
  return {
    home,
    root,
    top: target,
    folder,
    modules,
    given: new Set(given.filter((path) => !path.endsWith(".csv"))),
    notebooks: notebooks.map((one) => ({ ...one, path: join(folder, basename(one.path)) })),
    aliases,
    places: [...places],
  };
}

/** What is in a folder without hidden files, what is installed, and what is too large; links are not followed. */
function* contentsOf(
  from: string,
  submission: string,
  seen = { bytes: 0, entries: 0 },
  depth = 0,
): Generator<{ path: string; isFolder: boolean }> {
  for (const { name } of entriesOf(from)) {
    if (++seen.entries > mostEntries) return;
    const path = join(from, name);
    if (isPassedOver(name) || path.length > longestPath) continue;
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (!status) continue;
    if (status.isDirectory()) {
      // Folders with other notebooks are other submissions, or not needed.
      const leadsToIt = submission === path || submission.startsWith(`${path}${sep}`);
      const holdsNotebooks = entriesOf(path).some((inner) => inner.name.endsWith(".ipynb"));
      if ((!leadsToIt && holdsNotebooks) || depth >= deepest) continue;
      yield { path, isFolder: true };
      yield* contentsOf(path, submission, seen, depth + 1);
    } else if (status.isFile() && status.size <= largestFile && seen.bytes + status.size <= largestCopy) {
      seen.bytes += status.size;
      yield { path, isFolder: false };
    }
  }
}

/** Copies a folder without data and notebooks. */
function copyFolder(from: string, to: string, submission: string): void {
  // All of it is listed first: the copy may lie within what is copied.
  const contents = [...contentsOf(from, submission)];
  mkdirSync(to, { recursive: true });
  for (const { path, isFolder } of contents) {
    const target = join(to, relative(from, path));
    if (isFolder) mkdirSync(target);
    else if (!/\.(csv|csv\.gz|ipynb)$/i.test(path)) copyReadable(path, target);
  }
}

/** One that is closed is left out, as if it were not there. */
function copyReadable(path: string, target: string): void {
  try {
    copyFileSync(path, target);
  } catch (error) {
    if (!["EACCES", "EPERM", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Another text where a notebook, or anything that comes along or lies beside it, is another: modules, data. */
export function fingerprintOf(submission: Submission): string {
  const hash = createHash("sha256");
  // Of what is too large or closed its size and time stand for it.
  const add = (path: string) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    try {
      if (!status?.isFile() || status.size > largestNotebook) throw new Error("not read");
      hash.update(createHash("sha256").update(readFileSync(path)).digest());
    } catch {
      hash.update(JSON.stringify([status?.size, status?.mtimeMs, status?.mode]));
    }
  };
  for (const path of submission.notebooks) add(path);
  let from = submission.folder;
  try {
    from = read(submission).from;
  } catch {
    // Not a notebook: what lies above it does not matter.
  }
  for (const { path, isFolder } of contentsOf(from, submission.folder)) {
    if (path.endsWith(".ipynb")) continue;
    hash.update(JSON.stringify(relative(from, path)));
    if (!isFolder) add(path);
  }
  return hash.digest("hex");
}

/** A folder for the logs, without those of the submission. */
function placeLogs(events: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(events)) copyFileSync(join(events, name), join(folder, name));
}

/** The CSV files in the copy that are none of the placed logs, the largest first. */
export function csvFilesIn({ root, folder, places, home, given }: Copy): string[] {
  const placed = new Set(places.map((place) => resolve(folder, place)));
  const isPlaced = (path: string) => placed.has(dirname(path)) && /\d{4}-\d\d-\d\d-events\.csv$/.test(path);
  return [root, join(home, "tmp"), join(home, "home")]
    .flatMap((at) => [...filesIn(at, () => true)])
    .filter((path) => /\.(csv|txt|tsv)$/i.test(path) && !isPlaced(path) && !given.has(path))
    .sort((a, b) => statSync(b).size - statSync(a).size);
}

/** What the runner reads: out of the submission's reach, so that a link in its place cannot lead elsewhere. */
export const settingsFolder = ({ home }: Copy) => `${home}-settings`;

/**
 * Whether the folders of the copy are still folders. A submission may have put a link in the place of one, so that the
 * grader would read, or show to the next run, what is not its own.
 */
export function isIntact({ home, root, folder }: Copy): boolean {
  return [home, root, folder, join(home, "tmp"), join(home, "home")].every((path) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    return status?.isDirectory() === true && realpathSync(path) === path;
  });
}
