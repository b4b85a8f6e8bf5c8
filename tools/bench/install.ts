// Installs what the project is compared with, below build/bench/.

import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { programOf, venvPython } from "../python.js";
import { installOnce, installPython, runInstaller } from "../setup/install-once.js";
import { benchDirectory } from "./data/data.js";

const sources = join(projectRoot, "tools", "bench");
const venv = join(benchDirectory, "venv");

export const benchPython = programOf(venv, "python");
export const cqlsh = programOf(venv, "cqlsh");
export const dsbulkJars = join(benchDirectory, "dsbulk");
export const pythonSource = (name: string) => join(sources, "python", name);

export async function installPeers(): Promise<void> {
  await installPython(venv, join(sources, "requirements.txt"), "Install cqlsh, pandas and DuckDB");
  const lock = join(sources, "jgo.lock.toml");
  await installOnce(dsbulkJars, lock, "Fetch DSBulk", (news) =>
    runInstaller(news, venvPython, [join(projectRoot, "tools", "setup", "fetch_jars.py"), lock, dsbulkJars]),
  );
}
