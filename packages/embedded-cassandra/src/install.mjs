// Installs Java and Cassandra. Plain JavaScript without packages, which gets the installers of @sparkify/base passed: the
// project's own set-up calls it before anything is installed or compiled.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const resource = (/** @type {string} */ name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * @typedef {object} Places
 * @property {string} venv gets the Python packages, of which one is a Java runtime
 * @property {string} jars gets Cassandra
 * @property {string} root has locks and logs of the installation
 * @property {string} [requirements] what else belongs in the virtual environment, with all that the package's own file names
 * @property {string} [title] of the step that installs it
 */

/**
 * @param {Pick<typeof import("@sparkify/base/install/installers"), "installJars" | "installPython">} installers
 * @param {Places} places
 */
export async function install({ installJars, installPython }, places) {
  const { venv, jars, root, requirements = resource("requirements.txt"), title = "Install Java" } = places;
  await installPython(title, venv, requirements, { builds: "--only-binary=:all:", root });
  await installJars("Fetch Apache Cassandra", jars, resource("jgo.lock.toml"), {
    venv,
    root,
    before: () => rmSync(join(jars, "cassandra.jsa"), { force: true }), // an archive of other jars' classes
  });
}
