// Commands that write the same files and tables take turns.

import { join } from "node:path";
import { holderOf, withLock } from "@sparkify/base/lock";
import { isWithin } from "@sparkify/base/processes";
import { shortPath, workDirectory } from "@sparkify/lib";

const lock = join(workDirectory, "out", ".lock");

/** Does `work` when no other command of the same work folder does: the second one waits, and says for whom. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  // A notebook may start a command, and the command that runs the notebook waits for it.
  const holder = holderOf(lock);
  if (holder !== undefined && isWithin(holder)) return work();
  return withLock(lock, work, (other) =>
    console.log(
      `… Waiting for process ${other}: another command that writes to ${shortPath(join(workDirectory, "out"))} and to the tables`,
    ),
  );
}
