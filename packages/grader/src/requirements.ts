// Packages that a submission asks for: found without running anything of it, and installed where the reviewer permits that.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { uvSettings } from "@sparkify/base/install/uv-settings";
import { endProcessTree, startChild } from "@sparkify/base/processes";
import { programOf, venv, venvPython } from "@sparkify/base/python";
import { belongingsOf } from "./belongings.js";
import { foldersUp, readable } from "./files.js";
import { kernelPython } from "./install.js";
import { NotGradable } from "./notebook.js";
import { resource } from "./resources.js";
import type { Submission } from "./submissions.js";

/** What was installed for a submission. */
export interface Installed {
  /** Where Python finds it; undefined where nothing was installed. */
  folder?: string;
  names: string[];
  /** What could not be installed, each with the reason. */
  failed: { name: string; why: string }[];
}

/** A package, with versions and conditions, and nothing else: no option, address or path of the submission's is heeded. */
const requirement =
  /^([a-z\d](?:[\w.-]*[a-z\d])?)\s*(\[[\w\s,.-]*\])?\s*(\(?[<>=!~][\w\s.*+!<>=~,-]*\)?)?\s*(;[^#@]*)?$/i;

const listOf = String.raw`\[((?:\s|,|#[^\n]*|"[^"\n]*"|'[^'\n]*')*)\]`;
const dependencies = new RegExp(String.raw`\b(?:dependencies|install_requires)\s*=\s*${listOf}`, "g");

const mostRequirements = 200;
/** In seconds, of all packages of a submission. */
const longest = 300;

/** How names are compared: as the registry does. */
const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");
const nameIn = (line: string) => plain(requirement.exec(line)?.[1] ?? "");

/** What the grader's own requirements name, without their hashes. */
function own(): string[] {
  return readFileSync(resource("requirements.txt"), "utf8")
    .split("\n")
    .filter((line) => /^[a-z\d]/i.test(line))
    .map((line) => line.replace(/\s*\\$/, ""));
}

/**
 * What a submission asks for and the grader does not have, as lines of a requirements file: of requirements.txt, pyproject.toml
 * and setup.py up to its top, and of `pip install` in its cells.
 * @param commands what its source gives to a shell, where that is known already
 */
export function requirementsOf(submission: Submission, commands = commandsOf(submission)): string[] {
  const { folder, top } = submission;
  const found: string[] = [];
  for (const at of foldersUp(folder, top)) {
    const read = (name: string) => readable(join(at, name));
    found.push(...read("requirements.txt").replaceAll("\\\n", " ").split("\n"));
    for (const text of [read("pyproject.toml"), read("setup.py")])
      for (const [, list = ""] of text.matchAll(dependencies))
        found.push(...[...list.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map(([, a, b]) => a ?? b ?? ""));
  }
  for (const command of commands)
    for (const [, words = ""] of command.matchAll(/\bpip3?\s+install\s+([^;&|\n]+)/g))
      found.push(...words.replace(/(^|\s)-(r|c|i|f|t|-\w[\w-]*url)[\s=]+\S+/g, " ").split(/\s+/));
  const has = new Set(own().map((line) => plain(/^[\w.-]+/.exec(line)?.[0] ?? "")));
  const lines = found.map((line) =>
    line
      .replace(/(^|\s)#.*/, "")
      .replace(/["']/g, (sign) => (line.includes(";") ? sign : ""))
      .trim(),
  );
  return [...new Set(lines)]
    .filter((line) => requirement.test(line) && !/\.(whl|zip|gz|txt)$/.test(line) && !has.has(nameIn(line)))
    .slice(0, mostRequirements);
}

/** What its source gives to a shell. */
function commandsOf(submission: Submission): string[] {
  try {
    return belongingsOf(submission).program.commands;
  } catch (error) {
    if (error instanceof NotGradable) return []; // it says so when it is graded
    throw error;
  }
}

/**
 * Installs them for one submission, into a folder that is fresh. Only ready-made packages are taken, so that nothing of them is
 * run here; what the grader has too stays of the grader's version.
 */
export async function installRequirements(requirements: string[], folder: string): Promise<Installed> {
  if (requirements.length === 0) return { names: [], failed: [] };
  mkdirSync(folder, { recursive: true });
  const constraints = join(folder, "constraints.txt");
  writeFileSync(constraints, own().join("\n"));
  const target = join(folder, "packages");
  const until = Date.now() + longest * 1000;
  const whyNot = (lines: string[]) => install(lines, target, constraints, until);
  if ((await whyNot(requirements)) === undefined) return { folder: target, names: requirements, failed: [] };
  // One of them is not to be had: the others are.
  const installed: Installed = { names: [], failed: [] };
  for (const name of requirements) {
    const why = await whyNot([name]);
    if (why === undefined) installed.names.push(name);
    else installed.failed.push({ name, why });
  }
  return installed.names.length > 0 ? { ...installed, folder: target } : installed;
}

/** By uv; by pip where there is no uv, or pip has a setting that uv cannot be told. @returns why it failed */
async function install(
  requirements: string[],
  target: string,
  constraints: string,
  until: number,
): Promise<string | undefined> {
  const left = until - Date.now();
  if (left <= 0) return `the packages of a submission may take ${longest} s`;
  const uv = programOf(venv, "uv");
  const settings = existsSync(uv) ? uvSettings(venvPython) : undefined;
  const options = ["--only-binary=:all:", "--target", target, "--constraint", constraints, ...requirements];
  const [program, ...args] = settings
    ? [uv, "pip", "install", "--quiet", "--color=never", "--python", kernelPython, ...options]
    : [kernelPython, "-m", "pip", "install", "--progress-bar=off", ...options];
  const child = startChild(program as string, args, {
    cwd: dirname(target), // nothing of the submission's is in reach
    env: childEnvironment(["registries"], settings ?? {}),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2000);
  });
  const deadline = setTimeout(() => void endProcessTree(child, 0), left);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  clearTimeout(deadline);
  if (code === 0) return undefined;
  return said.replaceAll(/\s+/g, " ").trim() || `the installer ended with ${code}`;
}
