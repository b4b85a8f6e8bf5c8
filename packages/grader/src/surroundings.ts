// What lies around a notebook, and what its source says of that: modules that it imports, folders where it looks for logs.

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { deepest, entriesOf, textOf } from "./files.js";
import { type NamedPath, type Program, unknown } from "./source/paths.js";

/** A program beside the notebook. */
export interface Module {
  name: string;
  source: string;
}

/** The files in a folder and in those below it that may be entered, and can be. Links are not followed. */
export function* filesIn(
  folder: string,
  mayEnter: (name: string, depth: number) => boolean,
  depth = 0,
): Generator<string> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && depth < deepest && mayEnter(entry.name, depth))
      yield* filesIn(path, mayEnter, depth + 1);
  }
}

/** Hidden files, and what is installed. */
export const isPassedOver = (name: string) => /^(\.|node_modules$|__pycache__$|venv$|env$)/.test(name);

/** Programs that are looked at, of each so many characters. */
const mostModules = 50;
const largestModule = 200_000;

/** The modules among some files, with their names from a folder. */
export function modulesAmong(paths: string[], folder: string): Module[] {
  const isModule = (path: string) =>
    !isPassedOver(basename(path)) &&
    /\.(py|[cm]?[jt]s)$/.test(path) &&
    relative(folder, path).split(sep).length <= 5 &&
    statSync(path).size < largestModule;
  return paths
    .filter(isModule)
    .slice(0, mostModules)
    .flatMap((path) => {
      try {
        return { name: relative(folder, path).replaceAll("\\", "/"), source: textOf(path, 2 ** 20) };
      } catch {
        return []; // closed: Python could not read it either
      }
    });
}

/** The folders of a submission's own that hold daily logs, relative to its notebooks, those with the most logs first. */
export function foldersOfLogs(from: string, folder: string): string[] {
  const counts = new Map<string, number>();
  for (const path of filesIn(from, (name) => !/^(\.|node_modules$)/.test(name))) {
    if (!/\d{4}-\d\d-\d\d.*\.csv(\.gz)?$/.test(basename(path))) continue;
    const place = relative(folder, dirname(path)).replaceAll("\\", "/") || ".";
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([place]) => place);
}

/** Whether a path may be one of daily logs, by its words. */
const looksLikeData = (path: string) => /event|data|raw|logs?(?![a-z])|input|csv/i.test(path);
const isWild = (text: string) => /[*?[{]/.test(text) || text.includes(unknown);
const isAbove = (place: string) => /^(\.\.\/?)+$/.test(place);
/** A folder of another machine, of whatever kind. */
const isAbsolute = (path: string) => /^(\/|~|[a-z]:[\\/])/i.test(path);

/** A folder in which a source looks for logs. */
interface Place {
  path: string;
  /** Whether it looks into the folders below, too. */
  deep: boolean;
}

/** Where a path leads that is used so, if logs may lie there. */
function placeOf({ path, use }: Pick<NamedPath, "path" | "use">): Place | undefined {
  const at = (folder: string, deep: boolean): Place | undefined => {
    const known = folder.split("/");
    while (known[0] === unknown) known.shift();
    if (known.length === 0) return undefined; // in a folder that is not known
    const end = known.findIndex(isWild);
    const place = (end === -1 ? known : known.slice(0, end)).join("/") || ".";
    return isAbove(place) ? undefined : { path: place, deep: deep || end !== -1 };
  };
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  if (use === "tree") return at(path, true);
  if (use === "folder") return at(path, false);
  if (use === "pattern") {
    if (
      /\.(?!csv|gz|\*|\?)[a-z]+$/i.test(name) ||
      path.split("/").every((part) => part === unknown || part === "*")
    )
      return undefined;
    const deep = parts.indexOf("**");
    if (deep !== -1) return at(parts.slice(0, deep).join("/"), true);
    // `data/*/*.csv` finds what is one folder deeper.
    const folders = parts
      .slice(0, -1)
      .map((part) =>
        part !== unknown && isWild(part) ? part.replace(/[*?\0]+|\[.*?\]|\{.*?\}/g, "") || "events" : part,
      );
    // On Linux a sign of Windows is part of a name: what begins so is put there under this name.
    const [, prefix = ""] = /^([^*?[{\0]*\\)/.exec(name) ?? [];
    return at([...folders, ...(prefix === "" ? [] : [prefix])].join("/") || ".", false);
  }
  if (use === "file" && /\.csv(\.gz)?$/.test(name) && (isWild(name) || /\d{4}-\d\d-\d\d/.test(name)))
    return at(posix.dirname(path), false);
  return undefined;
}

/** The same of paths of which only their words say that they may be those of logs. */
function likelyPlaceOf({ path, use }: Pick<NamedPath, "path" | "use">): Place | undefined {
  if (use !== "made" && use !== "text") return undefined;
  const isPath = use === "made" || (/[\\/]/.test(path) && !/\s|[,;:()=]/.test(path.replace(/^[a-z]:/i, "")));
  if (!isPath || !looksLikeData(path) || /\.\w{1,5}$/.test(path)) return undefined;
  return placeOf({ path, use: "folder" });
}

/** Whether one of the folders is the other, or in it. */
const holds = (outer: string, inner: string) =>
  outer === inner || outer === "." || inner.startsWith(`${outer}/`);

/** Never a folder and its child: logs that are found twice are counted twice. */
function apart(places: Place[]): string[] {
  const found = new Map(places.map((place) => [place.path, place]));
  for (const { path, deep } of places) if (deep) found.set(path, { path, deep });
  const all = [...found.values()];
  const isNeeded = ({ path, deep }: Place) => {
    const below = all.filter((other) => other.path !== path && holds(path, other.path));
    const above = all.filter(
      (other) => other.path !== path && holds(other.path, path) && !other.deep && other.path !== ".",
    );
    return above.length === 0 && (below.length === 0 || (!deep && path !== "."));
  };
  return all.filter(isNeeded).map(({ path }) => path);
}

/**
 * Where the logs are put, relative to the notebooks: into the submission's own folder of logs, else where its source looks
 * for them. A place that ends in a backslash is the beginning of names.
 * @param own the submission's own folders of logs, see {@link foldersOfLogs}
 * @param aliased where paths of other machines lead, see {@link aliasesOf}
 */
export function placesOfLogs({ paths }: Program, own: string[], aliased: string[] = []): string[] {
  const isHere = ({ path }: Place) => !isAbsolute(path) || /^[a-z]:/i.test(path);
  const elsewhere = aliased.map((path): Place => ({ path, deep: false }));
  const readBy = (some: NamedPath[]) => [
    ...some.flatMap((path) => placeOf(path) ?? []).filter(isHere),
    ...elsewhere,
  ];
  // What the notebook reads itself counts more than what modules do, which need not be run.
  for (const read of [readBy(paths.filter(({ inNotebook }) => inNotebook)), readBy(paths)]) {
    const reached = own.find((place) => read.some((one) => leadsTo(one, place)));
    if (reached !== undefined) return [reached];
    const likely = read.filter(({ path }) => looksLikeData(path));
    if (likely.length > 0) return besideOwn(own, apart(likely));
  }
  const others = readBy(paths).filter(({ path, deep }) => path !== "." || !deep);
  if (others.length > 0) return besideOwn(own, apart(others));
  const weak = paths.flatMap((path) => likelyPlaceOf(path) ?? []).filter(({ path }) => !isAbsolute(path));
  if (own[0] !== undefined) return [own[0]];
  return weak.length > 0 ? apart(weak) : ["event_data"];
}

/** Whether what is read there is found in the folder. */
const leadsTo = ({ path, deep }: Place, folder: string) =>
  path === folder || (deep && holds(path, folder)) || (path !== "." && holds(folder, path));

/** Its own folder too, although nothing was seen to read it: never one in the other. */
const besideOwn = ([mine]: string[], places: string[]) =>
  mine === undefined || places.some((place) => holds(place, mine) || holds(mine, place))
    ? places
    : [mine, ...places];

/** What stands for a folder of another machine. */
export interface Alias {
  path: string;
  folder: string;
}

/**
 * Absolute paths that the source names: those for which the notebooks' folder stands, and where the logs belong there.
 */
export function aliasesOf({ paths }: Program): { aliases: string[]; places: string[]; others: string[] } {
  const aliases = new Set<string>();
  const places = new Set<string>();
  const others = new Set<string>();
  for (const one of paths) {
    if (!isAbsolute(one.path) || (one.use === "text" && !likelyPlaceOf(one))) continue;
    const place = placeOf(one) ?? likelyPlaceOf(one);
    if (!one.path.startsWith("/")) {
      others.add(place?.path ?? one.path);
      continue;
    }
    const whole = place?.path ?? posix.dirname(one.path);
    const above = place ? posix.dirname(whole) : whole;
    // What belongs to the system is not covered.
    if (
      above.includes(unknown) ||
      /^\/((usr|bin|sbin|lib\w*|etc|dev|proc|sys|var|tmp|boot|run|nix)(\/|$)|$)/i.test(above)
    )
      continue;
    aliases.add(above);
    if (place) places.add(posix.basename(whole));
  }
  const outermost = [...aliases].filter(
    (path) => ![...aliases].some((other) => other !== path && holds(other, path)),
  );
  return {
    aliases: outermost.slice(0, 5),
    places: [...places],
    others: [...others],
  };
}

/** How many folders up the program goes from its notebooks. */
export function stepsUp({ paths }: Program): number {
  const steps = paths.flatMap(({ path, use }) =>
    use === "text" || isAbsolute(path) ? [] : path.split("/").filter((part) => part === "..").length,
  );
  return Math.min(6, Math.max(0, ...steps));
}

/** The names of modules that the program imports, and of files and folders that its paths lead through. */
export const namesIn = ({ paths, imports }: Program): Set<string> =>
  new Set([
    ...imports.flatMap((name) => name.split(/[./]/)),
    ...paths.flatMap(({ path }) => path.split("/").flatMap((part) => [part, part.replace(/\.\w+$/, "")])),
  ]);

/** The folder of those above, up to the top, in which most of what is imported and not beside the notebook lies. */
export function stepsToImports({ imports }: Program, folder: string, top: string): number {
  const isIn = (place: string, name: string) =>
    [place, join(place, "src")].some(
      (at) => existsSync(join(at, name)) || existsSync(join(at, `${name}.py`)),
    );
  const names = [...new Set(imports.map((name) => name.split(".")[0] ?? ""))]
    .filter((name) => /^\w{1,100}$/.test(name))
    .slice(0, 500);
  const missing = names.filter((name) => !isIn(folder, name));
  let highest = 0;
  for (let at = folder, steps = 0; at !== top && steps < 6; ) {
    at = resolve(at, "..");
    steps++;
    if (missing.some((name) => isIn(at, name))) highest = steps;
  }
  return highest;
}
