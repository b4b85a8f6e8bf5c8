// Loaded into the TypeScript kernel before tslab (--require; see its kernel.json). It mends what tslab does wrong with its
// sockets and with the compiler, and makes it start and compile in less time. tslab itself stays as it is.

const Module = require("node:module");
const { join } = require("node:path");
const v8 = require("node:v8");
const { loadKept } = require("./kept-code.cjs");
const { withMendedHost } = require("./compiler.cjs");
const { mendSockets } = require("./sockets.cjs");

// V8 of Node 20 optimizes whatever runs for a second, which costs a kernel more than it gains: what tslab runs of the
// compiler differs from cell to cell. Later versions have a cheaper optimizer in between, and another name for this.
if (Number.parseInt(process.versions.v8, 10) < 12) v8.setFlagsFromString("--interrupt-budget=200000");

const compilerName = "@tslab/typescript-for-tslab";
const load = Module._load;
let compiler;
let sockets;
Module._load = function (request, parent, ...rest) {
  if (request === compilerName && !compiler) keepCode(Module._resolveFilename(request, parent));
  const loaded = load.call(this, request, parent, ...rest);
  if (request === "zeromq" && loaded !== sockets) {
    sockets = loaded;
    mendSockets(loaded);
  }
  if (request !== compilerName) return loaded;
  compiler ??= withMendedHost(loaded);
  return compiler;
};

/** @param {string} path of the compiler, somewhere below the node_modules in which its code is kept */
function keepCode(path) {
  const packages = path.slice(0, path.lastIndexOf("node_modules") + "node_modules".length);
  const { keep } = loadKept(path, join(packages, ".cache", "kernel"));
  // By then it has compiled the first cells.
  if (keep) setTimeout(keep, 5000).unref();
}
