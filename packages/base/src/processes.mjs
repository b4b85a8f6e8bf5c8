// Child processes that never outlive the command: each is the leader of its own process group, and Ctrl-C
// or a termination signal ends every group before the command itself ends. What is left then, or when the command is
// killed, a guardian ends: see guard/guardian.mjs.

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { addMark, childEnvironment, marks, marksVariable, surroundings } from "./environment.mjs";
import { SparkifyError } from "./errors.mjs";

const state = {
  cleanups: /** @type {Set<() => Promise<void> | void>} */ (new Set()),
  interruptedCode: /** @type {number | undefined} */ (undefined),
  guardian: /** @type {import("node:child_process").ChildProcess | undefined} */ (undefined),
};

/** Signals that the program answers itself are left to it: for a notebook's kernel Ctrl-C means the cell, not the program. */
function handleSignals() {
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    if (process.listenerCount(signal) > 0) continue;
    process.on(signal, async () => {
      if (state.interruptedCode) return;
      state.interruptedCode = 128 + constants.signals[signal];
      state.guardian?.stdin?.write("ending\n");
      process.stderr.write("\nStopping what was started …\n");
      await Promise.allSettled([...state.cleanups].map((cleanup) => cleanup()));
      await endWhatIsLeft();
      process.exit(state.interruptedCode);
    });
  }
}

/** Starts the guardian and heeds signals, once: before the first child. */
export function startGuardian() {
  if (state.guardian) return;
  handleSignals();
  const mark = `${process.pid}-${randomBytes(8).toString("hex")}`;
  const endsWith = surroundings.npmScript ? ["npm"] : [];
  const program = fileURLToPath(new URL("guard/guardian.mjs", import.meta.url));
  const guardian = spawn(
    process.execPath,
    [program, mark, String(process.pid), String(process.ppid), ...endsWith],
    {
      detached: true, // a signal to the command's group is not for the guardian
      env: childEnvironment([]), // without the marks
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
    },
  );
  guardian.on("error", () => {});
  guardian.stdin.on("error", () => {});
  guardian.unref();
  /** @type {import("node:net").Socket} */ (guardian.stdin).unref();
  state.guardian = guardian;
  addMark(mark);
}

/**
 * The environment of a child: with the marks by which the guardian knows it.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function marked(env = childEnvironment()) {
  startGuardian();
  return { ...env, [marksVariable]: marks() };
}

/**
 * Whether this command was started by another one, however indirectly.
 * @param {number} command its process number
 */
export function isWithin(command) {
  return marks()
    .split(" ")
    .some((mark) => mark.startsWith(`${command}-`));
}

/**
 * Leaves a process running when this command ends.
 * @param {number} pid
 */
export function keepRunning(pid) {
  state.guardian?.stdin?.write(`keep ${pid}\n`);
}

/**
 * Names a file or a folder that must not be left when the command ends, even where it is killed.
 * @param {string} path
 * @returns {string} the path
 */
export function temporary(path) {
  startGuardian();
  state.guardian?.stdin?.write(`remove ${path}\n`);
  return path;
}

/** Ends what the command has started and not ended itself. Nothing can be started afterwards. */
export async function endWhatIsLeft() {
  const { guardian } = state;
  if (!guardian || guardian.exitCode !== null || guardian.signalCode !== null) return;
  const ended = new Promise((resolve) => guardian.once("exit", resolve));
  guardian.ref();
  guardian.stdin?.end();
  await Promise.race([ended, sleep(16_000)]);
}

/**
 * Registers work to be done when the command is interrupted.
 * @param {() => Promise<void> | void} cleanup
 * @returns {() => void} takes the registration back
 */
export function onInterrupt(cleanup) {
  startGuardian();
  state.cleanups.add(cleanup);
  return () => state.cleanups.delete(cleanup);
}

/** The exit code of a command that a signal has asked to end, or undefined. What fails after that is its consequence. */
export function interruptedCode() {
  return state.interruptedCode;
}

/**
 * Sends a signal; a process that has ended by itself is no error.
 * @param {number} pid @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}

/**
 * Ends a process and all its descendants: first politely, after `graceSeconds` for good.
 * @param {import("node:child_process").ChildProcess} child
 * @param {number} graceSeconds
 */
export async function endProcessTree(child, graceSeconds = 5) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  signalTree(child.pid, "SIGTERM");
  const timer = setTimeout(
    () => signalTree(/** @type {number} */ (child.pid), "SIGKILL"),
    graceSeconds * 1000,
  );
  await ended;
  clearTimeout(timer);
  // A group can outlive its leader.
  if (process.platform !== "win32") signalTree(child.pid, "SIGKILL");
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signalTree(pid, name) {
  if (process.platform === "win32") spawn("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
  else signal(-pid, name);
}

/**
 * Starts a child that is ended with this command. Where `options` name no environment it gets that of childEnvironment().
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions} [options]
 */
export function startChild(program, args, options = {}) {
  const child = spawn(program, args, {
    ...options,
    env: marked(options.env ?? childEnvironment()),
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  const forget = onInterrupt(() => endProcessTree(child));
  child.once("exit", forget);
  child.once("error", forget);
  return child;
}

/**
 * Runs a child to its end.
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnOptions & { onLine?: (line: string) => void, log?: string }} [options]
 *   `onLine` gets every line of output, `log` names a file that keeps it.
 * @returns {Promise<{ code: number, tail: string, stdout: string }>} the exit code, the last lines of all output, and standard
 *   output (the end of it, where it is long)
 */
export async function runChild(program, args, { onLine, log, ...options } = {}) {
  const child = startChild(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const logStream = log ? createWriteStream(log, { flags: "a", mode: 0o600 }) : undefined;
  logStream?.on("error", () => {}); // a full disk must not hide the child's own message
  /** @type {string[]} */
  const tail = [];
  let rest = "";
  const take = (/** @type {string} */ text) => {
    logStream?.write(text);
    const lines = (rest + text).split(/\r?\n|\r/);
    rest = lines.pop() ?? "";
    for (const line of lines) keep(line);
  };
  const keep = (/** @type {string} */ line) => {
    if (line.trim() === "") return;
    tail.push(line);
    if (tail.length > 25) tail.shift();
    onLine?.(line);
  };
  let stdout = "";
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", take);
  child.stdout?.on("data", (text) => {
    stdout = (stdout + text).slice(-10_000);
  });
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) =>
      resolve(exitCode ?? 128 + constants.signals[signal ?? "SIGTERM"]),
    );
  });
  keep(rest);
  logStream?.end();
  return { code, tail: tail.join("\n"), stdout };
}

/**
 * @param {string} path
 * @param {NodeJS.ErrnoException} error
 */
export function notWritable(path, error) {
  const why = error.code === "EROFS" ? "its file system is read-only" : error.message;
  return new SparkifyError(`Nothing can be written to ${path}: ${why}. Make it writable.`);
}

/**
 * Prints why the command failed, for a reader.
 * @param {unknown} error
 * @returns {number} the exit code
 */
export function reportFailure(error) {
  if (state.interruptedCode) return state.interruptedCode;
  const { code = "", path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === "EROFS" && path) {
    return reportFailure(notWritable(path, /** @type {NodeJS.ErrnoException} */ (error)));
  }
  if ((code === "EACCES" || code === "EPERM") && path) {
    console.error(
      `\n✘ ${/** @type {Error} */ (error).message}. Check who owns it, and who may read and write it.`,
    );
    return 1;
  }
  if (code === "ENOSPC") {
    console.error(
      `\n✘ The disk is full (${/** @type {Error} */ (error).message}). Free some space and run the command again.`,
    );
    return 1;
  }
  const forReaders = error instanceof SparkifyError;
  const text = error instanceof Error && !forReaders ? (error.stack ?? error.message) : error;
  console.error(`\n✘ ${forReaders ? error.message : text}`);
  return forReaders ? error.exitCode : 1;
}
