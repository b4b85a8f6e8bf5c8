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
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type Notebook, readNotebook } from "./notebook.js";
import type { Submission } from "./submissions.js";

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

export interface Module {
  name: string;
  source: string;
}

/** No single file of a submission's own that is larger is copied, and not more than so many in all. */
const largestFile = 20 * 2 ** 20;
const largestCopy = 100 * 2 ** 20;

/** What a submission says, and the folder that it comes from. @throws NotGradable where a notebook cannot be read */
function read(submission: Submission) {
  const notebooks = submission.notebooks.map((path) => ({ path, notebook: readNotebook(path) }));
  const texts = notebooks.flatMap(({ notebook }) =>
    notebook.cells.filter(({ kind }) => kind === "code").map(({ source }) => source),
  );
  const beside = modulesIn(submission.folder);
  const own = [...texts, ...beside.map(({ source }) => source)].join("\n");
  // What lies beside the notebook comes along, and what lies above it where the notebook asks for that.
  const above =
    submission.folder !== submission.top &&
    (/\.\.(["'/\\)]|$)|\bparent\b/m.test(own) || importsFromAbove(own, submission.folder));
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

/** Whether a module that is imported lies above the notebook, and not beside it. */
function importsFromAbove(source: string, folder: string): boolean {
  const isIn = (place: string, name: string) =>
    existsSync(join(place, name)) || existsSync(join(place, `${name}.py`));
  return [...source.matchAll(/^[ \t]*(?:from|import)[ \t]+([a-z_]\w*)/gim)].some(
    ([, name = ""]) => !isIn(folder, name) && isIn(dirname(folder), name),
  );
}

/** Makes the copy. @throws NotGradable where a notebook cannot be read */
export function makeCopy(submission: Submission, events: string, home: string): Copy {
  const { notebooks, modules, source, above, from } = read(submission);
  rmSync(home, { recursive: true, force: true });
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

/** The modules of a submission's own, also those in packages. */
function modulesIn(folder: string, within = "", depth = 0): Module[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !isPassedOver(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      const name = within === "" ? entry.name : `${within}/${entry.name}`;
      if (entry.isDirectory()) return depth < 3 ? modulesIn(path, name, depth + 1) : [];
      const isModule =
        entry.isFile() && /\.(py|[cm]?[jt]s)$/.test(entry.name) && statSync(path).size < 200_000;
      return isModule ? [{ name, source: readFileSync(path, "utf8") }] : [];
    })
    .slice(0, 50);
}

/** Hidden files, and what is installed. */
const isPassedOver = (name: string) => /^(\.|node_modules$|__pycache__$|venv$|env$)/.test(name);

/** What is in a folder without hidden files, what is installed, and what is too large; links are not followed. */
function* contentsOf(
  from: string,
  own: string,
  seen = { bytes: 0 },
): Generator<{ path: string; isFolder: boolean }> {
  for (const name of readdirSync(from).sort()) {
    if (isPassedOver(name)) continue;
    const path = join(from, name);
    const status = lstatSync(path);
    if (status.isDirectory()) {
      // Folders with other notebooks are other submissions, or not needed.
      const leadsToOwn = own === path || own.startsWith(`${path}${sep}`);
      const holdsNotebooks = readdirSync(path).some((inner) => inner.endsWith(".ipynb"));
      if (!leadsToOwn && holdsNotebooks) continue;
      yield { path, isFolder: true };
      yield* contentsOf(path, own, seen);
    } else if (status.isFile() && status.size <= largestFile && seen.bytes + status.size <= largestCopy) {
      seen.bytes += status.size;
      yield { path, isFolder: false };
    }
  }
}

/** Copies a folder without data and notebooks. */
function copyFolder(from: string, to: string, own: string): void {
  // All of it is listed first: the copy may lie within what is copied.
  const contents = [...contentsOf(from, own)];
  mkdirSync(to, { recursive: true });
  for (const { path, isFolder } of contents) {
    const target = join(to, relative(from, path));
    if (isFolder) mkdirSync(target);
    else if (!/\.(csv|csv\.gz|ipynb)$/i.test(path)) copyFileSync(path, target);
  }
}

/** Another text where a notebook, or anything that comes along or lies beside it, is another: modules, data. */
export function fingerprintOf(submission: Submission): string {
  const hash = createHash("sha256");
  const add = (path: string) => hash.update(createHash("sha256").update(readFileSync(path)).digest());
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

/** The folders of a submission's own that hold daily logs. */
function foldersOfLogs(folder: string, from: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const own = entries.some((entry) => entry.isFile() && /\d{4}-\d\d-\d\d.*\.csv(\.gz)?$/.test(entry.name));
  return [
    ...(own && folder !== from ? [relative(from, folder)] : []),
    ...entries
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
      .flatMap((entry) => foldersOfLogs(join(folder, entry.name), from)),
  ];
}

/** Whether a text may be a folder of data. */
const looksLikeData = (path: string) =>
  /(^|\/)[\w .-]*(event|data|raw|logs?|input|csv)[\w .-]*(\/|$)/i.test(path);

const literal = `(?:[rbfu]{0,2})(?:"([^"\\n]*)"|'([^'\\n]*)')`;

/** Relative folders that the source names: "data/raw", os.path.join(..., "data", "raw"), Path("data") / "raw". */
function foldersNamedIn(source: string): string[] {
  const found: string[] = [];
  const textOf = (match: RegExpMatchArray) => match[1] ?? match[2] ?? "";
  const all = (text: string) => [...text.matchAll(new RegExp(literal, "g"))].map(textOf);
  found.push(...all(source));
  for (const [, list = ""] of source.matchAll(/\bjoin\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)/g)) {
    const parts = all(list).map((part) => part.replace(/^[/\\]+|[/\\]+$/g, ""));
    for (let count = 1; count <= parts.length; count++) found.push(parts.slice(0, count).join("/"));
  }
  const chain = new RegExp(`${literal}\\s*\\)?(?:\\s*/\\s*${literal})+`, "g");
  for (const [text] of source.matchAll(chain)) found.push(all(text).join("/"));
  return (
    found
      .map((path) => path.replaceAll("\\", "/"))
      // "data/*.csv" and "data/2018-11-01-events.csv" are in "data". A leading slash follows os.getcwd().
      .map((path) => path.replace(/\/?[^/]*(\*|\.csv|\.json|\{|%)[^/]*.*$/i, ""))
      .map((path) => path.replace(/^\.?\/+/, "").replace(/\/+$/, ""))
      .filter((path) => path !== "" && path.length < 120 && !/[\n:;,<>()=?|]|^\.\.$/.test(path))
      .filter((path) => !/\s(from|into|table|select)\s/i.test(path) && path.split(" ").length < 4)
      .filter(looksLikeData)
  );
}

/** Absolute paths of data that the source names, with the folder that stands for them. */
function aliasesIn(source: string, folder: string): Copy["aliases"] {
  const found = new Map<string, string>();
  const form = /["'](\/(?:[\w.@ -]+\/)+)(event_?data|data|[\w-]*\.csv)?[^"'\n]*["']/gi;
  for (const [, path = ""] of source.matchAll(form)) {
    const above = path.replace(/\/(event_?data|data)\/.*$/i, "/").replace(/\/+$/, "");
    // What belongs to the system is not covered, and a path that follows os.getcwd() is none.
    if (/^\/(usr|bin|sbin|lib\w*|etc|dev|proc|sys|var|tmp|boot|run|nix|event_?data|data)?(\/|$)/i.test(above))
      continue;
    if (above.split("/").length >= 2) found.set(above, folder);
  }
  return [...found].slice(0, 5).map(([path, own]) => ({ path, folder: own }));
}

/** The CSV files in the copy that are none of the placed logs, the largest first. */
export function csvFilesIn({ root, folder, places, home, given }: Copy): string[] {
  const placed = new Set(places.map((place) => resolve(folder, place)));
  const found: string[] = [];
  const visit = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !(placed.has(at) && /\d{4}-\d\d-\d\d-events\.csv$/.test(entry.name))) {
        if (/\.(csv|txt|tsv)$/i.test(entry.name) && !given.has(path)) found.push(path);
      }
    }
  };
  for (const at of [root, join(home, "tmp"), join(home, "home")]) visit(at);
  return found.sort((a, b) => statSync(b).size - statSync(a).size);
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
