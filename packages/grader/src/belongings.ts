// Which files a submission brings along: its own, and never another learner's.

import { lstatSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { deepest, entriesOf } from "./files.js";
import { codeCells, type Notebook, readNotebook } from "./notebook.js";
import { scriptsOf } from "./scripts.js";
import type { Facts, Source } from "./source/facts.js";
import { type Program, readProgram } from "./source/paths.js";
import { readSources } from "./source/read.js";
import type { Submission } from "./submissions.js";
import { isPassedOver, type Module, modulesAmong, namesIn, stepsToImports, stepsUp } from "./surroundings.js";

/** What a submission says, and what comes along with it. */
export interface Belongings {
  notebooks: { path: string; notebook: Notebook }[];
  /** What its notebooks and modules name. */
  program: Program;
  modules: Module[];
  /** The folder that is copied: the notebooks' own, or one above, within the submission's top. */
  from: string;
  /** How many folders above that one the source names. */
  more: number;
  /** What is in it and comes along. */
  contents: { path: string; isFolder: boolean }[];
  /** Scripts that are run before the notebooks. */
  scripts: string[];
}

/** No single file of a submission's own that is larger is copied, and not more than so many in all. */
const largestFile = 20 * 2 ** 20;
const largestCopy = 100 * 2 ** 20;
const mostEntries = 10_000;
/** Of a path: its copy has a longer one, and the kernel takes 4,095. */
const longestPath = 2000;

/** How often modules that come along may ask for others. */
const mostRounds = 4;

/** Reads a submission, and finds what comes along with it. @throws NotGradable where a notebook cannot be read */
export function belongingsOf(submission: Submission): Belongings {
  const { folder, top } = submission;
  const notebooks = submission.notebooks.map((path) => ({ path, notebook: readNotebook(path) }));
  const cells = notebooks.flatMap(({ notebook }) =>
    codeCells(notebook).map((text): Source => ({ language: languageOf(notebook.kernel), text, at: "" })),
  );
  const levels = relative(top, folder).split(sep).filter(Boolean).length;
  let found = { from: folder, contents: [] as Belongings["contents"], modules: [] as Module[] };
  const known = new Map<string, Facts>();
  let program = programOf(cells, [], folder, folder, known);
  let steps = 0;
  for (let round = 0; round < mostRounds; round++) {
    steps = Math.max(stepsUp(program), stepsToImports(program, folder, top));
    let from = folder;
    for (let step = 0; step < Math.min(steps, levels); step++) from = dirname(from);
    const contents = [...contentsOf(submission, from, namesIn(program))];
    const before = found.modules;
    const modules = modulesAmong(
      contents.flatMap(({ path, isFolder }) => (isFolder ? [] : [path])),
      from,
    );
    found = { from, contents, modules };
    if (round > 0 && before.length === modules.length) break;
    program = programOf(cells, modules, from, folder, known);
  }
  const scripts = scriptsOf(submission, { notebooks, contents: found.contents });
  return { notebooks, program, scripts, ...found, more: Math.max(0, steps - levels) };
}

const languageOf = (kernel: string): Source["language"] => (kernel === "tslab" ? "typescript" : "python");

/** What cells and modules say together. @param from where the modules' names begin */
function programOf(
  cells: Source[],
  modules: Module[],
  from: string,
  folder: string,
  known: Map<string, Facts>,
): Program {
  const sources = [
    ...cells,
    ...modules.map(
      ({ name, source }): Source => ({
        language: name.endsWith(".py") ? "python" : "typescript",
        text: source,
        at: relative(folder, dirname(join(from, name))).replaceAll("\\", "/"),
      }),
    ),
  ];
  return readProgram(
    readSources(sources, known).map((facts, index) => ({
      facts,
      at: sources[index]?.at ?? "",
      inNotebook: index < cells.length,
    })),
  );
}

/**
 * What comes along of a folder, without hidden files, what is installed, and what is too large; links are not followed. Below
 * the notebook's own folder that is all. Of the folders above it, and of a folder that several submissions share, only what the
 * program names.
 */
function* contentsOf(
  { folder, shared, others }: Submission,
  from: string,
  names: Set<string>,
): Generator<{ path: string; isFolder: boolean }> {
  const seen = { bytes: 0, entries: 0 };
  const leadsToIt = (path: string) => folder === path || folder.startsWith(`${path}${sep}`);
  const isNamed = (name: string) =>
    names.has(name) ||
    names.has(name.replace(/\.\w+$/, "")) ||
    /^(src|setup\.(py|cfg)|pyproject\.toml)$/.test(name);
  function* within(at: string, all: boolean, depth: number): Generator<{ path: string; isFolder: boolean }> {
    for (const { name } of entriesOf(at)) {
      if (++seen.entries > mostEntries) return;
      const path = join(at, name);
      if (isPassedOver(name) || path.length > longestPath || others.includes(path)) continue;
      if (!all && !leadsToIt(path) && !isNamed(name)) continue;
      const status = lstatSync(path, { throwIfNoEntry: false });
      if (!status) continue;
      if (status.isDirectory()) {
        if (depth >= deepest) continue;
        yield { path, isFolder: true };
        const isOwn = path === folder ? !shared : all || !leadsToIt(path);
        yield* within(path, isOwn, depth + 1);
      } else if (status.isFile() && status.size <= largestFile && seen.bytes + status.size <= largestCopy) {
        seen.bytes += status.size;
        yield { path, isFolder: false };
      }
    }
  }
  yield* within(from, from === folder && !shared, 0);
}
