// npm test: types, formatting and lint, then every test. `npm test -- WORD ...` runs only the test files whose path has one
// of the words. How the tests run is said in vitest.config.ts.

import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { needWritable, writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode, runChild, startChild } from "@sparkify/base/processes";
import { projectRoot } from "@sparkify/lib";
import { type Counts, sum, textOf, total } from "./counts.js";

const modules = join(projectRoot, "node_modules");

export const test = (words: string[]) => runTests(words, {});

/** npm run soak: the long form of the experiments that `npm test` has in short, one after the other. */
export const soak = (words: string[]) => runTests(words.length > 0 ? words : longFiles(), { SOAK: "1" });

/** The test files that have a long form. The grader's corpus takes hours: `npm run soak -- grade`. */
const longFiles = () =>
  ["lib", "packages", "test"]
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter(
      (name) => name.endsWith(".test.ts") && !/node_modules|grader.*(corpus|between-hostile)/.test(name),
    )
    .filter((name) => /\b(isSoak|longForm)\b/.test(readFileSync(join(projectRoot, name), "utf8")));

async function runTests(words: string[], more: NodeJS.ProcessEnv): Promise<number> {
  needWritable(join(projectRoot, "build"));
  const checked = await Promise.allSettled([checkTypes(), checkStyle()]);
  for (const it of checked) if (it.status === "rejected") throw it.reason;

  const environment = {
    ...childEnvironment(),
    ...more,
    ALL_TESTS: "1",
    npm_execpath: process.env.npm_execpath, // some tests run npm
  };
  return report(
    more.SOAK
      ? [await runVitest("all", words, environment)]
      : await Promise.all([
          runVitest("others", ["--project=integration", "--project=e2e", ...words], environment),
          runVitest("unit", ["--project=unit", "--maxWorkers=1", ...words], environment),
        ]),
  );
}

interface Run {
  code: number;
  counts: Counts;
  /** What was not shown yet. */
  output: string;
}

/**
 * Unit tests run beside the others, in what those leave of the processors while they wait; what they say is shown when all
 * have ended.
 */
async function runVitest(name: string, args: string[], environment: NodeJS.ProcessEnv): Promise<Run> {
  const file = join(writableFolder(join(projectRoot, "build", "test-counts")), `${name}.json`);
  rmSync(file, { force: true });
  const isUnit = name === "unit";
  const own = [
    join(modules, "vitest", "vitest.mjs"),
    "run",
    "--allowOnly=false",
    "--passWithNoTests",
    `--reporter=${join(projectRoot, "test", "runner", "reporter.ts")}`,
    process.stdout.isTTY ? "--color" : "--no-color",
  ];
  const child = startChild(process.execPath, [...own, ...args], {
    cwd: projectRoot,
    env: { ...environment, TEST_COUNTS: file },
    stdio: isUnit ? ["ignore", "pipe", "pipe"] : "inherit",
  });
  if (isUnit && child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  const [code] = await once(child, "close");
  const counts = existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"))
    : { passed: 0, failed: 1, skipped: 0, reasons: {}, failedFiles: [`Vitest ended early (${name})`] };
  return { code: code ?? 1, counts, output };
}

/** @returns the exit code */
function report(runs: Run[]): number {
  const interrupted = interruptedCode();
  if (interrupted) return interrupted;
  for (const { output, code, counts } of runs)
    if (code !== 0 || total(counts) > 0) process.stdout.write(output);
  const counts = runs.map((run) => run.counts).reduce(sum);
  console.log(textOf(counts));
  if (total(counts) > 0) return Math.max(...runs.map(({ code }) => code));
  console.error("✘ No test file has one of the words in its path.");
  return 1;
}

const checkTypes = () =>
  step("Types", async (news) => {
    const compiler = join(modules, "typescript", "bin", "tsc");
    const args = [compiler, "-b", "--force", "test"];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(tail);
  });

const checkStyle = () =>
  step("Formatting and lint", async (news) => {
    const biome = join(modules, "@biomejs", "biome", "bin", "biome");
    const args = [biome, "ci", "--error-on-warnings", "."];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(`${tail}\n\nMost of it is mended by: npm run format`);
  });
