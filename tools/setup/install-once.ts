// Things that only some commands need are installed when one of them runs for the first time.

import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { runChild } from "../processes.mjs";
import { step } from "./step.mjs";

/** Does `work` unless a stamp in the folder says that it was done with the same input. */
export async function installOnce(
  folder: string,
  input: string,
  title: string,
  work: (news: (text: string) => void) => Promise<void>,
): Promise<void> {
  const stamp = join(folder, ".sparkify-stamp");
  const expected = createHash("sha256").update(readFileSync(input)).update(folder).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === expected) return;
  rmSync(stamp, { force: true });
  await step(title, work);
  writeFileSync(stamp, expected);
}

/** Runs an installer. @throws SparkifyError with its last lines where it fails */
export async function runInstaller(news: (text: string) => void, program: string, args: string[]) {
  const { code, tail } = await runChild(program, args, { cwd: projectRoot, onLine: news });
  if (code !== 0) {
    throw new SparkifyError(
      `Something could not be installed. Check the network, and run the command again.\n${tail}`,
    );
  }
}
