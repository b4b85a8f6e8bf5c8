// npm, pip and the fetcher of jars, each run so that the user's settings for other projects do not matter.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { childEnvironment } from "../environment.mjs";
import { SparkifyError } from "../errors.mjs";
import { writableFolder } from "../private-folder.mjs";
import { runChild } from "../processes.mjs";
import { programOf, venvPython } from "../python.mjs";
import { root } from "../root.mjs";
import { ensureInstalled, entriesOf } from "./ensure-installed.mjs";
import { findPython } from "./find-python.mjs";

/**
 * Installs what a package.json and its package-lock.json name.
 * @param {string} title
 * @param {string} source the folder that holds them
 * @param {string} [folder] gets `node_modules`
 * @param {string[]} [more] further files that say what is to be installed
 */
export function installNpmPackages(title, source, folder = source, more = []) {
  const modules = join(folder, "node_modules");
  const inputs = ["package.json", "package-lock.json"].map((name) => join(source, name));
  return ensureInstalled({
    title,
    folder: modules,
    inputs: [...inputs, ...more],
    entries: () =>
      [modules, ...entriesOf(modules, (name) => name.startsWith("@"))].flatMap((it) => entriesOf(it)),
    install: async (news) => {
      mkdirSync(folder, { recursive: true });
      if (folder !== source) for (const input of inputs) copyFileSync(input, join(folder, basename(input)));
      // No package's script is run, and the development packages come whatever NODE_ENV or the user's .npmrc say.
      const args = [
        npmCli(),
        "ci",
        "--ignore-scripts",
        "--include=dev",
        "--include=optional",
        "--loglevel=http",
        "--prefer-offline",
        "--fetch-retries=2",
        "--fetch-timeout=60000",
      ];
      await run(news, process.execPath, args, { cwd: folder });
    },
  });
}

/**
 * A virtual environment with the packages of a requirements file, each with its hash.
 * @param {string} title
 * @param {string} venv
 * @param {string} requirements
 * @param {"--only-binary=:all:" | "--prefer-binary"} [builds] whether packages may be built here
 */
export function installPython(title, venv, requirements, builds = "--prefer-binary") {
  return ensureInstalled({
    title,
    folder: venv,
    inputs: [requirements],
    facts: [venv], // its programs hold their own path
    entries: () => sitePackages(venv).flatMap((it) => entriesOf(it, (name) => name !== "__pycache__")),
    fault: () => {
      const python = programOf(venv, "python");
      const { error, status, stderr } = spawnSync(python, ["-c", "import pip"], {
        encoding: "utf8",
        windowsHide: true,
      });
      if (error) return `${python} cannot be started (${error.message})`;
      return status === 0 ? undefined : `${python} does not work (${stderr.trim().split("\n").at(-1)})`;
    },
    install: async (news) => {
      mkdirSync(dirname(venv), { recursive: true });
      // From scratch: an interrupted run or a moved folder leaves half of one behind. pip's cache keeps it short.
      await run(news, findPython(), ["-m", "venv", "--clear", venv]);
      await run(news, programOf(venv, "python"), [
        "-m",
        "pip",
        "install",
        "--require-hashes",
        builds,
        "--disable-pip-version-check",
        "--progress-bar=off",
        "--timeout=60",
        "--retries=2",
        "-r",
        requirements,
      ]);
    },
  });
}

/**
 * The jars that a jgo lock file names.
 * @param {string} title
 * @param {string} folder
 * @param {string} lock
 * @param {() => void} [before] done before they change
 */
export function installJars(title, folder, lock, before = () => {}) {
  return ensureInstalled({
    title,
    folder,
    inputs: [lock],
    entries: () => entriesOf(folder, (name) => name.endsWith(".jar")),
    install: async (news) => {
      before();
      await run(news, venvPython, [
        join(root, "packages", "embedded-cassandra", "fetch_jars.py"),
        lock,
        folder,
      ]);
    },
  });
}

/** @param {string} venv */
function sitePackages(venv) {
  if (process.platform === "win32") return [join(venv, "Lib", "site-packages")];
  return entriesOf(join(venv, "lib"), (name) => name.startsWith("python")).map((it) =>
    join(it, "site-packages"),
  );
}

/** npm tells the scripts it starts where its own program is; that also works where `npm` is a .cmd file. */
function npmCli() {
  const fromNpm = process.env.npm_execpath;
  if (fromNpm && basename(fromNpm).startsWith("npm")) return fromNpm;
  const prefix = dirname(process.execPath);
  const places = [
    join(prefix, "node_modules", "npm", "bin", "npm-cli.js"),
    join(prefix, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const found = places.find((place) => existsSync(place));
  if (!found)
    throw new SparkifyError("npm was not found beside Node. Start the command through npm: npm start");
  return found;
}

/**
 * Runs an installer.
 * @param {(text: string) => void} news gets each line
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @throws SparkifyError with its last lines where it fails
 */
export async function run(news, program, args, { cwd = root, env = {} } = {}) {
  const log = join(writableFolder(join(root, "out")), "setup.log");
  const { code, tail } = await runChild(program, args, {
    cwd,
    // Outside a virtual environment pip would install for the user where a setting says so, and fail inside.
    env: childEnvironment(["registries"], { PIP_USER: "0", ...env }),
    onLine: news,
    log,
  });
  if (code !== 0) throw new SparkifyError(`${explain(tail)}\n\n${tail}\n\nThe whole output is in ${log}`);
}

/** @param {string} output what a failed installer printed last */
function explain(output) {
  if (/ENOSPC|No space left on device|Errno 28/.test(output)) {
    return "The disk is full. Free about 1 GB and run the command again: it goes on where it stopped.";
  }
  if (
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET|network|timed out|Max retries|NewConnectionError|ConnectionError/i.test(
      output,
    )
  ) {
    return (
      "A package registry does not answer. Check the network, or the proxy and mirror settings of npm and pip, " +
      "and run the command again: it goes on where it stopped."
    );
  }
  return "An installation step failed. Its last lines were:";
}
