// Installs what the project is compared with, below build/bench/.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { venvPython } from "../python.js";
import { findPython } from "../setup/find-python.mjs";
import { installOnce, runInstaller } from "../setup/install-once.js";
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
  await installOnce(venv, requirements, "Install cqlsh, pandas and DuckDB", async (news) => {
    await runInstaller(news, findPython(), ["-m", "venv", "--clear", venv]);
    await runInstaller(news, benchPython, [
      ...["-m", "pip", "install", "--require-hashes", "--prefer-binary", "--disable-pip-version-check"],
      ...["--progress-bar=off", "--timeout=60", "--retries=2", "-r", requirements],
    ]);
  });
  const lock = join(sources, "jgo.lock.toml");
  await installOnce(dsbulkJars, lock, "Fetch DSBulk", (news) =>
    runInstaller(news, venvPython, [join(projectRoot, "tools", "setup", "fetch_jars.py"), lock, dsbulkJars]),
  );
}
