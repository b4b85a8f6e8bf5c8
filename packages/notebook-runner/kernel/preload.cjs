// Loaded into the TypeScript kernel before tslab (--require; see its kernel.json). It mends what tslab does wrong with its
// sockets and with the compiler, and makes it start and compile in less time. tslab itself stays as it is.

const Module = require("node:module");
const { join } = require("node:path");
const v8 = require("node:v8");
const { AskedFiles } = require("./asked-files.cjs");
const { keepingCells } = require("./kept-cells.cjs");
const { loadKept } = require("./kept-code.cjs");
const { withMendedHost } = require("./compiler.cjs");
const { mendSockets } = require("./sockets.cjs");

// V8 of Node 20 optimizes whatever runs for a second, which costs a kernel more than it gains: what tslab runs of the
// compiler differs from cell to cell. Later versions have a cheaper optimizer in between, and another name for this.
if (Number.parseInt(process.versions.v8, 10) < 12) v8.setFlagsFromString("--interrupt-budget=200000");

const compilerName = "@tslab/typescript-for-tslab";
const asked = new AskedFiles();
const load = Module._load;
let compiler;
let converter;
let sockets;
Module._load = function (request, parent, ...rest) {
  if (request === compilerName && !compiler) keepCode(Module._resolveFilename(request, parent));
  const loaded = load.call(this, request, parent, ...rest);
  if (request === "zeromq" && loaded !== sockets) {
    sockets = loaded;
    mendSockets(loaded);
  }
  if (/\bconverter(\.js)?$/.test(request) && loaded !== converter) {
    const path = Module._resolveFilename(request, parent);
    if (path.endsWith(join("tslab", "dist", "converter.js"))) {
      converter = loaded;
      keepCells(loaded, path);
    }
  }
  if (request !== compilerName) return loaded;
  compiler ??= withMendedHost(loaded, (system) => asked.noteWhatIsAskedOf(system));
  return compiler;
};

/** Where kernels keep what they have compiled. @param {string} path of a file below the node_modules that it is for */
function keptFor(path) {
  const packages = path.slice(0, path.lastIndexOf("node_modules") + "node_modules".length);
  return join(packages, ".cache", "kernel");
}

/** @param {string} path of the compiler */
function keepCode(path) {
  const { keep } = loadKept(path, keptFor(path));
  // By then it has compiled the first cells.
  if (keep) setTimeout(keep, 5000).unref();
}

/**
 * @param {{ createConverter: Function }} converter tslab's module, which is changed
 * @param {string} path of its file
 */
function keepCells(converter, path) {
  // TypeScript remembers where it was asked first; by the time it compiles a cell may have gone elsewhere.
  const cwd = compiler.sys.getCurrentDirectory();
  // tslab looks for them before it says where the compiler is to ask.
  const folders = Module._nodeModulePaths(cwd).map((packages) => `${join(packages, "@types")}/`);
  asked.note(path, __filename, ...folders);
  converter.createConverter = keepingCells(converter.createConverter, {
    folder: join(keptFor(path), "cells"),
    cwd,
    asked,
    isRunners: isWatched(),
  });
}

/** Whether the runner has started this kernel: it loads watch.cjs before. */
function isWatched() {
  return require.cache[join(__dirname, "watch.cjs")]?.exports.isWatched === true;
}
