// npm, pip and the fetcher of jars, each run so that the user's settings for other projects do not matter.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { childEnvironment, surroundings } from "../environment.mjs";
import { SparkifyError } from "../errors.mjs";
import { writableFolder } from "../private-folder.mjs";
import { runChild } from "../processes.mjs";
import { programOf, venv as projectVenv, venvPython } from "../python.mjs";
import { root as projectRoot } from "../root.mjs";
import { ensureInstalled, entriesOf } from "./ensure-installed.mjs";
import { findPython } from "./find-python.mjs";
import { wrongJarSince } from "./jar-hashes.mjs";
import { uvSettings } from "./uv-settings.mjs";

/**
 * Installs what a package.json and its package-lock.json name.
 * @param {string} title
 * @param {string} source the folder that holds them
 * @param {string} [folder] gets `node_modules`
 * @param {string[]} [more] further files that say what is to be installed
 * @param {string} [root] the folder for locks and logs, where it is not the project
 */
export function installNpmPackages(title, source, folder = source, more = [], root = projectRoot) {
  const modules = join(folder, "node_modules");
  const inputs = ["package.json", "package-lock.json"].map((name) => join(source, name));
  return ensureInstalled({
    title,
    folder: modules,
    root,
    inputs: [...inputs, ...more],
    entries: () =>
      [modules, ...entriesOf(modules, (name) => name.startsWith("@"))].flatMap((it) => entriesOf(it)),
    install: async (news) => {
      mkdirSync(folder, { recursive: true });
      if (folder !== source) for (const input of inputs) copyFileSync(input, join(folder, basename(input)));
      // No package's script is run, and the development packages come whatever NODE_ENV or the user's .npmrc say. As JSON it
      // says the code of its failure.
      const args = [
        npmCli(),
        "ci",
        "--ignore-scripts",
        "--json",
        "--include=dev",
        "--include=optional",
        "--loglevel=http",
        "--prefer-offline",
        "--fetch-retries=2",
        "--fetch-timeout=60000",
      ];
      await run(news, process.execPath, args, { cwd: folder, root, causeOf: npmCause });
    },
  });
}

/**
 * A virtual environment with the packages of a requirements file, each with its hash.
 * @param {string} title
 * @param {string} venv
 * @param {string} requirements
 * @param {object} [options]
 * @param {"--only-binary=:all:" | "--prefer-binary"} [options.builds] whether packages may be built here
 * @param {string} [options.stored] a package that is built here, and whose files are not worth to be compressed for that
 * @param {string[]} [options.modules] imported once: what does not work is found now, and Python compiles what they need
 * @param {string} [options.root] the folder for locks and logs, where it is not the project
 */
export function installPython(
  title,
  venv,
  requirements,
  { builds = "--prefer-binary", stored, modules = [], root = projectRoot } = {},
) {
  const python = programOf(venv, "python");
  return ensureInstalled({
    title,
    folder: venv,
    root,
    inputs: [requirements],
    facts: [venv], // its programs hold their own path
    entries: () => sitePackages(venv).flatMap((it) => entriesOf(it, (name) => name !== "__pycache__")),
    fault: () => {
      const { error, status, stderr } = spawnSync(python, ["-c", "import encodings, ssl"], {
        encoding: "utf8",
        windowsHide: true,
      });
      if (error) return `${python} cannot be started (${error.message})`;
      return status === 0 ? undefined : `${python} does not work (${stderr.trim().split("\n").at(-1)})`;
    },
    install: async (news) => {
      mkdirSync(dirname(venv), { recursive: true });
      // From scratch: an interrupted run or a moved folder leaves half of one behind. The cache keeps it short.
      const hasUv = venv !== projectVenv && existsSync(projectUv);
      await run(news, findPython(), ["-m", "venv", "--clear", ...(hasUv ? ["--without-pip"] : []), venv], {
        root,
      });
      if (!(await installWithUv(news, venv, requirements, { builds, stored, hasUv, root }))) {
        if (hasUv) await run(news, python, ["-m", "ensurepip"], { root });
        await runPip(news, python, [builds, "-r", requirements], root);
      }
      if (modules.length > 0) await run(news, python, ["-c", `import ${modules.join(", ")}`], { root });
    },
  });
}

/**
 * By uv, which takes a fifth of pip's time: it compiles nothing beforehand, and fetches side by side. pip, which is there
 * with every Python, installs it.
 * @param {(text: string) => void} news
 * @param {string} venv
 * @param {string} requirements
 * @param {{ builds: string, stored?: string | undefined, hasUv: boolean, root: string }} options with whether the project's uv is there
 * @returns {Promise<boolean>} whether it is done; else pip is to do it: what pip finds, uv may not find
 */
async function installWithUv(news, venv, requirements, { builds, stored, hasUv, root }) {
  const python = programOf(venv, "python");
  const settings = uvSettings(hasUv ? venvPython : python);
  if (!settings) return false;
  const only = builds === "--prefer-binary" ? [] : [builds];
  const args = ["pip", "install", "--python", python, "--require-hashes", ...only, "-r", requirements];
  if (stored) args.push("--config-settings-package", `${stored}:--build-option=--compression=stored`);
  try {
    if (!hasUv) await runPip(news, python, ["-r", uvRequirements], root);
    await run(news, hasUv ? projectUv : programOf(venv, "uv"), args, { root, env: settings });
    return true;
  } catch (error) {
    if (error instanceof SparkifyError && error.cause) throw error; // no network, no room: pip has neither
    return false;
  }
}

const projectUv = programOf(projectVenv, "uv");
const uvRequirements = fileURLToPath(new URL("uv.txt", import.meta.url));

/** @param {(text: string) => void} news @param {string} python @param {string[]} args @param {string} root */
function runPip(news, python, args, root) {
  const fixed = ["--disable-pip-version-check", "--progress-bar=off", "--timeout=60", "--retries=2"];
  const all = ["-m", "pip", "install", "--require-hashes", ...fixed, ...args];
  return run(news, python, all, { root, causeOf: pipCause });
}

/**
 * The jars that a jgo lock file names.
 * @param {string} title
 * @param {string} folder
 * @param {string} lock
 * @param {object} [options]
 * @param {() => void} [options.before] done before they change
 * @param {string} [options.venv] has the Python package jgo, where it is not the project's
 * @param {string} [options.root] the folder for locks and logs, where it is not the project
 */
export function installJars(title, folder, lock, { before, venv = projectVenv, root = projectRoot } = {}) {
  return ensureInstalled({
    title,
    folder,
    root,
    inputs: [lock],
    entries: () => entriesOf(folder, (name) => name.endsWith(".jar")),
    fault: () => wrongJarSince(folder, lock),
    install: async (news) => {
      before?.();
      const script = fileURLToPath(new URL("fetch_jars.py", import.meta.url));
      await run(news, programOf(venv, "python"), [script, lock, folder], { root, causeOf: fetchCause });
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
  const fromNpm = surroundings.npm;
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

/** @typedef {"disk" | "network" | undefined} Cause why an installer failed, where that is known */

/**
 * Runs an installer.
 * @param {(text: string) => void} news gets each line
 * @param {string} program
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.root] the folder for the log, where it is not the project
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {(ended: { code: number, tail: string, stdout: string }) => Cause} [options.causeOf]
 * @throws SparkifyError with its last lines where it fails
 */
export async function run(news, program, args, options = {}) {
  const { root = projectRoot, cwd = root, env = {}, causeOf = () => undefined } = options;
  const log = join(writableFolder(join(root, "out")), "setup.log");
  const ended = await runChild(program, args, {
    cwd,
    // Outside a virtual environment pip would install for the user where a setting says so, and fail inside.
    env: childEnvironment(["registries"], { PIP_USER: "0", ...env }),
    onLine: news,
    log,
  });
  if (ended.code === 0) return;
  const cause = causeOf(ended);
  const what = causes[cause ?? "other"];
  throw new SparkifyError(`${what}\n\n${ended.tail}\n\nThe whole output is in ${log}`, {
    where: { file: log },
    cause,
  });
}

const causes = {
  disk: "The disk is full. Free about 1 GB and run the command again: it goes on where it stopped.",
  network:
    "A package registry does not answer. Check the network, or the proxy and mirror settings of npm and pip, " +
    "and run the command again: it goes on where it stopped.",
  other: "An installation step failed. Its last lines were:",
};

/** @param {{ stdout: string }} ended @returns {Cause} */
function npmCause({ stdout }) {
  let code = "";
  try {
    ({ code } = JSON.parse(stdout).error);
  } catch {} // it was ended before it could say so
  if (code === "ENOSPC") return "disk";
  return /^(ENOTFOUND|ECONN[A-Z]+|ETIMEDOUT|EAI_AGAIN|E[A-Z]+UNREACH|E?[A-Z_]*(SOCKET|NETWORK|IDLE)[A-Z_]*)$/.test(
    code,
  )
    ? "network"
    : undefined;
}

/**
 * pip ends with the same exit code for everything: why stands in its words only.
 * @param {{ tail: string }} ended @returns {Cause}
 */
function pipCause({ tail }) {
  if (/No space left on device|Errno 28/.test(tail)) return "disk";
  return /Network is unreachable|timed out|Max retries|NewConnectionError|ConnectionError|ConnectionReset/i.test(
    tail,
  )
    ? "network"
    : undefined;
}

/** fetch_jars.py says it with its exit code. @param {{ code: number }} ended @returns {Cause} */
const fetchCause = ({ code }) => /** @type {Record<number, Cause>} */ ({ 74: "disk", 69: "network" })[code];
