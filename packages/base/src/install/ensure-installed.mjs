// Installs something unless it is there, whole, and made from the same inputs. One process installs at a time; the others
// wait for it and find it done.

import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { SparkifyError } from "../errors.mjs";
import { withLock } from "../lock.mjs";
import { root as projectRoot } from "../root.mjs";
import { step } from "./step.mjs";

/**
 * @typedef {object} Installation
 * @property {string} title what is done, for the reader
 * @property {string} folder what is installed; it may be deleted by hand at any time
 * @property {string} [root] the folder that gets the lock, in build/locks, where it is not the project
 * @property {string[]} inputs files that say what belongs in it: when one changes, it is installed anew
 * @property {string[]} [facts] other things that it depends on
 * @property {() => string[]} entries the paths of what was installed: each must be there later on, every file as large as it was
 * @property {() => string | undefined} [fault] why the installed program does not work
 * @property {(news: (text: string) => void) => Promise<void>} install
 */

/**
 * @param {Installation} installation
 * @throws SparkifyError where it cannot be installed, or does not work afterwards
 */
export async function ensureInstalled(installation) {
  if (stateOf(installation) === "whole") return;
  const { title, folder, root = projectRoot } = installation;
  await withLock(
    join(root, "build", "locks", relative(root, folder).replaceAll(/[/\\]/g, "-")),
    async () => {
      const state = stateOf(installation);
      if (state === "whole") return;
      if (typeof state === "object") console.log(`  ${title}: repaired, because ${state.fault}`);
      rmSync(stampOf(folder), { force: true });
      await step(title, installation.install);
      const fault = installation.fault?.();
      if (fault) throw new SparkifyError(`${title}: installed, but ${fault}. The folder is ${folder}.`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(
        stampOf(folder),
        JSON.stringify({ inputs: hashOf(installation), entries: listed(installation) }),
      );
    },
    (holder) => console.log(`… ${title}: process ${holder} does it already, waiting for it`),
  );
}

/** @param {string} folder */
const stampOf = (folder) => join(folder, ".sparkify-stamp");

/**
 * @param {Installation} installation
 * @returns {"whole" | "missing" | { fault: string }} a fault where it was whole once, from these inputs
 */
function stateOf(installation) {
  const stamp = readStamp(stampOf(installation.folder));
  if (stamp?.inputs !== hashOf(installation)) return "missing";
  const now = listed(installation);
  for (const [path, size] of Object.entries(stamp.entries)) {
    if (!(path in now)) return { fault: `${path} is missing` };
    if (now[path] !== size) return { fault: `${path} has ${now[path]} bytes and had ${size}` };
  }
  const fault = installation.fault?.();
  return fault ? { fault } : "whole";
}

/** @param {string} file @returns {{ inputs: string, entries: Record<string, number> } | undefined} */
function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // none, half of one, or an earlier release's
  }
}

/** @param {Installation} installation */
function hashOf({ inputs, facts = [] }) {
  const hash = createHash("sha256");
  for (const input of inputs) hash.update(readFileSync(input));
  for (const fact of facts) hash.update(fact);
  return hash.digest("hex");
}

/**
 * @param {Installation} installation
 * @returns {Record<string, number>} sizes by path; of folders 0
 */
function listed({ entries }) {
  const sizes = entries().map((path) => {
    const found = lstatSync(path);
    return [path, found.isFile() ? found.size : 0];
  });
  return Object.fromEntries(sizes);
}

/**
 * The paths of a folder's entries, none where there is no such folder.
 * @param {string} folder
 * @param {(name: string) => boolean} [wanted]
 */
export function entriesOf(folder, wanted = (name) => !name.startsWith(".")) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(wanted)
    .map((name) => join(folder, name));
}
