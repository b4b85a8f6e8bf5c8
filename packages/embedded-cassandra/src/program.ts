// Cassandra's program: where its Java and its jars are, and how they get there.

import { existsSync, readdirSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SparkifyError } from "@sparkify/base/errors";
import * as installers from "@sparkify/base/install/installers";
import { wrongJar } from "@sparkify/base/install/jar-hashes";
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

const lock = fileURLToPath(new URL("../jgo.lock.toml", import.meta.url));

/**
 * Java's class path. All jars are hashed: they are about to be loaded, and beside a start that is nothing.
 * @throws SparkifyError where one is missing, or another than the lock file names
 */
export function classPath(jars: string): string {
  if (!existsSync(jars))
    throw new SparkifyError(`Cassandra is not installed in ${jars}: installCassandra() does that.`);
  const wrong = wrongJar(jars, lock);
  if (wrong !== undefined)
    throw new SparkifyError(
      `Cassandra is not started: ${wrong}. Delete the folder ${jars}; the next command, or installCassandra(), fetches it anew.`,
      { where: { file: jars } },
    );
  return readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(delimiter);
}
