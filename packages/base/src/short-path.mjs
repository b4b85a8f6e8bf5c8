import { isAbsolute, relative } from "node:path";
import { root } from "./root.mjs";

/**
 * A path as readers want it: relative to the project where it lies inside it.
 * @param {string} path
 * @example shortPath("/home/ada/sparkify/out/rejected.csv") // "out/rejected.csv"
 */
export function shortPath(path) {
  const short = relative(root, path);
  if (isAbsolute(short) || /^\.\.([/\\]|$)/.test(short)) return path;
  return short === "" ? "." : short.replaceAll("\\", "/");
}
