// Runs the project's own commands as a reader would, and notebooks made for a test.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, workDirectory } from "@sparkify/lib";

export interface Ended {
  code: number | null;
  /** Standard output and standard error together. */
  output: string;
}

export const startScript = join(projectRoot, "tools", "start.mjs");

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

/** A new folder below the tests' work directory, where the project's packages can be imported. */
export function newFolder(name: string): string {
  mkdirSync(workDirectory, { recursive: true });
  return mkdtempSync(join(workDirectory, `${name}-`));
}

/** Writes a notebook of the given code cells. @returns its path */
export function writeNotebook(folder: string, name: string, cells: string[]): string {
  const path = join(folder, `${name}.ipynb`);
  const notebook = {
    cells: cells.map((source, index) => ({
      ...{ cell_type: "code", id: `cell-${index}`, metadata: {}, execution_count: null, outputs: [] },
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
export function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        const all = commandLine + readFileSync(`/proc/${pid}/environ`, "utf8");
        return all.includes(text) ? [commandLine] : [];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}
