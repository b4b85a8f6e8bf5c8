// npm test: types, formatting and lint, then every test on a real Cassandra of its own. `npm test -- WORD ...` runs only the test files whose path has one of the words.

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, SparkifyError } from "@sparkify/lib";
import { onInterrupt, runChild, startChild } from "../processes.mjs";
import { step } from "../setup/step.mjs";

/** Where the tests write, so that they never touch what the reader has in the project's folder. */
const workDirectory = join(projectRoot, "build", "test-work");
const { CASSANDRA_CONTACT_POINTS: _, EVENT_DATA_DIR: __, ...inherited } = process.env;
const env: NodeJS.ProcessEnv = { ...inherited, SPARKIFY_WORK_DIR: workDirectory };

/** npm run soak: the long form of the experiments that `npm test` has in short. */
export async function soak(words: string[]): Promise<number> {
  env.SOAK = "1";
  return test(words.length > 0 ? words : ["faults/"]);
}

export async function test(words: string[]): Promise<number> {
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
    .sort()
    .map((name) => join(tests, name));
  if (files.length === 0)
    throw new SparkifyError(`No test file has one of these words in its path: ${words.join(", ")}`);

  await step("Formatting and lint", async (news) => {
    const biome = join(projectRoot, "node_modules", "@biomejs", "biome", "bin", "biome");
    const args = [biome, "ci", "--error-on-warnings", "."];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(`${tail}\n\nMost of it is mended by: npm run format`);
  });

  await cassandra("destroy"); // an earlier run may have been killed
  rmSync(workDirectory, { recursive: true, force: true });
  mkdirSync(workDirectory, { recursive: true });
  const forget = onInterrupt(() => cassandra("destroy"));
  await step("Start a Cassandra for the tests", () => cassandra("start"));
  try {
    return await new Promise<number>((resolve, reject) => {
      // One file at a time: they share two cores and one database.
      const args = [
        "--enable-source-maps",
        "--test",
        "--test-concurrency=1",
        "--test-reporter=spec",
        ...files,
      ];
      startChild(process.execPath, args, { cwd: projectRoot, env, stdio: "inherit" })
        .once("error", reject)
        .once("close", (code) => resolve(code ?? 1));
    });
  } finally {
    await cassandra("destroy");
    forget();
  }
}

async function cassandra(action: "start" | "destroy"): Promise<void> {
  const start = join(projectRoot, "tools", "start.mjs");
  const { code, tail } = await runChild(process.execPath, [start, "cassandra", action], { env });
  if (code !== 0) throw new SparkifyError(`The Cassandra for the tests: ${tail}`);
}
