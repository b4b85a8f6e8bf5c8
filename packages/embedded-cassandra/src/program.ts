// Cassandra's program: where its Java and its jars are, and how they get there.

import { existsSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import * as installers from "@sparkify/base/install/installers";
import { install } from "./install.mjs";

export interface Program {
  /** A virtual environment of Python with the packages of requirements.txt: they bring Java. */
  venv: string;
  /** The folder of Cassandra's jars. */
  jars: string;
}

/** Where {@link installCassandra} puts the program. */
export const programIn = (folder = ".cassandra"): Program => ({
  venv: resolve(folder, "java"),
  jars: resolve(folder, "lib"),
});

/**
 * Installs Java and Cassandra into a folder, some 180 MB; what is there is checked, and repaired. Needs Python 3.10 or newer.
 * @param folder that it may fill. @default .cassandra in the working directory
 * @returns what {@link EmbeddedCassandra} takes as its program
 * @throws SparkifyError with the reason: no Python, no network, a full disk
 * @example const node = new EmbeddedCassandra({ directory: "data", program: await installCassandra("program") });
 */
export async function installCassandra(folder = ".cassandra"): Promise<Program> {
  const program = programIn(folder);
  await install(installers, { ...program, root: resolve(folder) });
  return program;
}

/** Java's class path. */
export function classPath(jars: string): string {
  if (!existsSync(jars))
    throw new SparkifyError(`Cassandra is not installed in ${jars}: installCassandra() does that.`);
  return readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(delimiter);
}
