// What does the work of each command. Each is loaded when it is called.

import type { CommandName, OptionsOf } from "./command-line/commands.mjs";

/** Commands that write the same files and tables wait for each other. */
const inTurn = async (work: () => Promise<number>) => (await import("./in-turn.js")).inTurn(work);

type Commands = {
  [Name in CommandName]: (options: OptionsOf<Name>, words: string[]) => Promise<number>;
};

export const commands: Commands = {
  run: (options) => inTurn(async () => (await import("./run/command.js")).run(options)),
  verify: (options) => inTurn(async () => (await import("./verify/command.js")).verify(options)),
  cassandra: async (_, [action]) => (await import("./cassandra/command.js")).cassandra(action),
  cluster: async (_, addresses) => (await import("./cluster/command.js")).cluster(addresses),
  load: (options) => inTurn(async () => (await import("./load/command.js")).load(options)),
  spark: (options) => inTurn(async () => (await import("./spark/command.js")).spark(options)),
  lab: async (options) => (await import("./lab/command.js")).lab(options),
  notebooks: (options) => inTurn(async () => (await import("./notebooks/command.js")).notebooks(options)),
  exercises: async () => (await import("./exercises/command.js")).exercises(),
  pictures: async () => (await import("./browser/take-pictures.js")).takePictures(),
  soak: async (_, words) => (await import("./test/command.js")).soak(words),
  test: async (_, words) => (await import("./test/command.js")).test(words),
  grade: async (options, paths) => (await import("./grade/command.js")).grade(options, paths),
  bench: async (options) => (await import("./bench/command.js")).bench(options),
  generate: async (options) => (await import("./generate/command.js")).generate(options),
};
