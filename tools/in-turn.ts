// Commands that write the same files and tables take turns.

import { join } from "node:path";
import { inTurn as oneAfterTheOther } from "@sparkify/base/in-turn";
import { shortPath, workDirectory } from "@sparkify/lib";

const out = join(workDirectory, "out");

/** Does `work` when no other command of the same work folder does: the second one waits, and says for whom. */
export const inTurn = <Result>(work: () => Promise<Result>) =>
  oneAfterTheOther(join(out, ".lock"), work, (other) =>
    console.log(
      `… Waiting for process ${other}: another command that writes to ${shortPath(out)} and to the tables`,
    ),
  );
