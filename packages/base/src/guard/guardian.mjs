// A process beside each command, in a session of its own, that ends what the command has started and not ended itself: the
// command may be killed at any moment, and so may npm, which hands a signal to its shell only.
//
//   guardian.mjs MARK PID PARENT [npm]     see processes.mjs
//
// Standard input is a pipe from the command. A line is `keep PID`, of a process that stays, `remove PATH`, of a file or folder
// that must not stay, or `ending`, when the command has begun to end. When the pipe closes, the command has ended, in whatever
// way.

import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { markedProcesses, processOf, stillRuns } from "./marked.mjs";

/** A command that was asked to end is ended after this time. */
const commandSeconds = 9;
/** What it has left is asked to end, and ended after this time. */
const leftSeconds = 5;
/** How often it is looked whether npm is still there. */
const lookMilliseconds = 500;

const [mark = "", commandText, parentText, endsWith] = process.argv.slice(2);
const command = Number(commandText);
/** @type {Set<number>} */
const kept = new Set();
/** @type {Set<string>} */
const temporary = new Set();
let isEnding = false;
/** From then on another process may have the command's number. */
let hasEnded = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const [, verb, what = ""] = line.match(/^(\w+) ?(.*)$/) ?? [];
    if (verb === "keep") kept.add(Number(what));
    if (verb === "remove") temporary.add(what);
    if (verb === "ending") expectEnd();
  })
  .once("close", async () => {
    hasEnded = true;
    await endAllLeft(leftSeconds);
    for (const path of temporary) remove(path);
    process.exit();
  });

const watched = endsWith ? whatTheCommandEndsWith(Number(parentText)) : [];
if (watched.length > 0) {
  const timer = setInterval(() => {
    if (watched.every((one) => one !== undefined && stillRuns(one))) return;
    clearInterval(timer);
    if (hasEnded) return;
    send(command, "SIGTERM");
    expectEnd();
  }, lookMilliseconds);
}

/**
 * npm starts a shell that starts the command, or the shell makes way for the command.
 * @param {number} parent of the command
 * @returns {(import("./marked.mjs").Known | undefined)[]} undefined stands for one that has ended already
 */
function whatTheCommandEndsWith(parent) {
  const direct = processOf(parent);
  if (!direct) return [direct];
  const isNpm = (/** @type {string} */ text) => /\b(npm|pnpm|yarn|bun|node)\b/.test(text);
  if (!direct.commandLine.includes("start.mjs")) return isNpm(direct.commandLine) ? [direct] : [];
  const above = processOf(direct.parent);
  if (above && isNpm(above.commandLine)) return [direct, above];
  const isOrphan = !above || above.pid === 1 || /\b(init|systemd|launchd|tini)\b/.test(above.commandLine);
  return isOrphan ? [undefined] : [direct];
}

/** The command ends by itself now, or is ended. */
function expectEnd() {
  if (isEnding) return;
  isEnding = true;
  setTimeout(() => {
    if (!hasEnded) send(command, "SIGKILL"); // which closes the pipe
    void endAllLeft(0);
  }, commandSeconds * 1000);
}

/** @param {number} graceSeconds */
async function endAllLeft(graceSeconds) {
  const begun = Date.now();
  /** @type {Set<number>} */
  const asked = new Set();
  for (;;) {
    const left = markedProcesses(mark, command).filter((pid) => pid !== command && !kept.has(pid));
    const seconds = (Date.now() - begun) / 1000;
    if (left.length === 0 || seconds > graceSeconds + 10) return;
    for (const pid of left) {
      if (seconds >= graceSeconds) send(pid, "SIGKILL");
      else if (!asked.has(pid)) {
        send(pid, "SIGTERM");
        if (process.platform !== "win32") send(pid, "SIGCONT"); // one that is stopped cannot end
      }
      asked.add(pid);
    }
    await sleep(50);
  }
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {} // it has ended meanwhile
}

/** @param {string} path */
function remove(path) {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {} // nobody is there to be told
}
