import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";
import { FileOrder } from "./test/runner/file-order.js";
import { mostLanes, unitLane } from "./test/runner/lanes.js";

const root = import.meta.dirname;
const rooms = ["lib", ...readdirSync(join(root, "packages")).map((name) => `packages/${name}`)];
const isSoak = process.env.SOAK === "1";
const minutes = (count: number) => (isSoak ? 60 : count) * 60_000;

/** @param most for a test or a hook, in minutes; a file has ten (test/runner/environment.ts) */
function project(
  name: string,
  include: string[],
  most: number,
  more: TestProjectInlineConfiguration["test"],
): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: { name, include, testTimeout: minutes(most), hookTimeout: minutes(most), ...more },
  };
}

const runner = (name: string) => join(root, "test", "runner", `${name}.ts`);
const onCassandra = {
  setupFiles: [runner("environment"), runner("cassandra")],
  globalSetup: runner("global-setup"),
};

export default defineConfig({
  resolve: {
    // One copy of each module, and nothing to be compiled before: the sources of what a package exports.
    alias: rooms.flatMap((room) => {
      const { name, exports } = JSON.parse(readFileSync(join(root, room, "package.json"), "utf8"));
      return Object.entries<{ default: string }>(exports)
        .filter(([path]) => path !== "./package.json")
        .map(([path, { default: compiled }]) => ({
          find: new RegExp(`^${name}${path.slice(1)}$`),
          replacement: join(root, room, compiled.replace("./dist/", "./src/").replace(/\.js$/, ".ts")),
        }));
    }),
  },
  test: {
    exclude: ["**/node_modules/**", "build/**", "**/dist/**"],
    pool: "forks",
    maxWorkers: isSoak ? 1 : mostLanes,
    sequence: { sequencer: FileOrder },
    tags: [{ name: "slow", description: "Takes seconds of work: much data, or random data." }],
    teardownTimeout: 60_000,
    projects: [
      // Needs nothing but Node and the npm packages.
      project("unit", ["**/!(*.integration|*.e2e).test.ts"], 2, {
        setupFiles: runner("environment"),
        globalSetup: runner("unit-setup"),
        env: { TEST_LANE: String(unitLane) },
        isolate: false,
        ...(process.env.ALL_TESTS ? {} : { tagsFilter: ["!slow"] }),
      }),
      // Needs a Cassandra, a kernel, Java or Python.
      project("integration", ["**/*.integration.test.ts"], 8, { ...onCassandra, maxConcurrency: 4 }),
      // Runs the commands as a reader does.
      project("e2e", ["**/*.e2e.test.ts"], 8, { ...onCassandra, maxConcurrency: isSoak ? 1 : 3 }),
    ],
  },
});
