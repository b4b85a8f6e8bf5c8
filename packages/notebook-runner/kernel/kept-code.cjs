// What V8 has made of a large file is kept for the next process, with the functions that this one has called. Node's own
// cache (module.enableCompileCache, from 22.1 on) is written when a process ends by itself; a kernel is ended.

const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { dirname, join } = require("node:path");
const { cachedDataVersionTag } = require("node:v8");
const { Script } = require("node:vm");
const { keepWhole, readIfThere } = require("./kept-files.cjs");

/**
 * Loads a CommonJS module, so that whoever requires it later gets it from Node's cache.
 * @param {string} path of the module
 * @param {string} folder where the code is kept; for each V8, its flags and each text of the module there is a file
 * @returns {{ keep?: () => void }} keeps its code, where there is none yet. It takes a tenth of a second; where the folder
 * cannot be written nothing is kept.
 */
exports.loadKept = (path, folder) => {
  const bytes = readFileSync(path);
  const version = createHash("sha256").update(bytes).update(String(cachedDataVersionTag())).digest("hex");
  const file = join(folder, version);
  const script = new Script(Module.wrap(bytes.toString()), { filename: path, cachedData: readIfThere(file) });
  const module = new Module(path);
  module.filename = path;
  require.cache[path] = module;
  const run = script.runInThisContext();
  run.call(module.exports, module.exports, Module.createRequire(path), module, path, dirname(path));
  module.loaded = true;
  const isKept = script.cachedDataRejected === false;
  return isKept ? {} : { keep: () => keepWhole(file, script.createCachedData()) };
};
