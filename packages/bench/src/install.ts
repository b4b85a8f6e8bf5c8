// Installs what the project is compared with, below build/bench/.

import { join } from "node:path";
import { installJars, installPython } from "@sparkify/base/install/installers";
import { programOf } from "@sparkify/base/python";
import { installSpark } from "@sparkify/spark";
import { environmentSettings } from "@sparkify/spark/command";
import { benchDirectory } from "./data/data.js";

const sources = join(import.meta.dirname, "..");
const venv = join(benchDirectory, "venv");

export const benchPython = programOf(venv, "python");
export const cqlsh = programOf(venv, "cqlsh");
export const dsbulkJars = join(benchDirectory, "dsbulk");
export const pythonSource = (name: string) => join(sources, "python", name);

/** The lists of what is installed. */
export const source = (name: string) => join(sources, name);

export async function installPeers({ withSpark }: { withSpark: boolean }): Promise<void> {
  await installPython("Install cqlsh, pandas and DuckDB", venv, join(sources, "requirements.txt"));
  await installJars("Fetch DSBulk", dsbulkJars, join(sources, "jgo.lock.toml"));
  // The job would do it itself, in the time that is measured.
  if (withSpark) await installSpark([], environmentSettings().home);
}
