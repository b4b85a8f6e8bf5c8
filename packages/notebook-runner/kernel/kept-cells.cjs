// What tslab makes of a cell is kept for the next kernel in which the same cell follows the same declarations, and the
// compiler reads the types of Node and of JavaScript only when a cell comes that is new. What was kept is taken as long as
// all files are what they were, those that the compiler reads for it and those that it looks for in vain.

const { readdirSync, statSync } = require("node:fs");
const { join } = require("node:path");
const { hashOf, statesNow } = require("./asked-files.cjs");
const { keepWhole, readIfThere, rmIfThere } = require("./kept-files.cjs");

/** Another one for each change of what is kept. */
const version = 1;

/** A cell has some thousand bytes; a list of paths, which most cells share, has a hundred thousand. */
const mostFiles = 1000;

/**
 * tslab's converter of cells, which keeps what it makes of them.
 * @param {(options: object) => object} createConverter tslab's
 * @param {object} kernel
 * @param {string} kernel.folder where cells are kept
 * @param {string} kernel.cwd of the kernel, from which modules are looked for
 * @param {import("./asked-files.cjs").AskedFiles} kernel.asked what the compiler has asked for
 * @param {boolean} kernel.isRunners whether the runner has started it, so that nobody writes cells in it
 */
exports.keepingCells =
  (createConverter, { folder, cwd, asked, isRunners }) =>
  (options) => {
    if (options.isBrowser) return createConverter(options);
    let converter;
    const compiler = () => {
      converter ??= createConverter(options);
      return converter;
    };
    // A reader soon asks for completions, or changes a cell.
    if (!isRunners) setTimeout(compiler, 1000).unref();

    const kept = new KeptCells(folder, asked, [version, cwd, process.version, options]);
    // Modules in cells and files of TypeScript beside the notebook are compiled once a kernel, and known to it alone.
    let hasModules = false;
    const find = (declared, source) => (hasModules ? undefined : kept.find(declared, source));
    return {
      close: () => converter?.close(),
      convert(declared, source) {
        const found = find(declared, source);
        if (found) return found;
        const made = compiler().convert(declared, source);
        hasModules ||= made.sideOutputs !== undefined;
        if (!hasModules && made.diagnostics.length === 0) kept.keep(declared, source, made);
        return made;
      },
      addModule(...given) {
        hasModules = true;
        return compiler().addModule(...given);
      },
      inspect(declared, source, position) {
        if (!isRunners) return compiler().inspect(declared, source, position);
        // The runner asks for the first cell, so that the types that it needs are read before it runs. tslab takes no code
        // twice for a change.
        if (!find(declared, source)) return compiler().inspect(declared, `${source}\n;`, position);
      },
      complete: (...given) => compiler().complete(...given),
    };
  };

class KeptCells {
  #folder;
  #asked;
  #place;
  #isPruned = false;
  /** The lists of paths that are kept, each read or written once in this kernel. */
  #lists = new Map();

  /** @param {unknown} place what else a cell depends on */
  constructor(folder, asked, place) {
    this.#folder = folder;
    this.#asked = asked;
    this.#place = place;
  }

  find(declared, source) {
    const cell = parsed(readIfThere(this.#fileOf(declared, source)));
    const paths = cell && this.#pathsIn(cell.list);
    return paths && statesNow(paths) === cell.states ? cell.made : undefined;
  }

  /** @returns undefined where the list is not there, or damaged */
  #pathsIn(list) {
    if (!this.#lists.has(list)) {
      const text = readIfThere(this.#fileOfList(list));
      if (text && hashOf(text) === list) this.#lists.set(list, parsed(text));
    }
    return this.#lists.get(list);
  }

  keep(declared, source, made) {
    if (!this.#isPruned) this.#prune();
    const { paths, states } = this.#asked.sum();
    const text = JSON.stringify(paths);
    const list = hashOf(text);
    if (!this.#lists.has(list)) keepWhole(this.#fileOfList(list), text);
    this.#lists.set(list, paths);
    keepWhole(this.#fileOf(declared, source), JSON.stringify({ list, states, made }));
  }

  #prune() {
    prune(this.#folder);
    this.#isPruned = true;
    this.#lists.clear(); // any of them may be gone
  }

  #fileOf(declared, source) {
    return join(this.#folder, `${hashOf(JSON.stringify([this.#place, declared, source]))}.json`);
  }

  #fileOfList(list) {
    return join(this.#folder, `${list}.paths.json`);
  }
}

/** Leaves the newer half, where there are too many. */
function prune(folder) {
  const paths = namesIn(folder).map((name) => join(folder, name));
  if (paths.length <= mostFiles) return;
  const timeOf = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = paths.map((path) => ({ path, time: timeOf(path) })).sort((a, b) => a.time - b.time);
  for (const { path } of files.slice(0, files.length / 2)) rmIfThere(path);
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** @param {Buffer | undefined} text of JSON, which may be damaged */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {}
}
