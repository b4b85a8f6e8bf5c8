// The way in for every npm script. Plain JavaScript without packages, because on a fresh clone nothing is
// installed or compiled yet: it sets up what is missing, then hands over to the compiled command.

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Node ${process.versions.node} is too old: this project needs Node 20.19 or newer.\n` +
      "Install a current Node (its website, nvm, fnm or your package manager) and run the command again.",
  );
  process.exit(1);
}

const [name = "", ...args] = process.argv.slice(2);
const { endWhatIsLeft, interruptedCode, reportFailure, startGuardian } = await import(
  "../packages/base/src/processes.mjs"
);
try {
  process.exitCode = await start();
} catch (error) {
  process.exitCode = reportFailure(error);
}
await endWhatIsLeft();

async function start() {
  const { isCommand } = await import("../packages/base/src/command-line/commands.mjs");
  const { helpOf, helpOfAll } = await import("../packages/base/src/command-line/help.mjs");
  const { readCommandLine, UsageError } = await import("../packages/base/src/command-line/read.mjs");
  if (["--help", "-h"].includes(name)) return say(helpOfAll());
  if (!isCommand(name)) throw new UsageError(`There is no command ${JSON.stringify(name)}. ${helpOfAll()}`);
  const { help, options, words, notes } = readCommandLine(name, args, process.env);
  if (help) return say(helpOf(name));
  for (const note of notes) console.error(note);

  startGuardian();
  const { cleanEnvironment } = await import("../packages/base/src/environment.mjs");
  cleanEnvironment();
  const { setUp } = await import("./setup/set-up.mjs");
  await setUp();
  const { commands } = await import("../build/tools/commands.js");
  const code = await commands[name](options, words);
  return interruptedCode() ?? code;
}

/** @param {string} text @returns the exit code */
function say(text) {
  console.log(text);
  return 0;
}

// Not left to itself: a connection to a node that was lost and came back can stay open in the driver after its shutdown.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
