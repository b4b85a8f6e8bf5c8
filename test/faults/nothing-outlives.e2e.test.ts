// Each command, started through npm as a reader does, and ended in each of the ways in which commands end: nothing of it is
// left 15 seconds later. Linux only: what runs is read from /proc.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canListen } from "@sparkify/embedded-cassandra";
import { port, whyNoSandbox } from "@sparkify/grader";
import { projectRoot } from "@sparkify/lib";
import { afterAll, beforeAll, describe } from "vitest";
import { isSoak, newFolder, ofProcesses, writeNotebook } from "../command.js";
import { describeUnless, testUnless } from "../unless.js";

const mostSeconds = 15;

interface Scenario {
  /** Further arguments, after `npm run NAME --`. */
  args?: (work: string) => string[];
  env?: (work: string) => NodeJS.ProcessEnv;
  /** Where it is run. @default the project */
  folder?: (work: string) => string;
  /** Done before it is started. */
  prepare?: (work: string) => void;
  /** What is started before it is ended: pieces of command lines. */
  children: string[];
  /** Done when it has started them. */
  further?: (output: () => string) => Promise<void>;
  /** Why it cannot be tried here. */
  skip?: string | undefined;
}

/** Every package of the set-up comes from here: it takes requests and never answers. */
const silentRegistry = createServer();
let registry = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => silentRegistry.listen(0, "127.0.0.1", resolve));
  registry = `http://127.0.0.1:${(silentRegistry.address() as { port: number }).port}/`;
});
afterAll(() => silentRegistry.close());

const scenarios: Record<string, Scenario> = {
  "set-up": {
    folder: (work) => join(work, "clone"),
    prepare: (work) => copyProject(join(work, "clone")),
    env: (work) => ({
      npm_config_registry: registry,
      npm_config_cache: join(work, "npm-cache"),
      PIP_INDEX_URL: registry,
      PIP_NO_CACHE_DIR: "1",
    }),
    children: ["npm ci", "pip install"],
  },
  start: { children: ["CassandraDaemon", "tslab kernel"] },
  load: { children: ["CassandraDaemon"] },
  verify: {
    prepare: (work) => writeFileSync(join(work, "event_datafile_new.csv"), "artist\n"),
    children: ["CassandraDaemon"],
  },
  lab: {
    args: () => ["--no-browser"],
    children: ["CassandraDaemon", "jupyterlab"],
    further: startKernel,
  },
  cassandra: { args: () => ["start"], children: ["CassandraDaemon"] },
  cluster: { children: ["CassandraDaemon"] },
  grade: gradeScenario({}, whyNoSandbox(process.env)),
  "grade without a sandbox": gradeScenario({ SPARKIFY_NO_SANDBOX: "1" }, await whyNoGraderPort()),
  spark: { children: ["CassandraDaemon", "SparkSubmit"] },
  bench: {
    args: () => ["--quick", "--job", "load", "--rows", "20000"],
    children: ["CassandraDaemon", "measure.py"],
  },
  test: {
    args: () => ["faults/interrupt"],
    folder: () => testClone,
    children: ["CassandraDaemon", "vitest.mjs"],
  },
};

async function whyNoGraderPort(): Promise<string | undefined> {
  if (!isSoak) return "in npm test another file may need the grader's port";
  return (await canListen(port)) ? undefined : `another program has port ${port}, which the grader needs`;
}

/** A notebook that runs for longer than the test does, in a kernel that the grader starts. */
function gradeScenario(env: NodeJS.ProcessEnv, skip: string | undefined): Scenario {
  return {
    args: (work) => [join(work, "submission"), "--out", join(work, "grades")],
    env: () => env,
    prepare(work) {
      mkdirSync(join(work, "submission"));
      writeNotebook(join(work, "submission"), "slow", [
        "await new Promise((resolve) => setTimeout(resolve, 100_000));",
      ]);
    },
    children: ["CassandraDaemon", "run_submission.py", "tslab kernel"],
    skip,
  };
}

/** A clone for `npm test`, which removes the work folders that these tests use. It is set up by the first run in it. */
const testClone = join(tmpdir(), `sparkify-clone-${process.pid}`);
if (isSoak) {
  beforeAll(() => copyProject(testClone));
  afterAll(() => rmSync(testClone, { recursive: true, force: true }));
}

/** What is in the repository, and nothing of what was installed or made. */
function copyProject(target: string): void {
  const made = /^(node_modules|\.git|\.venv|\.cassandra.*|\.spark|\.jupyter|build|out|dist|.*\.tsbuildinfo)$/;
  const copy = (from: string, to: string) => {
    mkdirSync(to, { recursive: true });
    for (const entry of readdirSync(from, { withFileTypes: true })) {
      if (made.test(entry.name)) continue;
      if (entry.isDirectory()) copy(join(from, entry.name), join(to, entry.name));
      else copyFileSync(join(from, entry.name), join(to, entry.name));
    }
  };
  copy(projectRoot, target);
}

/** A kernel that JupyterLab starts, in a session of its own. */
async function startKernel(output: () => string): Promise<void> {
  const [, address, token] =
    (await until("the address of the lab", () =>
      output().match(/(http:\/\/127\.0\.0\.1:\d+)\/lab\S*token=(\w+)/),
    )) ?? [];
  const answer = await fetch(`${address}/api/kernels`, {
    method: "POST",
    headers: { authorization: `token ${token}` },
    body: JSON.stringify({ name: "tslab" }),
  });
  assert.equal(answer.status, 201, await answer.text());
}

interface Running {
  npm: ChildProcess;
  /** Process number of the command itself. */
  command(): number;
}

const ways: Record<string, (running: Running) => void> = {
  "SIGTERM to npm": ({ npm }) => npm.kill("SIGTERM"),
  "SIGHUP to npm": ({ npm }) => npm.kill("SIGHUP"),
  "kill -9 of npm": ({ npm }) => npm.kill("SIGKILL"),
  "kill -9 of npm's process group": ({ npm }) => process.kill(-(npm.pid as number), "SIGKILL"),
  "SIGTERM to the command": ({ command }) => process.kill(command(), "SIGTERM"),
  "SIGHUP to the command": ({ command }) => process.kill(command(), "SIGHUP"),
  "kill -9 of the command": ({ command }) => process.kill(command(), "SIGKILL"),
};

const inShort: [scenario: string, way: string][] = [
  ["lab", "SIGTERM to npm"],
  ["start", "kill -9 of the command"],
  ["load", "kill -9 of npm"],
  ["verify", "SIGTERM to the command"],
  ["cassandra", "SIGHUP to npm"],
  ["cluster", "kill -9 of npm's process group"],
  ["set-up", "kill -9 of npm"],
  ["grade", "kill -9 of the command"],
];
const all = Object.keys(scenarios).flatMap((name) => Object.keys(ways).map((way) => [name, way] as const));

describeUnless(notHere(), describe.concurrent)("nothing outlives its command", () => {
  for (const [name, way] of isSoak ? all : inShort) {
    const scenario = scenarios[name] as Scenario;
    testUnless(scenario.skip)(`npm run ${name}: ${way}`, () => tryOut(name, scenario, way));
  }
});

function notHere(): string | false {
  return process.platform === "linux" ? false : "what runs is read from /proc, which is Linux's";
}

async function tryOut(name: string, scenario: Scenario, way: string): Promise<void> {
  const work = newFolder("outlives");
  scenario.prepare?.(work);
  const temporary = join(work, "tmp");
  mkdirSync(temporary);
  const mark = randomBytes(8).toString("hex");
  const script = { "set-up": "start", "grade without a sandbox": "grade" }[name] ?? name;
  const npm = spawn("npm", ["run", script, "--", ...(scenario.args?.(work) ?? [])], {
    cwd: scenario.folder?.(work) ?? projectRoot,
    // The mark is in the command's own list of marks, and the folder in most of the processes.
    env: {
      ...process.env,
      ...scenario.env?.(work),
      SPARKIFY_WORK_DIR: work,
      SPARKIFY_MARKS: mark,
      TMPDIR: temporary,
    },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [npm.stdout, npm.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  const seen = new Map<string, Process>();
  const look = () => {
    for (const one of processesOf(npm.pid as number, mark, work)) seen.set(`${one.pid} ${one.started}`, one);
    return [...seen.values()].filter(isRunning);
  };
  try {
    await until(`all of ${scenario.children.join(", ")}`, () => {
      assert.equal(npm.exitCode, null, output);
      const lines = look().map(({ commandLine }) => commandLine);
      return scenario.children.every((piece) => lines.some((line) => line.includes(piece)));
    });
    await scenario.further?.(() => output);
    const command = look().find(({ commandLine }) => /^\S*node (\S*\/)?tools\/start\.mjs /.test(commandLine));
    assert.ok(command, "the command is among its processes");
    ways[way]?.({ npm, command: () => command.pid });
    const begun = performance.now();
    let left = look();
    while (left.length > 0 && performance.now() - begun < mostSeconds * 1000) {
      await sleep(200);
      left = look();
    }
    const lines = left.map(({ pid, commandLine }) => `${pid} ${commandLine.slice(0, 300)}`);
    assert.deepEqual(lines, [], `after ${mostSeconds} s these are left:\n${lines.join("\n")}\n${output}`);
    const files = readdirSync(temporary).filter((file) => file.startsWith("sparkify-"));
    assert.deepEqual(files, [], "no temporary folder is left either: it may hold passwords");
    console.log(
      `npm run ${name}: ${way}: ${seen.size} processes ended within ${((performance.now() - begun) / 1000).toFixed(1)} s`,
    );
  } finally {
    for (const { pid } of look()) process.kill(pid, "SIGKILL");
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Process {
  pid: number;
  parent: number;
  /** In ticks since the machine was started: with the number it names a process for ever. */
  started: string;
  commandLine: string;
}

/** The descendants of npm, and whatever names the mark or the folder: some are no descendants, or do not name them. */
function processesOf(npm: number, mark: string, work: string): Process[] {
  const everything = ofProcesses((read, pid) => {
    const stat = statOf(read("stat"));
    const commandLine = read("cmdline").replaceAll("\0", " ");
    const named = `${commandLine} ${read("environ")}`;
    return [{ ...stat, pid, commandLine, named: named.includes(mark) || named.includes(work) }];
  });
  const found = new Set(everything.filter(({ pid, named }) => named || pid === npm).map(({ pid }) => pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of everything) if (found.has(parent)) found.add(pid);
  }
  return everything.filter(({ pid, ended }) => found.has(pid) && !ended);
}

function statOf(text: string) {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { ended: fields[0] === "Z", parent: Number(fields[1]), started: fields[19] ?? "" };
}

function isRunning({ pid, started }: Process): boolean {
  const [stat] = ofProcesses((read, one) => (one === pid ? [statOf(read("stat"))] : []));
  return stat !== undefined && !stat.ended && stat.started === started;
}

async function until<Found>(what: string, look: () => Found): Promise<Found> {
  const most = isSoak ? 400_000 : 90_000;
  for (const begun = performance.now(); ; await sleep(100)) {
    const found = look();
    if (found) return found;
    assert.ok(performance.now() - begun < most, `waited ${most / 1000} s for ${what}`);
  }
}
