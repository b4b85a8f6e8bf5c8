// Which processes a command has started: those that have its mark in their environment, in whatever session or process
// group they are and whoever is their parent now; and their descendants, which may have cleared their environment.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { isAlive } from "../lock.mjs";

/** @typedef {{ pid: number, parent: number, ended: boolean, marked: boolean }} Process */

/**
 * @param {string} mark a text that is in no other process's environment
 * @param {number} [root] the command itself. Windows shows no environments: there its descendants are found
 * @returns {number[]} process ids, without this process
 */
export function markedProcesses(mark, root) {
  const all = (processLists[process.platform] ?? processesOfPs)(mark, root);
  const found = new Set(all.filter(({ marked }) => marked).map(({ pid }) => pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  const ended = new Set(all.filter((process) => process.ended).map(({ pid }) => pid));
  return [...found].filter((pid) => pid !== process.pid && !ended.has(pid));
}

/** @type {Partial<Record<NodeJS.Platform, (mark: string, root?: number) => Process[]>>} */
const processLists = { linux: processesOfProc, win32: processesOfWindows };

/** @param {string} mark @returns {Process[]} */
function processesOfProc(mark) {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = statOf(Number(name));
    if (!stat) return [];
    return [{ ...stat, marked: textOf(`/proc/${name}/environ`).includes(mark) }];
  });
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // another user's, or it has ended meanwhile
  }
}

/**
 * @param {number} pid
 * @returns {{ pid: number, parent: number, ended: boolean, started: string } | undefined} undefined where there is none
 */
function statOf(pid) {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === "") return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // the name before may hold anything
  return {
    pid,
    parent: Number(fields[1]),
    ended: fields[0] === "Z" || fields[0] === "X", // nobody has asked for its exit code yet
    started: fields[19] ?? "",
  };
}

/** @param {string} mark @returns {Process[]} */
function processesOfPs(mark) {
  return linesOf("ps", ["-axww", "-E", "-o", "pid=,ppid=,stat=,command="]).map((line) => {
    const [pid, parent, state = ""] = line.trim().split(/\s+/, 3);
    return {
      pid: Number(pid),
      parent: Number(parent),
      ended: state.startsWith("Z"),
      marked: line.includes(mark),
    };
  });
}

/** @param {string} _mark @param {number} [root] @returns {Process[]} */
function processesOfWindows(_mark, root) {
  const list = 'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId)" }';
  return linesOf("powershell", ["-NoProfile", "-Command", list]).map((line) => {
    const [pid = 0, parent = 0] = line.trim().split(" ").map(Number);
    return { pid, parent, ended: false, marked: parent === root && pid !== root };
  });
}

/** @param {string} program @param {string[]} args */
function linesOf(program, args) {
  const { stdout } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 26, windowsHide: true });
  return (stdout ?? "").split("\n").filter((line) => line.trim() !== "");
}

/** @typedef {{ pid: number, parent: number, commandLine: string, started: string }} Known */

/**
 * What is known of a running process.
 * @param {number} pid
 * @returns {Known | undefined} undefined where it does not run
 */
export function processOf(pid) {
  if (process.platform === "linux") {
    const stat = statOf(pid);
    if (!stat || stat.ended) return undefined;
    const commandLine = textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
    return { pid, parent: stat.parent, started: stat.started, commandLine };
  }
  const filter = `Get-CimInstance Win32_Process -Filter "ProcessId=${pid}"`;
  const [line] =
    process.platform === "win32"
      ? linesOf("powershell", [
          "-NoProfile",
          "-Command",
          `${filter} | ForEach-Object { "$($_.ParentProcessId) $($_.CommandLine)" }`,
        ])
      : linesOf("ps", ["-ww", "-o", "ppid=,command=", "-p", String(pid)]);
  const [, parent, commandLine = ""] = line?.match(/^\s*(\d+) +(.*)$/) ?? [];
  return parent === undefined ? undefined : { pid, parent: Number(parent), started: "", commandLine };
}

/**
 * Whether this process still runs.
 * @param {Known} known
 */
export function stillRuns({ pid, started }) {
  if (process.platform === "linux") {
    const stat = statOf(pid);
    return stat !== undefined && !stat.ended && stat.started === started;
  }
  return isAlive(pid);
}
