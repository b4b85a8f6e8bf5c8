// What does the work of each command. Each is loaded when it is called.

import type { CommandName, OptionsOf } from "@sparkify/base/command-line/commands";
import { walkthrough } from "./walkthrough.js";

/** Commands that write the same files and tables wait for each other. */
const inTurn = async (work: () => Promise<number>) => (await import("./in-turn.js")).inTurn(work);

type Commands = {
  [Name in CommandName]: (options: OptionsOf<Name>, words: string[]) => Promise<number>;
};

export const commands: Commands = {
  run: (options) =>
    inTurn(async () => (await import("@sparkify/notebook-runner/run/command")).run(options, walkthrough)),
  verify: (options) => inTurn(async () => (await import("@sparkify/compare/command")).verify(options)),
  cassandra: async (_, [action]) => (await import("@sparkify/embedded-cassandra/command")).cassandra(action),
  cluster: async (_, addresses) => (await import("@sparkify/course/labs/cluster-command")).cluster(addresses),
  load: (options) => inTurn(async () => (await import("@sparkify/loader/command")).load(options)),
  spark: (options) => inTurn(async () => (await import("@sparkify/spark/command")).spark(options)),
  lab: async (options) => (await import("@sparkify/notebook-runner/lab/command")).lab(options, walkthrough),
  notebooks: (options) =>
    inTurn(async () =>
      (await import("@sparkify/notebook-runner/notebooks/command")).notebooks(options, walkthrough),
    ),
  exercises: async () =>
    (await import("@sparkify/notebook-runner/notebooks/exercises")).exercises(walkthrough),
  pictures: async () => (await import("./pictures/take-pictures.js")).takePictures(),
  soak: async (_, words) => (await import("./test/command.js")).soak(words),
  test: async (_, words) => (await import("./test/command.js")).test(words),
  grade: async (options, paths) => (await import("@sparkify/grader/command")).grade(options, paths),
  bench: async (options) => (await import("@sparkify/bench/command")).bench(options),
  generate: async (options) => (await import("@sparkify/generator/command")).generate(options),
};
