// Only one start of a node at a time.

import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "./node-process.js";

/**
 * Waits for the lock file and takes it. A lock whose owner is gone, or that is older than `maximumSeconds`, is
 * taken over.
 * @returns gives the lock back
 */
export async function takeStartLock(file: string, maximumSeconds: number): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const found = statSync(file, { throwIfNoEntry: false });
      if (!found) continue;
      const seconds = (Date.now() - found.mtimeMs) / 1000;
      const owner = Number(readFileSync(file, "utf8"));
      const stale = owner > 0 ? !isAlive(owner) : seconds > 2;
      if (stale || seconds > maximumSeconds) rmSync(file, { force: true });
      else await sleep(200);
    }
  }
}
