// npm test: types, formatting and lint, then every test. `npm test -- WORD ...` runs only the test files whose path has one
// of the words. How the tests run is said in vitest.config.ts.

import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { needWritable } from "@sparkify/base/private-folder";
import { runChild, startChild } from "@sparkify/base/processes";
import { projectRoot } from "@sparkify/lib";

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

  const reporter = `--reporter=${join(projectRoot, "test", "runner", "reporter.ts")}`;
  const args = [join(modules, "vitest", "vitest.mjs"), "run", "--allowOnly=false", reporter, ...words];
  if (!process.stdout.isTTY) args.push("--no-color");
  const child = startChild(process.execPath, args, {
    cwd: projectRoot,
    // Some tests run npm.
    env: { ...childEnvironment(), ...more, ALL_TESTS: "1", npm_execpath: process.env.npm_execpath },
    stdio: "inherit",
  });
  const [code] = await once(child, "close");
  return code ?? 1;
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
