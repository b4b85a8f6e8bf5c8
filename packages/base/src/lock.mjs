// One at a time, among all processes of this machine that use the same lock file.

import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A holder shows this often that it lives. */
const heartbeatMilliseconds = 2000;
/** A holder that was not seen to live for so long is gone, even if its process number is in use: by another program. */
const silentMilliseconds = 30_000;

/**
 * Does `work` while no other process does work under the same lock file. A lock whose holder has ended is taken over. Where
 * the file cannot be written, the work is done without: what it writes itself will fail with the reason.
 * @template T
 * @param {string} file below a folder that can be written; the folder is made
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} [onWait] called once, with the holder's process number, where the lock is not free
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait = () => {}) {
  if (!(await take(file, onWait))) return work();
  const heartbeat = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {} // somebody deleted the folder: nothing is left to be locked
  }, heartbeatMilliseconds);
  heartbeat.unref();
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

/**
 * @param {string} file @param {(holder: number) => void} onWait
 * @returns {Promise<boolean>} false where nothing can be written
 */
async function take(file, onWait) {
  let hasSaid = false;
  let seen = { beat: 0, since: 0 };
  for (;;) {
    const created = create(file);
    if (created !== "exists") return created === "created";
    const found = read(file);
    if (!found) continue; // given back just now
    if (found.beat !== seen.beat) seen = { beat: found.beat, since: performance.now() };
    const isSilent = performance.now() - seen.since > silentMilliseconds;
    const isKnown = found.holder > 0;
    if (isSilent || (isKnown && !isAlive(found.holder))) {
      breakOpen(file, found);
    } else if (isKnown && !hasSaid) {
      onWait(found.holder);
      hasSaid = true;
    }
    await sleep(100);
  }
}

/** @param {string} file @returns {"created" | "exists" | "read-only"} */
function create(file) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return "created";
  } catch (error) {
    const { code = "" } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === "EEXIST") return "exists";
    if (["EROFS", "EACCES", "EPERM"].includes(code)) return "read-only";
    rmSync(file, { force: true }); // on a full disk it is there, without a number
    throw error;
  }
}

/**
 * The process number of who holds a lock.
 * @param {string} file
 * @returns {number | undefined} undefined where nobody does
 */
export function holderOf(file) {
  return read(file)?.holder || undefined;
}

/** @param {string} file @returns {{ holder: number, beat: number } | undefined} */
function read(file) {
  try {
    const { mtimeMs } = statSync(file);
    // A file without a number (0) was created a moment ago, or its holder ended in that moment.
    return { holder: Number(readFileSync(file, "utf8")), beat: mtimeMs };
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Removes the lock of a holder that is gone. One process at a time does so, or the second one would remove the lock that
 * the first has taken meanwhile.
 * @param {string} file @param {{ holder: number, beat: number }} gone
 */
function breakOpen(file, gone) {
  const breaking = `${file}.breaking`;
  try {
    mkdirSync(breaking);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
    const made = statSync(breaking, { throwIfNoEntry: false });
    if (made && Date.now() - made.mtimeMs > silentMilliseconds)
      rmSync(breaking, { recursive: true, force: true });
    return;
  }
  try {
    const found = read(file);
    if (found?.holder === gone.holder && found.beat === gone.beat) rmSync(file, { force: true });
  } finally {
    rmdirSync(breaking);
  }
}

/** @param {number} pid @returns {boolean} whether a process has this number */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
