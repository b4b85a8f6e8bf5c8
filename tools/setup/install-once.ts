// Things that only some commands need are installed when one of them runs for the first time.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { runChild } from "../processes.mjs";
import { programOf } from "../python.js";
import { findPython } from "./find-python.mjs";
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

/** A virtual environment with the packages of a file, each with its hash. */
export function installPython(venv: string, requirements: string, title: string): Promise<void> {
  return installOnce(venv, requirements, title, async (news) => {
    mkdirSync(dirname(venv), { recursive: true });
    await runInstaller(news, findPython(), ["-m", "venv", "--clear", venv]);
    await runInstaller(news, programOf(venv, "python"), [
      ...["-m", "pip", "install", "--require-hashes", "--prefer-binary", "--disable-pip-version-check"],
      ...["--progress-bar=off", "--timeout=60", "--retries=2", "-r", requirements],
    ]);
  });
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
