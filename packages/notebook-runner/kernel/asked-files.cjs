// What the compiler asked the file system for, found or not. What it makes of a cell depends on nothing else.

const { createHash } = require("node:crypto");
const { readdirSync, statSync } = require("node:fs");

class AskedFiles {
  /** What was at each path when it was last asked for. */
  #states = new Map();

  /** @param {string[]} paths of files that count as asked for */
  note(...paths) {
    for (const path of paths) this.#states.set(path, stateOf(path));
  }

  /** @param {object} system what the compiler asks, as TypeScript's `sys`. It is changed, and returned. */
  noteWhatIsAskedOf(system) {
    const itself = (path) => path;
    const contents = (path) => (path.endsWith("/") ? path : `${path}/`);
    const depends = {
      fileExists: itself,
      directoryExists: itself,
      readFile: itself,
      getDirectories: contents,
      readDirectory: contents,
    };
    for (const [name, on] of Object.entries(depends)) {
      const act = system[name];
      system[name] = (path, ...rest) => {
        this.note(on(path)); // before it is read: what is written meanwhile is a change
        return act.call(system, path, ...rest);
      };
    }
    return system;
  }

  /** @returns {{ paths: string[], states: string }} the paths, and a hash of what was there */
  sum() {
    const paths = [...this.#states.keys()].sort();
    return { paths, states: hashOf(paths.map((path) => this.#states.get(path)).join("\n")) };
  }
}

/** @param {string[]} paths @returns {string} the hash of what is there now */
const statesNow = (paths) => hashOf(paths.map(stateOf).join("\n"));

/** @param {string} path of a file or a folder; with a slash at its end, of what a folder holds */
function stateOf(path) {
  try {
    if (path.endsWith("/")) return readdirSync(path).join("/");
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return "";
    return found.isFile() ? `${found.ctimeMs} ${found.size}` : "folder";
  } catch {
    return "";
  }
}

/** @param {string | Buffer} text */
const hashOf = (text) => createHash("sha256").update(text).digest("hex");

module.exports = { AskedFiles, statesNow, hashOf };
