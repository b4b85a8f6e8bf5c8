// The folders that commands write to: logs and data are for their owner only.

import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SparkifyError } from "./errors.mjs";
import { notWritable } from "./processes.mjs";
import { root } from "./root.mjs";

/**
 * Makes a folder that only its owner can look into, or makes it so.
 * @param {string} path
 * @returns {string} the path
 * @throws {SparkifyError} where it cannot be made
 */
export function privateFolder(path) {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    needWritable(whatIsThere(dirname(path))); // says why in other words than the making of a folder does
    throw notWritableFolder(path, error);
  }
  try {
    if (process.platform !== "win32" && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o700);
  } catch {} // another user's, or on a read-only disk: it stays as it is
  return path;
}

/** @param {string} path @returns {string} the path, or the folder above it that exists */
const whatIsThere = (path) => (existsSync(path) ? path : whatIsThere(dirname(path)));

/**
 * The same, for a folder that is going to be written to.
 * @param {string} path
 * @returns {string} the path
 * @throws {SparkifyError} where nothing can be written there
 */
export function writableFolder(path) {
  return needWritable(privateFolder(path));
}

/**
 * @param {string} path of a folder
 * @returns {string} the path
 * @throws {SparkifyError} where nothing can be written there
 */
export function needWritable(path) {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw notWritableFolder(path, error);
  }
  return path;
}

/** @param {string} path @param {unknown} error */
function notWritableFolder(path, error) {
  const { message } = notWritable(path, /** @type {NodeJS.ErrnoException} */ (error));
  const isInstalled = [join(root, "build"), join(root, ".spark")].some((folder) => path.startsWith(folder));
  if (isInstalled) return new SparkifyError(message);
  return new SparkifyError(
    `${message} Or keep what the commands make, and Cassandra's data, elsewhere: SPARKIFY_WORK_DIR=/path/of/your/own`,
  );
}
