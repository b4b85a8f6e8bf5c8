// Commands that write the same files and tables take turns.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shortPath, workDirectory } from "@sparkify/lib";
import { withLock } from "./lock.mjs";
import { isWithin } from "./processes.mjs";

const lock = join(workDirectory, "out", ".lock");

/** Does `work` when no other command of the same work folder does: the second one waits, and says for whom. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  // A notebook may start a command, and the command that runs the notebook waits for it.
  if (isWithin(holderOf(lock))) return work();
  return withLock(lock, work, (holder) =>
    console.log(
      `… Waiting for process ${holder}: another command that writes to ${shortPath(join(workDirectory, "out"))} and to the tables`,
    ),
  );
}

function holderOf(file: string): number {
  try {
    return Number(readFileSync(file, "utf8"));
  } catch {
    return 0; // nobody holds it
  }
}
