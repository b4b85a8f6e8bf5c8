// Installs everything the project needs beyond Node and Python, inside the project: npm packages, the
// compiled code, a Python virtual environment with JupyterLab and a Java runtime, Cassandra's jars, and the
// kernel's registration. Each step leaves a stamp when it is done, so that a second run skips it and a
// broken run goes on where it stopped.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild, SetupError } from "../processes.mjs";
import { findPython } from "./find-python.mjs";
import { step } from "./step.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = join(root, "tools", "setup");
const venv = join(root, ".venv");
const venvPython =
  process.platform === "win32" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
const log = join(root, "out", "setup.log");

/** Brings the project to the state in which every command works. */
export async function setUp() {
  try {
    mkdirSync(dirname(log), { recursive: true });
  } catch (error) {
    throw new SetupError(
      `The folder ${dirname(log)} cannot be made: ${/** @type {Error} */ (error).message}`,
    );
  }
  // Side by side. Where one fails the other still comes to its end, and the next run has less to do.
  const done = await Promise.allSettled([
    installNpmPackages().then(compile),
    installPythonPackages().then(fetchCassandra),
  ]);
  for (const it of done) if (it.status === "rejected") throw it.reason;
  registerKernel();
}

async function installNpmPackages() {
  const inputs = ["package.json", "package-lock.json", "lib/package.json"].map((file) => join(root, file));
  await once(
    join(root, "node_modules", ".sparkify-stamp"),
    inputs,
    [],
    "Install the npm packages",
    async (news) => {
      await run(news, process.execPath, [
        npmCli(),
        "ci",
        "--loglevel=http",
        "--prefer-offline",
        "--fetch-retries=2",
        "--fetch-timeout=60000",
      ]);
    },
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
  if (!found) throw new SetupError("npm was not found beside Node. Start the command through npm: npm start");
  return found;
}

/** The compiler itself knows what is up to date; a line is printed only when it has something to say. The tests are
 * compiled by `npm test`, so that they cannot keep the other commands from running. */
async function compile() {
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  const { code, tail } = await runChild(process.execPath, [compiler, "-b", "lib", "tools"], { cwd: root });
  if (code !== 0) throw new SetupError(`The TypeScript code does not compile:\n${tail}`);
}

async function installPythonPackages() {
  const requirements = join(here, "requirements.txt");
  await once(
    join(venv, ".sparkify-stamp"),
    [requirements],
    [root],
    "Install JupyterLab and Java",
    async (news) => {
      const python = findPython();
      // From scratch: an interrupted run or a moved folder leaves half of one behind. pip's cache keeps it short.
      await run(news, python, ["-m", "venv", "--clear", venv]);
      await run(news, venvPython, [
        ...["-m", "pip", "install", "--require-hashes", "--only-binary=:all:", "--disable-pip-version-check"],
        ...["--progress-bar=off", "--timeout=60", "--retries=2", "-r", requirements],
      ]);
    },
  );
}

async function fetchCassandra() {
  const lock = join(here, "jgo.lock.toml");
  const jars = join(root, ".cassandra", "lib");
  await once(join(jars, ".sparkify-stamp"), [lock], [], "Fetch Apache Cassandra", async (news) => {
    rmSync(join(jars, "cassandra.jsa"), { force: true }); // an archive of other jars' classes
    await run(news, venvPython, [join(here, "fetch_jars.py"), lock, jars]);
  });
}

/** Jupyter starts the kernel from anywhere, so the registration names Node and tslab by their full paths. */
function registerKernel() {
  const spec = {
    argv: [
      process.execPath,
      "--require",
      join(root, "tools", "run", "kernel-timers.cjs"),
      join(root, "node_modules", "tslab", "bin", "tslab"),
      "kernel",
      "--config-path",
      "{connection_file}",
    ],
    display_name: "TypeScript",
    language: "typescript",
  };
  const folder = join(venv, "share", "jupyter", "kernels", "tslab");
  const file = join(folder, "kernel.json");
  const text = `${JSON.stringify(spec, null, 2)}\n`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, text);
}

/**
 * Does `work` unless its stamp says that it was done with the same input files and facts.
 * @param {string} stamp
 * @param {string[]} inputs
 * @param {string[]} facts
 * @param {string} title
 * @param {(news: (text: string) => void) => Promise<void>} work
 */
async function once(stamp, inputs, facts, title, work) {
  const hash = createHash("sha256");
  for (const input of inputs) hash.update(readFileSync(input));
  for (const fact of facts) hash.update(fact);
  const expected = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === expected) return;
  rmSync(stamp, { force: true });
  await step(title, work);
  writeFileSync(stamp, expected);
}

/**
 * @param {(text: string) => void} news
 * @param {string} program
 * @param {string[]} args
 */
async function run(news, program, args) {
  const { code, tail } = await runChild(program, args, { cwd: root, onLine: news, log });
  if (code !== 0) throw new SetupError(`${explain(tail)}\n\n${tail}\n\nThe whole output is in ${log}`);
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
