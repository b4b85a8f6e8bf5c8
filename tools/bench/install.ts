// Installs what the project is compared with, below build/bench/.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { runChild } from "../processes.mjs";
import { venvPython } from "../python.js";
import { findPython } from "../setup/find-python.mjs";
import { step } from "../setup/step.mjs";
import { benchDirectory } from "./data/data.js";

const sources = join(projectRoot, "tools", "bench");
const venv = join(benchDirectory, "venv");
const programs = join(venv, process.platform === "win32" ? "Scripts" : "bin");

export const benchPython = join(programs, process.platform === "win32" ? "python.exe" : "python");
export const cqlsh = join(programs, process.platform === "win32" ? "cqlsh.exe" : "cqlsh");
export const dsbulkJars = join(benchDirectory, "dsbulk");
export const pythonSource = (name: string) => join(sources, "python", name);

export async function installPeers(): Promise<void> {
  mkdirSync(benchDirectory, { recursive: true });
  const requirements = join(sources, "requirements.txt");
  await once(venv, requirements, "Install cqlsh, pandas and DuckDB", async (news) => {
    await run(news, findPython(), ["-m", "venv", "--clear", venv]);
    await run(news, benchPython, [
      ...["-m", "pip", "install", "--require-hashes", "--prefer-binary", "--disable-pip-version-check"],
      ...["--progress-bar=off", "--timeout=60", "--retries=2", "-r", requirements],
    ]);
  });
  const lock = join(sources, "jgo.lock.toml");
  await once(dsbulkJars, lock, "Fetch DSBulk", (news) =>
    run(news, venvPython, [join(projectRoot, "tools", "setup", "fetch_jars.py"), lock, dsbulkJars]),
  );
}

/** Does `work` unless a stamp in the folder says that it was done with the same input. */
async function once(
  folder: string,
  input: string,
  title: string,
  work: (news: (text: string) => void) => Promise<void>,
): Promise<void> {
  const stamp = join(folder, ".sparkify-stamp");
  const expected = createHash("sha256").update(readFileSync(input)).update(folder).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === expected) return;
  await step(title, work);
  writeFileSync(stamp, expected);
}

async function run(news: (text: string) => void, program: string, args: string[]): Promise<void> {
  const { code, tail } = await runChild(program, args, { cwd: projectRoot, onLine: news });
  if (code !== 0) {
    throw new SparkifyError(
      `Something could not be installed. Check the network, and run the command again.\n${tail}`,
    );
  }
}
