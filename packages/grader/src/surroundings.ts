// What lies around a notebook, and what its source says of that: modules that it imports, folders where it looks for logs.

import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { deepest, entriesOf, textOf } from "./files.js";

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

/** The modules of a submission's own, also those in packages. */
export function modulesIn(folder: string): Module[] {
  const files = filesIn(folder, (name, depth) => depth < 3 && !isPassedOver(name));
  const isModule = (path: string) =>
    !isPassedOver(basename(path)) && /\.(py|[cm]?[jt]s)$/.test(path) && statSync(path).size < 200_000;
  return [...files]
    .filter(isModule)
    .slice(0, 50)
    .flatMap((path) => {
      try {
        return { name: relative(folder, path).replaceAll("\\", "/"), source: textOf(path, 2 ** 20) };
      } catch {
        return []; // closed: Python could not read it either
      }
    });
}

/** Whether a module that is imported lies above the notebook, and not beside it. */
export function importsFromAbove(source: string, folder: string): boolean {
  const isIn = (place: string, name: string) =>
    existsSync(join(place, name)) || existsSync(join(place, `${name}.py`));
  const imports = source.matchAll(/^[ \t]*(?:from|import)[ \t]+([a-z_]\w{0,100})/gim);
  const names = new Set([...imports].map(([, name = ""]) => name));
  return [...names].slice(0, 500).some((name) => !isIn(folder, name) && isIn(dirname(folder), name));
}

/** The folders of a submission's own that hold daily logs, relative to its notebooks. */
export function foldersOfLogs(from: string, folder: string): Set<string> {
  const logs = [...filesIn(from, (name) => !/^(\.|node_modules$)/.test(name))].filter((path) =>
    /\d{4}-\d\d-\d\d.*\.csv(\.gz)?$/.test(basename(path)),
  );
  const folders = new Set(logs.map((path) => relative(folder, dirname(path))));
  folders.delete("");
  return folders;
}

/** Whether a text may be a folder of data. */
const looksLikeData = (path: string) =>
  /(^|\/)[\w .-]*(event|data|raw|logs?|input|csv)[\w .-]*(\/|$)/i.test(path);

const literal = `(?:[rbfu]{0,2})(?:"([^"\\n]*)"|'([^'\\n]*)')`;

/** No path is longer: a picture as text in a cell is none, and is not searched for folders. */
const longestPath = 300;

/** More texts of one source are not looked at. */
const mostTexts = 20_000;

/** The texts in quotes that may be paths. */
function textsIn(source: string): string[] {
  const found: string[] = [];
  for (const [, double, single] of source.matchAll(new RegExp(literal, "g"))) {
    const text = double ?? single ?? "";
    if (text !== "" && text.length <= longestPath) found.push(text);
    if (found.length >= mostTexts) break;
  }
  return found;
}

/**
 * Relative folders that the source names: "data/raw", os.path.join(..., "data", "raw"), Path("data") / "raw". Each form has
 * bounds, or a long line would be read again from each of its places.
 */
export function foldersNamedIn(source: string): string[] {
  const found = textsIn(source);
  for (const [, list = ""] of source.matchAll(
    /\bjoin\s{0,20}\(([^()]{0,500}(?:\([^()]{0,500}\)[^()]{0,500}){0,20})\)/g,
  )) {
    const parts = textsIn(list).map((part) => part.replace(/^[/\\]+|[/\\]+$/g, ""));
    for (let count = 1; count <= Math.min(parts.length, 20); count++)
      found.push(parts.slice(0, count).join("/"));
  }
  const chain = new RegExp(`${literal}\\s{0,20}\\)?(?:\\s{0,20}/\\s{0,20}${literal})+`, "g");
  for (const [text] of source.matchAll(chain)) if (text.length <= 1000) found.push(textsIn(text).join("/"));
  return (
    [...new Set(found)]
      .filter((path) => path.length <= longestPath)
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
export function aliasesIn(source: string, folder: string): { path: string; folder: string }[] {
  const found = new Map<string, string>();
  const form = /^(\/(?:[\w.@ -]+\/)+)/;
  for (const text of textsIn(source)) {
    const [, path] = form.exec(text) ?? [];
    if (path === undefined) continue;
    const above = path.replace(/\/(event_?data|data)\/.*$/i, "/").replace(/\/+$/, "");
    // What belongs to the system is not covered, and a path that follows os.getcwd() is none.
    if (/^\/(usr|bin|sbin|lib\w*|etc|dev|proc|sys|var|tmp|boot|run|nix|event_?data|data)?(\/|$)/i.test(above))
      continue;
    // One that leads up again (`/x/../home/ann`) names another place than it says.
    const isPlain = above.split("/").every((name, at) => at === 0 || !["", ".", ".."].includes(name));
    if (isPlain && above !== "") found.set(above, folder);
  }
  return [...found].slice(0, 5).map(([path, target]) => ({ path, folder: target }));
}
