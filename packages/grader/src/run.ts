// Runs a submission's notebooks in its copy, and keeps what happened cell by cell.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { markedProcesses } from "@sparkify/base/guard/marked";
import { messageIn } from "@sparkify/base/messages";
import { endProcessTree, signal, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { type Copy, isIntact, settingsFolder } from "./copy.js";
import { kernelPython } from "./install.js";
import { NotGradable } from "./notebook.js";
import { inCage } from "./sandbox.js";

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

export interface RunResult {
  cells: CellResult[];
  seconds: number;
  /** Where the run ended before the last cell: the reason. */
  stopped?: string;
}

export interface RunOptions {
  sandboxed: boolean;
  /** Seconds. */
  timeout: number;
  cellTimeout: number;
  onCell: (notebook: number, cell: number, cells: number) => void;
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

/** Characters of a message of the runner: a cell's output twice, in JSON. */
const longestMessage = 16 * limits.cellOutput;

const isWindows = process.platform === "win32";

/** The few variables that programs need; none of the reviewer's. */
function cleared(copy: Copy): NodeJS.ProcessEnv {
  const home = join(copy.home, "home");
  const system = isWindows
    ? Object.fromEntries(
        ["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT"].map((name) => [
          name,
          process.env[name],
        ]),
      )
    : {};
  const path = [dirname(venvPython), dirname(process.execPath)];
  return {
    ...system,
    PATH: [...path, ...(isWindows ? [`${process.env.SYSTEMROOT}\\System32`] : ["/usr/bin", "/bin"])].join(
      delimiter,
    ),
    HOME: home,
    USERPROFILE: home,
    APPDATA: home,
    LOCALAPPDATA: home,
    PROGRAMDATA: home,
    TMPDIR: join(copy.home, "tmp"),
    TEMP: join(copy.home, "tmp"),
    TMP: join(copy.home, "tmp"),
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    PYTHONUTF8: "1",
    PYTHONHASHSEED: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    JUPYTER_PLATFORM_DIRS: "1",
    IPYTHONDIR: join(home, ".ipython"),
    // For notebooks that use this project's library.
    SPARKIFY_WORK_DIR: copy.root,
    EVENT_DATA_DIR: join(copy.folder, "event_data"),
    CASSANDRA_CONTACT_POINTS: "127.0.0.1:9042",
  };
}

/** The kernels that there are. @param top where Python finds modules, besides those that lie beside the notebook */
export function kernels(top?: string): Record<string, { argv: string[]; env: Record<string, string> }> {
  const hooks = join(projectRoot, "packages", "grader", "hooks");
  const tslab = join(projectRoot, "node_modules", "tslab", "bin", "tslab");
  const kernelTimers = join(projectRoot, "packages", "notebook-runner", "kernel-timers.cjs");
  const bin = dirname(kernelPython);
  return {
    python3: {
      argv: [kernelPython, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
      env: {
        PYTHONPATH: [hooks, ...(top === undefined ? [] : [top])].join(delimiter),
        PATH: [bin, dirname(process.execPath), ...(isWindows ? [] : ["/usr/bin", "/bin"])].join(delimiter),
      },
    },
    tslab: {
      argv: [
        process.execPath,
        "--require",
        kernelTimers,
        tslab,
        "kernel",
        "--config-path",
        "{connection_file}",
      ],
      env: { NODE_OPTIONS: `--require "${join(hooks, "lead-to-node.cjs").replaceAll("\\", "/")}"` },
    },
  };
}

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

type Told =
  | { event: "starts"; notebook: number; cell: number; cells: number }
  | ({ event: "ended" } & CellResult)
  | { event: "not started"; notebook: number; message: string }
  | { event: "stopped"; notebook: number; cell: number; problem: string }
  | { event: "done" };

/**
 * Runs all notebooks of the copy, one after the other.
 * @throws NotGradable where a kernel does not start
 */
export async function runSubmission(copy: Copy, options: RunOptions): Promise<RunResult> {
  const begun = performance.now();
  const own = settingsFolder(copy);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  const settings = join(own, "run.json");
  const told = {
    timeout: options.timeout,
    cellTimeout: options.cellTimeout,
    startTimeout: 60,
    sandboxed: options.sandboxed,
    folder: copy.home,
    limits,
    kernels: kernels(copy.top),
    notebooks: copy.notebooks.map(({ notebook }) => ({
      kernel: notebook.kernel,
      cwd: copy.folder,
      cells: notebook.cells.filter(({ kind }) => kind === "code").map(({ source }) => source),
    })),
  };
  writeFileSync(settings, JSON.stringify(told));
  const runner = join(projectRoot, "packages", "grader", "python", "run_submission.py");
  const command = [venvPython, "-I", "-X", "utf8", runner, settings];
  const [program = "", ...args] = options.sandboxed
    ? inCage({ folder: copy.home, settings: own, aliases: copy.aliases }, command)
    : command;
  const child = startChild(program, args, {
    cwd: copy.home,
    env: cleared(copy),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  // The runner keeps the limits; this is for a submission that keeps the runner from doing so.
  let late = false;
  const deadline = setTimeout(
    () => {
      late = true;
      void endProcessTree(child, 0);
    },
    (options.timeout + 90) * 1000,
  );
  const result: RunResult = { cells: [], seconds: 0 };
  let problem: string | undefined;
  let done = false;
  if (!child.stdout) throw new Error("no output from the runner");
  for await (const line of linesOf(child.stdout)) {
    const told = messageIn<Told>(line);
    if (!told) continue; // a submission has found a way to write here
    if (told.event === "starts") options.onCell(told.notebook, told.cell, told.cells);
    if (told.event === "ended") {
      const { event: _, ...cell } = told;
      result.cells.push(cell);
    }
    if (told.event === "not started") problem ??= `The kernel did not start: ${told.message}`;
    if (told.event === "stopped") result.stopped ??= `at code cell ${told.cell}: ${told.problem}`;
    if (told.event === "done") done = true;
  }
  const code = await ended;
  clearTimeout(deadline);
  await endProcessTree(child, 0);
  if (!options.sandboxed) endLeftProcesses(copy.home);
  if (!isIntact(copy))
    throw new NotGradable("The submission has put something else in the place of its own folders.");
  result.seconds = Math.round((performance.now() - begun) / 100) / 10;
  if (problem && result.cells.length === 0) throw new NotGradable(problem);
  if (!done) {
    if (result.cells.length === 0 && !late)
      throw new NotGradable(`The run ended before its first cell (code ${code}). ${complaints.trim()}`);
    result.stopped ??= late
      ? "the notebook's time limit"
      : `the run was ended by the submission (code ${code})`;
  }
  return result;
}
