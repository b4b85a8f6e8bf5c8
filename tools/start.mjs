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

const [command = "", ...args] = process.argv.slice(2);
const { endWhatIsLeft, interruptedCode, reportFailure, startGuardian } = await import("./processes.mjs");
startGuardian();
const { cleanEnvironment } = await import("./environment.mjs");
cleanEnvironment();
const { setUp } = await import("./setup/set-up.mjs");
try {
  await setUp();
  const { commands } = await import("../build/tools/commands.js");
  if (!commands[command]) {
    throw new Error(`No command named "${command}". The commands are: ${Object.keys(commands).join(", ")}.`);
  }
  const code = await commands[command](args);
  process.exitCode = interruptedCode() ?? code;
} catch (error) {
  process.exitCode = reportFailure(error);
}
await endWhatIsLeft();

// Not left to itself: a connection to a node that was lost and came back can stay open in the driver after its shutdown.
process.stdout.write("", () => process.stderr.write("", () => process.exit()));
