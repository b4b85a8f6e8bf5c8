// What kernels keep for later ones, in files of a folder that may be deleted at any time.

const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require("node:fs");
const { dirname } = require("node:path");

/** @param {string} path @returns {Buffer | undefined} */
exports.readIfThere = (path) => {
  try {
    return readFileSync(path);
  } catch {}
};

/**
 * Whole or not at all: another kernel may read or write it. Where nothing can be written, nothing is kept.
 * @param {string} path @param {string | Uint8Array} content
 */
exports.keepWhole = (path, content) => {
  const unfinished = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch {
    rmIfThere(unfinished); // the disk may be full
  }
};

/** @param {string} path */
function rmIfThere(path) {
  try {
    rmSync(path);
  } catch {}
}
exports.rmIfThere = rmIfThere;
