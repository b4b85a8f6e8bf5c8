// A submission's own copy: its folder, with the event data of the grader wherever the submission looks for it.

import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { type Belongings, belongingsOf } from "./belongings.js";
import { entriesOf, foldersUp, removeAll } from "./files.js";
import { largestNotebook, type Notebook, NotGradable } from "./notebook.js";
import { notebookOf } from "./scripts.js";
import type { Submission } from "./submissions.js";
import { type Alias, aliasesOf, filesIn, foldersOfLogs, type Module, placesOfLogs } from "./surroundings.js";

/** What is run. */
export interface Copy {
  /** Holds everything the submission may write to. */
  home: string;
  /** Packages that were installed for it: outside of the copy, and to be read alone. */
  packages?: string | undefined;
  /** The copied folder that holds all. */
  root: string;
  /** The folder that the notebooks are in. */
  folder: string;
  notebooks: { path: string; notebook: Notebook }[];
  /** Where Python finds modules, besides those that lie beside the notebook. */
  modulePath: string[];
  /** The modules that came along, by their path. */
  modules: Module[];
  /** What its source gives to a shell, or starts. */
  commands: string[];
  /** Files that came along, and were not made by the submission. */
  given: Set<string>;
  /** Absolute paths that the submission names, and what is shown there where the platform can do that. */
  aliases: Alias[];
  /** Folders of other machines that it names, those that are shown among them. */
  foreign: string[];
  /** Where the event data was placed, relative to the notebooks. */
  places: string[];
}

/** Makes the copy. @throws NotGradable where a notebook cannot be read */
export function makeCopy(submission: Submission, events: string, home: string): Copy {
  const belongings = belongingsOf(submission);
  const { notebooks, modules, program, from, more, contents, scripts } = belongings;
  removeAll(home);
  for (const name of ["tmp", "home"]) mkdirSync(join(home, name), { recursive: true });

  // One folder deeper than needed, and as many more as the source goes up: `../event_data` is still within the copy.
  const root = join(home, "copy");
  const target = join(root, ...Array<string>(more).fill("above"), basename(from) || "submission");
  copyContents(contents, from, target);
  const folder = join(target, relative(from, submission.folder));
  mkdirSync(folder, { recursive: true });
  for (const { path } of notebooks) copyFileSync(path, join(folder, basename(path)));

  const found = logsOf(submission, belongings);
  const aliases = found.aliases.map((path): Alias => ({ path, folder }));
  const places = found.places.filter((place) => {
    const within = relative(root, resolve(folder, place));
    return !within.startsWith("..") && !isAbsolute(within);
  });
  for (const place of places) {
    if (relative(resolve(folder, place), folder).startsWith("..")) removeNotes(resolve(folder, place));
    placeLogs(events, folder, place);
  }
  for (const path of found.others)
    if (/^~[/\\]/.test(path)) placeLogs(events, join(home, "home"), path.slice(2));
  const given = [...filesIn(target, () => true)];
  return {
    home,
    root,
    modulePath: foldersUp(folder, target)
      .flatMap((at) => [at, join(at, "src")])
      .filter((at) => existsSync(at)),
    folder,
    modules,
    commands: program.commands,
    given: new Set(given.filter((path) => !path.endsWith(".csv"))),
    notebooks: [
      ...(scripts.length > 0 ? [{ path: join(folder, "scripts"), notebook: notebookOf(scripts) }] : []),
      ...notebooks.map((one) => ({ ...one, path: join(folder, basename(one.path)) })),
    ],
    aliases,
    foreign: [...found.aliases, ...found.others],
    places,
  };
}

/** Where the logs of a submission are put, and what its source names of other machines. */
export function logsOf({ folder }: Submission, { program, from, contents }: Belongings) {
  const { aliases, places, others } = aliasesOf(program);
  const own = foldersOfLogs(from, folder).filter((place) =>
    contents.some(({ path }) => dirname(path) === resolve(folder, place)),
  );
  return { places: placesOfLogs(program, own, places), aliases, others };
}

/** Copies what came along, without data and notebooks. */
function copyContents(contents: Belongings["contents"], from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const { path, isFolder } of contents) {
    const target = join(to, relative(from, path));
    if (isFolder) mkdirSync(target, { recursive: true });
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
  hash.update(JSON.stringify(submission.scripts ?? []));
  try {
    const { from, contents } = belongingsOf(submission);
    for (const { path, isFolder } of contents) {
      if (path.endsWith(".ipynb")) continue;
      hash.update(JSON.stringify(relative(from, path)));
      if (!isFolder) add(path);
    }
  } catch (error) {
    if (!(error instanceof NotGradable)) throw error; // not a notebook: what lies around it does not matter
  }
  return hash.digest("hex");
}

/**
 * Takes the notes out of a folder that is for the logs: a README is often left there where the logs themselves are not handed in,
 * and whoever reads all files of the folder would take it for one.
 */
function removeNotes(folder: string): void {
  for (const entry of entriesOf(folder))
    if (entry.isFile() && /^[^.]*$|\.(txt|md|rst)$/i.test(entry.name)) removeAll(join(folder, entry.name));
}

/** Puts the logs into a place, see {@link placesOfLogs}. */
function placeLogs(events: string, folder: string, place: string): void {
  const isPrefix = place.endsWith("\\");
  mkdirSync(isPrefix ? folder : resolve(folder, place), { recursive: true });
  for (const name of readdirSync(events))
    copyFileSync(join(events, name), isPrefix ? `${folder}/${place}${name}` : resolve(folder, place, name));
}

/** The CSV files in the copy that are none of the placed logs, the largest first. */
export function csvFilesIn({ root, folder, places, home, given }: Copy): string[] {
  const placed = new Set(places.map((place) => resolve(folder, place)));
  const isPlaced = (path: string) =>
    (placed.has(dirname(path)) || path.includes("\\")) && /\d{4}-\d\d-\d\d-events\.csv$/.test(path);
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
