// Every npm script by its name. Each is loaded when it is called.

type Command = (args: string[]) => Promise<number>;

/** Commands that write the same files and tables wait for each other. */
const inTurn = async (work: () => Promise<number>) => (await import("./in-turn.js")).inTurn(work);

export const commands: Record<string, Command> = {
  run: (args) => inTurn(async () => (await import("./run/command.js")).run(args)),
  verify: (args) => inTurn(async () => (await import("./verify/command.js")).verify(args)),
  cassandra: async (args) => (await import("./cassandra/command.js")).cassandra(args),
  cluster: async (args) => (await import("./cluster/command.js")).cluster(args),
  load: (args) => inTurn(async () => (await import("./load/command.js")).load(args)),
  spark: (args) => inTurn(async () => (await import("./spark/command.js")).spark(args)),
  lab: async (args) => (await import("./lab/command.js")).lab(args),
  notebooks: (args) => inTurn(async () => (await import("./notebooks/command.js")).notebooks(args)),
  exercises: async () => (await import("./exercises/command.js")).exercises(),
  pictures: async () => (await import("./browser/take-pictures.js")).takePictures(),
  soak: async (args) => (await import("./test/command.js")).soak(args),
  test: async (args) => (await import("./test/command.js")).test(args),
  grade: async (args) => (await import("./grade/command.js")).grade(args),
  bench: async (args) => (await import("./bench/command.js")).bench(args),
  generate: async (args) => (await import("./generate/command.js")).generate(args),
};
