// What does the work of each command. Each is loaded when it is called.

import type { CommandName, OptionsOf } from "@sparkify/base/command-line/commands";

/** Commands that write the same files and tables wait for each other. */
const inTurn = async (work: () => Promise<number>) => (await import("./in-turn.js")).inTurn(work);

const walkthrough = async () => (await import("./walkthrough.js")).walkthrough;
const walkthroughTables = async () => (await import("./walkthrough.js")).walkthroughTables();

type Commands = {
  [Name in CommandName]: (options: OptionsOf<Name>, words: string[]) => Promise<number>;
};

export const commands: Commands = {
  run: (options) =>
    inTurn(async () =>
      (await import("@sparkify/notebook-runner/run/command")).run(options, await walkthrough()),
    ),
  verify: ({ tables = [] }) =>
    inTurn(async () => {
      const { chooseWalkthroughTables, compareAdvice: advice } = await import("./walkthrough.js");
      const names = chooseWalkthroughTables(tables);
      return (await import("@sparkify/compare/command")).verify({ tables: names, advice });
    }),
  cassandra: async (_, [action]) => {
    const { cassandra } = await import("@sparkify/embedded-cassandra/command");
    return cassandra((await import("@sparkify/lib")).embeddedNode(), action);
  },
  cluster: async (_, addresses) => (await import("@sparkify/course/labs/cluster-command")).cluster(addresses),
  load: (options) =>
    inTurn(async () => (await import("@sparkify/loader/command")).load(options, await walkthroughTables())),
  model: (options, words) =>
    inTurn(async () => (await import("@sparkify/modeller/command")).model(options, words)),
  spark: (options) =>
    inTurn(async () => (await import("@sparkify/spark/command")).spark(options, await walkthroughTables())),
  lab: async (options) =>
    (await import("@sparkify/notebook-runner/lab/command")).lab(options, await walkthrough()),
  notebooks: (options) =>
    inTurn(async () =>
      (await import("@sparkify/notebook-runner/notebooks/command")).notebooks(options, await walkthrough()),
    ),
  exercises: async () =>
    (await import("@sparkify/notebook-runner/notebooks/exercises")).exercises(await walkthrough()),
  pictures: async () => (await import("./pictures/take-pictures.js")).takePictures(),
  site: () => inTurn(async () => (await import("./site/command.js")).site()),
  api: async () => (await import("./api/command.js")).api(),
  soak: async (_, words) => (await import("./test/command.js")).soak(words),
  test: async (_, words) => (await import("./test/command.js")).test(words),
  grade: async (options, paths) => (await import("@sparkify/grader/command")).grade(options, paths),
  bench: async (options) =>
    (await import("@sparkify/bench/command")).bench(options, await walkthroughTables()),
  generate: async (options) => (await import("@sparkify/generator/command")).generate(options),
};
