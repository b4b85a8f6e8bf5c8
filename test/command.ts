// Runs the project's own commands as a reader would, and notebooks made for a test.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installNpmPackages } from "@sparkify/base/install/installers";
import { withLock } from "@sparkify/base/lock";
import { projectRoot, readEmbeddedNode, workDirectory } from "@sparkify/lib";
// Not the whole grader: it loads much, and most tests load this file.
import { whyNoSandbox } from "../packages/grader/src/sandbox.js";

/** Whether the long forms are run (npm run soak), of which npm test has short ones. */
export const isSoak = process.env.SOAK === "1";
/** For `skip`: the reason where only npm run soak has the test. */
export const longForm = isSoak ? false : "a long form, which npm run soak has";

export interface Ended {
  code: number | null;
  /** Standard output and standard error together. */
  output: string;
}

export const startScript = join(projectRoot, "tools", "start.mjs");

/** For `skip`: what the reader of a summary is told where there is no sandbox. */
const whyNot = whyNoSandbox(process.env);
export const noSandbox = whyNot === undefined ? false : `no sandbox: ${whyNot}`;

/** Runs `npm run <command>` without npm. */
export function runCommand(
  args: string[],
  env: NodeJS.ProcessEnv = {},
  { node = process.execPath, nodeArgs = [] as string[] } = {},
): Promise<Ended> {
  return runProgram(node, [...nodeArgs, startScript, ...args], env);
}

export function runProgram(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  cwd = projectRoot,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
}

/** The contact point of the tests' own node. */
export const embedded = () => `127.0.0.1:${readEmbeddedNode()?.port}`;

/** For work during which the kernel is registered with another Node, or cannot be registered: one at a time. */
export const registeringKernel = <Result>(work: () => Promise<Result>): Promise<Result> =>
  withLock(join(projectRoot, "build", "locks", "tests-kernel"), work);

/** A new folder below the tests' work directory, where the project's packages can be imported. */
export function newFolder(name: string): string {
  mkdirSync(workDirectory, { recursive: true });
  return mkdtempSync(join(workDirectory, `${name}-`));
}

/** Installs the newest Node, which a package of this platform brings. @returns its program */
export async function installNode24(): Promise<string> {
  const folder = join(projectRoot, "build", "node-24");
  await installNpmPackages("Install Node 24", join(projectRoot, "test", "node-24"), folder);
  const windows = process.platform === "win32";
  const name = `node-${windows ? "win" : process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin", windows ? "node.exe" : "node");
  const { output } = await runProgram(node, ["--version"]);
  assert.match(output, /^v24\./);
  return node;
}

/** Writes a notebook of the given code cells. @returns its path */
export function writeNotebook(folder: string, name: string, cells: string[]): string {
  const path = join(folder, `${name}.ipynb`);
  const notebook = {
    cells: cells.map((source, index) => ({
      cell_type: "code",
      id: `cell-${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  writeFileSync(path, JSON.stringify(notebook));
  return path;
}

/** The command lines of running processes that have `text` in their environment or command line (Linux only). */
export const processesWith = (text: string): string[] =>
  ofProcesses((read, pid) => {
    const commandLine = read("cmdline").replaceAll("\0", " ");
    return pid !== process.pid && (commandLine + read("environ")).includes(text) ? [commandLine] : [];
  });

/** What is found in the files below /proc of each process. */
export function ofProcesses<Found>(look: (read: (file: string) => string, pid: number) => Found[]): Found[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return look((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"), Number(pid));
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
