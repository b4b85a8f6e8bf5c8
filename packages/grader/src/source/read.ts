// What sources say of files, modules and programs, found by parsers and never by running them.

import { spawnSync } from "node:child_process";
import { SparkifyError } from "@sparkify/base/errors";
import { venvPython } from "@sparkify/base/python";
import { resource } from "../resources.js";
import type { Facts, Source } from "./facts.js";
import { readTypeScript } from "./typescript.js";

const nothing: Facts = { known: false, imports: [], assigned: [], functions: [], calls: [] };

/** Characters of all sources together: what comes later is not read. */
const most = 4_000_000;
/** In seconds. Parsing is linear; this is for what nobody has thought of. */
const longest = 30;

/**
 * Reads the sources.
 * @param known facts of earlier calls, which are not read again
 * @returns one for each, in their order; a source that cannot be read says nothing
 */
export function readSources(sources: Source[], known = new Map<string, Facts>()): Facts[] {
  const keyOf = ({ language, text }: Source) => `${language} ${text}`;
  let room = most;
  const read = sources.filter((source) => {
    room -= source.text.length;
    return room >= 0 && !known.has(keyOf(source));
  });
  const python = read.filter(({ language }) => language === "python");
  for (const [index, found] of readPython(python.map(({ text }) => text)).entries())
    known.set(keyOf(python[index] as Source), found);
  for (const source of read)
    if (source.language === "typescript") known.set(keyOf(source), readTypeScript(source.text));
  return sources.map((source) => known.get(keyOf(source)) ?? nothing);
}

/** By Python's own parser. */
function readPython(texts: string[]): Facts[] {
  if (texts.length === 0) return [];
  const { stdout, error } = spawnSync(venvPython, ["-I", "-X", "utf8", resource("python/read_sources.py")], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    timeout: longest * 1000,
    maxBuffer: 256 * 2 ** 20,
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
    throw new SparkifyError(
      `There is no Python at ${venvPython}, with which submissions are read. Run: npm start`,
    );
  try {
    return JSON.parse(stdout) as Facts[];
  } catch {
    return []; // it took too long, or no parser can read it
  }
}
