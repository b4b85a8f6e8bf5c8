// Runs a submission's notebooks in its copy, and keeps what happened cell by cell.

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { markedProcesses } from "@sparkify/base/guard/marked";
import { messageIn } from "@sparkify/base/messages";
import { endProcessTree, signal, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { type Copy, isIntact, settingsFolder } from "./copy.js";
import { clearedEnvironment, kernels } from "./kernels.js";
import { codeCells, NotGradable } from "./notebook.js";
import { resource } from "./resources.js";
import { cageUser, inCage } from "./sandbox.js";
import { type OuterLimits, Watch, type WatchedDatabase } from "./watch.js";

/** What became of a code cell. */
export interface CellResult {
  /** The notebook's place in the submission, from 0. */
  notebook: number;
  /** The code cell's number, from 1. */
  number: number;
  /** When it ended, in milliseconds since 1970. */
  ended: number;
  seconds: number;
  /** The limit that was passed, or what became of the kernel. */
  problem: string | null;
  error: { name: string; message: string; trace: string } | null;
  /** What it printed, as text. */
  output: string;
  /** What it showed, text and HTML. */
  shown: string;
  /** Characters of output that were not kept. */
  cut: number;
}

/** What became of a run. */
export interface RunResult {
  cells: CellResult[];
  seconds: number;
  /** Where the run ended before the last cell: the reason. */
  stopped?: string;
}

/** In which surroundings submissions run. */
export interface RunSettings {
  /** The program that makes the sandbox; undefined where they run without one. */
  bubblewrap?: string | undefined;
  /** The socket that leads a sandbox to its Cassandra. */
  gate?: string | undefined;
  /** Of the reviewer's variables those without which no program starts. */
  system: NodeJS.ProcessEnv;
  /** Its Cassandra, while which starts the kernel does too. No cell is run before it is there. */
  database?: Promise<WatchedDatabase> | undefined;
  /** Of a submission, in seconds. */
  timeout: number;
  /** Of a cell, in seconds. */
  cellTimeout: number;
}

const megabyte = 2 ** 20;

/** What a submission may use. */
export const limits = {
  memory: 2048 * megabyte,
  processes: 64,
  disk: 512 * megabyte,
  /** Characters of a cell after which it is interrupted. */
  output: 64 * megabyte,
  /** Characters of a cell that are kept. */
  cellOutput: 200_000,
};

/** What is looked after from outside: more of each, since the runner can say at which cell its limits were passed. */
const outerLimits: OuterLimits = {
  memory: 1.25 * limits.memory,
  processes: 1.5 * limits.processes,
  threads: 1024,
  disk: 1.25 * limits.disk,
  files: 20_000,
  database: 1024 * megabyte,
  audit: 256 * megabyte,
  silence: 60,
};

/** How often it is looked, in milliseconds. */
const lookEvery = 500;

/** Characters of a message of the runner: a cell's output twice, in JSON. */
const longestMessage = 16 * limits.cellOutput;

/** Lines that are not too long; a submission may have found a way to write here too. */
async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.setEncoding("utf8")) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter((line) => line.length <= longestMessage);
    if (rest.length > longestMessage) rest = "";
  }
}

/** Ends what a submission has started and left, known by its home: without a sandbox nothing else ends it. */
function endLeftProcesses(home: string): void {
  for (let tries = 0; tries < 20; tries++) {
    const left = markedProcesses(`HOME=${join(home, "home")}`);
    for (const pid of left) signal(pid, "SIGKILL");
    if (left.length === 0) return;
  }
}

/** What the runner says, see run_submission.py. */
type RunnerEvent =
  | { event: "starts"; notebook: number; cell: number; cells: number }
  | ({ event: "ended" } & CellResult)
  | { event: "not started"; notebook: number; message: string }
  | { event: "stopped"; notebook: number; cell: number; problem: string }
  | { event: "alive" }
  | { event: "done" };

/**
 * Runs all notebooks of the copy, one after the other.
 * @param onCell is told of each cell that starts
 * @throws NotGradable where a kernel does not start
 */
export async function runSubmission(
  copy: Copy,
  settings: RunSettings,
  onCell: (cell: number, cells: number) => void = () => {},
): Promise<RunResult> {
  const begun = performance.now();
  const { child, ended } = startRunner(copy, settings);
  // The runner keeps the limits; this is for a submission that keeps the runner from doing so.
  let passed: string | undefined;
  const endFor = (limit: string) => {
    passed ??= limit;
    void endProcessTree(child, 0);
  };
  const deadline = setTimeout(() => endFor("the notebook's time limit"), (settings.timeout + 90) * 1000);
  const isCaged = settings.bubblewrap !== undefined;
  const watch = new Watch({ pid: child.pid ?? 0, isCaged, folder: copy.home }, outerLimits);
  const looking = setInterval(() => {
    const limit = watch.look();
    if (limit !== undefined) endFor(limit);
  }, lookEvery);
  if (!child.stdout) throw new Error("no output from the runner");
  child.stdin?.on("error", () => {}); // it has ended; its exit code says why
  settings.database?.then(
    (database) => {
      watch.add(database);
      child.stdin?.end();
    },
    () => void endProcessTree(child, 0), // who asks for the run is told by its own promise
  );
  if (settings.database === undefined) child.stdin?.end();
  const { result, noKernel, isDone, lastCell } = await readEvents(child.stdout, onCell, () => watch.hear());
  const { code, complaints } = await ended;
  clearTimeout(deadline);
  clearInterval(looking);
  await endProcessTree(child, 0);
  if (!isCaged) endLeftProcesses(copy.home);
  await settings.database;
  if (!isIntact(copy))
    throw new NotGradable("The submission has put something else in the place of its own folders.");
  result.seconds = Math.round((performance.now() - begun) / 100) / 10;
  if (noKernel && result.cells.length === 0) throw new NotGradable(`The kernel did not start: ${noKernel}`);
  if (!isDone) {
    if (result.cells.length === 0 && passed === undefined)
      throw new NotGradable(`The run ended before its first cell (code ${code}). ${complaints.trim()}`);
    result.stopped ??=
      passed === undefined
        ? `the run was ended by the submission (code ${code})`
        : `${lastCell === undefined ? "" : `at code cell ${lastCell}: `}${passed}`;
  }
  return result;
}

/** Starts the runner, in the sandbox where there is one. */
function startRunner(copy: Copy, settings: RunSettings) {
  const folder = settingsFolder(copy);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "run.json");
  writeFileSync(file, JSON.stringify(runnerSettings(copy, settings)));
  const { bubblewrap } = settings;
  const command = [venvPython, "-I", "-X", "utf8", resource("python/run_submission.py"), file];
  const { aliases, packages } = copy;
  const cage = { folder: copy.home, settings: folder, aliases, packages, gate: settings.gate };
  if (bubblewrap !== undefined) giveToCage(copy.home, folder);
  const [program = "", ...args] = bubblewrap === undefined ? command : inCage(bubblewrap, cage, command);
  const child = startChild(program, args, {
    cwd: copy.home,
    env: clearedEnvironment(copy, settings.system),
    stdio: ["pipe", "pipe", "pipe"], // the end of its input says that Cassandra is there
  });
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<{ code: number | null; complaints: string }>((resolve, reject) => {
    child.once("close", (code) => resolve({ code, complaints })).once("error", reject);
  });
  return { child, ended };
}

/** The cage's user must be able to read its settings, and owns the copy. */
function giveToCage(home: string, folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o644);
  if (cageUser !== undefined) spawnSync("chown", ["-R", "-h", `${cageUser}:${cageUser}`, home]);
}

const runnerSettings = (copy: Copy, { timeout, cellTimeout, bubblewrap }: RunSettings) => ({
  timeout,
  cellTimeout,
  startTimeout: 60,
  sandboxed: bubblewrap !== undefined,
  folder: copy.home,
  limits,
  kernels: kernels(copy),
  notebooks: copy.notebooks.map(({ notebook }) => ({
    kernel: notebook.kernel,
    cwd: copy.folder,
    cells: codeCells(notebook),
  })),
});

/** Follows the runner to its end. */
async function readEvents(
  output: Readable,
  onCell: (cell: number, cells: number) => void,
  onMessage: () => void,
) {
  const result: RunResult = { cells: [], seconds: 0 };
  let noKernel: string | undefined;
  let isDone = false;
  let lastCell: number | undefined;
  for await (const line of linesOf(output)) {
    const message = messageIn<RunnerEvent>(line);
    // Where it is none, a submission has found a way to write here.
    onMessage();
    if (message?.event === "starts") {
      lastCell = message.cell;
      onCell(message.cell, message.cells);
    }
    if (message?.event === "ended") {
      const { event: _, ...cell } = message;
      result.cells.push(cell);
    }
    if (message?.event === "not started") noKernel ??= message.message;
    if (message?.event === "stopped") result.stopped ??= `at code cell ${message.cell}: ${message.problem}`;
    if (message?.event === "done") isDone = true;
  }
  return { result, noKernel, isDone, lastCell };
}
