// Whether the jars of a folder are those that a jgo lock file names: each is hashed where it lies and is loaded from.

import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { entriesOf } from "./ensure-installed.mjs";

/** @param {string} folder */
const jarsIn = (folder) => entriesOf(folder, (name) => name.endsWith(".jar"));

/**
 * Hashes all jars. Cassandra's hundred (67 MB) take a tenth of a second.
 * @param {string} folder
 * @param {string} lock the lock file
 * @returns {string | undefined} what is wrong, as half a sentence that begins with the jar's path
 */
export function wrongJar(folder, lock) {
  const named = new Set(readFileSync(lock, "utf8").match(/(?<=^sha256 = ")[0-9a-f]{64}(?="$)/gm));
  const jars = jarsIn(folder);
  const strange = jars.find(
    (jar) => !named.has(createHash("sha256").update(readFileSync(jar)).digest("hex")),
  );
  if (strange !== undefined) return `${strange} has none of the hashes that ${basename(lock)} names`;
  return jars.length === named.size
    ? undefined
    : `${folder} has ${jars.length} jars, and ${basename(lock)} names ${named.size}`;
}

/**
 * The same, but hashed again only where a jar's size, times, or place on the disk are others than when they were hashed.
 * @param {string} folder
 * @param {string} lock
 * @returns {string | undefined}
 */
export function wrongJarSince(folder, lock) {
  const file = join(folder, ".sparkify-hashed");
  const now = JSON.stringify([readFileSync(lock, "utf8"), ...jarsIn(folder).map(stateOf)]);
  if (now === read(file)) return undefined;
  const wrong = wrongJar(folder, lock);
  if (wrong === undefined) write(file, now);
  return wrong;
}

/** The time of a file's last change of status (ctime) is the one that no program can set. @param {string} path */
function stateOf(path) {
  const { size, ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [basename(path), ...[size, ino, mtimeNs, ctimeNs].map(String)].join(" ");
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} file @param {string} text */
function write(file, text) {
  try {
    writeFileSync(file, text);
  } catch {} // a folder that cannot be written: they are hashed again the next time
}
