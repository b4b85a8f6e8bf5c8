// Work of several processes that write the same files: one after the other.

import { holderOf, withLock } from "./lock.mjs";
import { isWithin } from "./processes.mjs";

/**
 * Does `work` when no other process does work under the same lock file: the second one waits. A program that was started by the
 * one that holds the lock, however indirectly, does not wait: that one waits for it.
 * @template T
 * @param {string} lock a file
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} [onWait] called once, with the holder's process number, where the lock is not free
 * @returns {Promise<T>}
 * @example await inTurn(join(folder, ".lock"), writeFiles, (other) => console.log(`Waiting for process ${other}`));
 */
export async function inTurn(lock, work, onWait) {
  const holder = holderOf(lock);
  if (holder !== undefined && isWithin(holder)) return work();
  return withLock(lock, work, onWait);
}
