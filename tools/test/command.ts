// npm test: types, formatting and lint, then every test on a real Cassandra. `npm test -- WORD ...` runs only the test
// files whose path has one of the words.

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { childEnvironment } from "../environment.mjs";
import { writableFolder } from "../private-folder.mjs";
import { endProcessTree, interruptedCode, onInterrupt, runChild, startChild } from "../processes.mjs";
import { step } from "../setup/step.mjs";
import type { TestResult } from "./reporter.mjs";

/** Where the tests write, so that they never touch what the reader has in the project's folder. */
const workDirectory = join(projectRoot, "build", "test-work");
const reporter = join(projectRoot, "build", "tools", "test", "reporter.mjs");
const { CASSANDRA_CONTACT_POINTS: _, EVENT_DATA_DIR: __, ...inherited } = childEnvironment();

/** Those that take long begin, so that no lane has much left to do when the other one ends. */
const places = [
  ...["grade", "faults", "spark", "tools", "browser"],
  ...["lib/exercises", "lib/model", "lib/cluster", "lib"],
];
const byPlace = (a: string, b: string) => {
  const place = (name: string) => places.findIndex((start) => name.replaceAll("\\", "/").startsWith(start));
  return place(a) - place(b) || (a < b ? -1 : 1);
};

export const test = (words: string[]) => runTests(words, 2, {});

/** npm run soak: the long form of the experiments that `npm test` has in short, one after the other. */
export const soak = (words: string[]) =>
  runTests(
    words.length > 0
      ? words
      : [
          "faults/",
          "spark/",
          "bad-surroundings",
          "at-scale",
          "main-job",
          "browser",
          "exercises",
          "kernel-timers",
        ],
    1,
    {
      SOAK: "1",
    },
  );

async function runTests(words: string[], mostLanes: number, env: NodeJS.ProcessEnv): Promise<number> {
  await step("Types", async (news) => {
    const compiler = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
    rmSync(join(projectRoot, "build", "test"), { recursive: true, force: true }); // no test outlives its source
    const { code, tail } = await runChild(process.execPath, [compiler, "-b", "--force", "test"], {
      cwd: projectRoot,
      onLine: news,
    });
    if (code !== 0) throw new SparkifyError(tail);
  });
  const tests = join(projectRoot, "build", "test");
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js"))
    .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
    .sort(byPlace)
    .map((name) => join(tests, name));
  if (files.length === 0)
    throw new SparkifyError(`No test file has one of these words in its path: ${words.join(", ")}`);

  await step("Formatting and lint", async (news) => {
    const biome = join(projectRoot, "node_modules", "@biomejs", "biome", "bin", "biome");
    const args = [biome, "ci", "--error-on-warnings", "."];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(`${tail}\n\nMost of it is mended by: npm run format`);
  });

  writableFolder(workDirectory);
  const lanes = Array.from({ length: Math.min(mostLanes, files.length) }, (_, number) =>
    Lane.open(number, env),
  );
  try {
    return await runFiles(files, lanes);
  } finally {
    const opened = await Promise.allSettled(lanes);
    await Promise.all(opened.map((it) => it.status === "fulfilled" && it.value.close()));
  }
}

/**
 * A lane's files run one after the other, on a database and in a work folder that are its own: so two files can run
 * side by side, on two cores.
 */
class Lane {
  private constructor(
    readonly directory: string,
    readonly env: NodeJS.ProcessEnv,
    private readonly forget: () => void,
  ) {}

  static async open(number: number, env: NodeJS.ProcessEnv): Promise<Lane> {
    const directory = join(workDirectory, String(number));
    const lane: Lane = new Lane(
      directory,
      {
        ...inherited,
        ...env,
        npm_execpath: process.env.npm_execpath, // some run npm
        // The archive that makes later jobs start faster takes a third of the first job's time, and there is one job.
        ...(env.SOAK ? {} : { SPARKIFY_SPARK_ARCHIVE: "no" }),
        SPARKIFY_WORK_DIR: directory,
        // Not 9042: without a sandbox the grader needs that port.
        SPARKIFY_CASSANDRA_PORT: String(9342 + 100 * number),
      },
      onInterrupt(() => lane.cassandra("destroy")),
    );
    await lane.cassandra("destroy"); // an earlier run may have been killed
    rmSync(directory, { recursive: true, force: true });
    writableFolder(directory);
    await step(`Start Cassandra ${number + 1} for the tests`, () => lane.cassandra("start"));
    return lane;
  }

  async close(): Promise<void> {
    await this.cassandra("destroy");
    this.forget();
  }

  private async cassandra(action: "start" | "destroy"): Promise<void> {
    const start = join(projectRoot, "tools", "start.mjs");
    const { code, tail } = await runChild(process.execPath, [start, "cassandra", action], { env: this.env });
    if (code !== 0) throw new SparkifyError(`The Cassandra for the tests: ${tail}`);
  }
}

/** Each lane takes a file when it is open, and when it has done one. What failed is printed last. @returns the exit code */
async function runFiles(files: string[], lanes: Promise<Lane>[]): Promise<number> {
  const waiting = [...files];
  const results: TestResult[] = [];
  const failed = new Map<string, string>();
  const done = await Promise.allSettled(
    lanes.map(async (opening) => {
      const lane = await opening.catch((error) => {
        waiting.length = 0;
        throw error;
      });
      for (let file = waiting.shift(); file && !interruptedCode(); file = waiting.shift()) {
        const started = performance.now();
        const { code, output, results: told } = await runFile(file, lane, lanes.length === 1);
        const seconds = ((performance.now() - started) / 1000).toFixed(1);
        results.push(...told);
        if (code !== 0) failed.set(file, output);
        else if (lanes.length > 1)
          process.stdout.write(`\n${sourceOf(file)}, ${seconds} s\n${withoutTotals(output)}`);
      }
    }),
  );
  for (const it of done) if (it.status === "rejected") throw it.reason;
  for (const [file, output] of failed)
    if (lanes.length > 1) process.stdout.write(`\n${sourceOf(file)}\n${output}`);
  console.log(`\n${summary(results, [...failed.keys()])}`);
  return failed.size === 0 ? 0 : 1;
}

const sourceOf = (file: string) => relative(join(projectRoot, "build"), file).replace(/\.js$/, ".ts");

/** Which files failed, what was skipped and why, and in the last line how many tests had which end. */
function summary(results: TestResult[], failedFiles: string[]): string {
  const reasons = new Map<string, number>();
  for (const { skipped } of results) {
    if (skipped !== undefined) reasons.set(skipped, (reasons.get(skipped) ?? 0) + 1);
  }
  const passed = results.filter(({ ok, skipped }) => ok && skipped === undefined).length;
  // A file that fails by itself, for instance because it took too long, has no test that failed.
  const failures = Math.max(results.filter(({ ok }) => !ok).length, failedFiles.length);
  const skipped = results.filter((result) => result.skipped !== undefined).length;
  return [
    ...failedFiles.map((file) => `✘ ${sourceOf(file)}`),
    ...[...reasons].map(([reason, count]) => `${count} skipped: ${reason}`),
    `${passed} passed, ${failures} failed, ${skipped} skipped`,
  ].join("\n");
}

/** A file whose tests hang is ended: the others should still have their turn. */
const mostMinutes = (env: NodeJS.ProcessEnv) => (env.SOAK ? 60 : 6);

const withoutTotals = (output: string) => output.replace(/^ℹ (?!pass|fail|skipped|duration).*\n/gm, "");

/** Runs a file's tests. @param shown whether what they print is shown as it comes */
function runFile(
  file: string,
  lane: Lane,
  shown: boolean,
): Promise<{ code: number; output: string; results: TestResult[] }> {
  const told = join(lane.directory, `${basename(file)}.jsonl`);
  const args = [
    "--enable-source-maps",
    "--test",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    `--test-reporter=${pathToFileURL(reporter)}`,
    `--test-reporter-destination=${told}`,
    file,
  ];
  return new Promise((resolve, reject) => {
    const child = startChild(process.execPath, args, {
      ...{ cwd: projectRoot, env: lane.env, stdio: ["ignore", "pipe", "pipe"] },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
        if (shown) process.stdout.write(text);
      });
    }
    const minutes = mostMinutes(lane.env);
    const limit = setTimeout(() => {
      output += `\n✖ ${basename(file)} was ended: its tests took longer than ${minutes} minutes.\n`;
      void endProcessTree(child);
    }, minutes * 60_000);
    child.once("error", reject).once("close", (code) => {
      clearTimeout(limit);
      const lines = existsSync(told) ? readFileSync(told, "utf8").trim().split("\n") : [];
      resolve({
        code: code ?? 1,
        output,
        results: lines.filter((line) => line !== "").map((line) => JSON.parse(line)),
      });
    });
  });
}
