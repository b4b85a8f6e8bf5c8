// Loaded into every kernel that the runner starts (NODE_OPTIONS=--require). tslab hides what a strict reviewer
// must see, so this writes it to a file that the runner reads, one JSON object a line:
// rejected promises that nobody awaited, uncaught exceptions, and where in the cell an error came from. And as nobody asks such
// a kernel for documentation, TypeScript gets none to parse: it starts with a quarter less of processor time.

const { appendFileSync } = require("node:fs");
const Module = require("node:module");
const vm = require("node:vm");

const file = process.env.SPARKIFY_KERNEL_WATCH;
// NODE_OPTIONS reaches child processes too; only the kernel itself is watched.
delete process.env.SPARKIFY_KERNEL_WATCH;

exports.isWatched = Boolean(file);

if (file) {
  // What is noted late still belongs to the cell whose code ran last.
  let ran = 0;
  const note = (entry) => appendFileSync(file, `${JSON.stringify({ ...entry, ran })}\n`);
  const describe = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

  // Before a cell has run it is tslab's own.
  process.on("unhandledRejection", (reason) => {
    if (ran > 0) note({ event: "rejection", message: describe(reason) });
  });
  process.on("uncaughtException", (error) => note({ event: "exception", message: describe(error) }));

  // A stack names a line of the compiled cell. The text of that line lets the runner find it in the notebook.
  const run = vm.runInThisContext;
  const locate = (error, code) => {
    const line = /evalmachine\.<anonymous>:(\d+)/.exec(error?.stack ?? "")?.[1];
    if (line) note({ event: "located", text: code.split("\n")[Number(line) - 1]?.trim() ?? "" });
  };
  vm.runInThisContext = (code, options) => {
    if (options) ran++; // a cell; the kernel's own code comes without
    try {
      const result = run(code, options);
      if (typeof result?.then === "function") result.then(undefined, (error) => locate(error, code));
      return result;
    } catch (error) {
      locate(error, code);
      throw error;
    }
  };

  const load = Module._load;
  let compiler;
  Module._load = function (request, ...rest) {
    const loaded = load.call(this, request, ...rest);
    if (request === "@tslab/typescript-for-tslab" && compiler !== loaded) {
      compiler = loaded;
      const { readFile } = loaded.sys;
      loaded.sys.readFile = (path, ...more) => withoutDocumentation(path, readFile(path, ...more));
    }
    return loaded;
  };

  // Called by the runner after the last cell. A connection that is closing gets a moment.
  globalThis.__sparkifyNoteOpenConnections = (waited = 0) => {
    const open = process
      ._getActiveHandles()
      .filter((handle) => handle.remotePort !== undefined && !handle.destroyed);
    if (open.length > 0 && waited < 1000) {
      setTimeout(globalThis.__sparkifyNoteOpenConnections, 50, waited + 50);
      return;
    }
    const addresses = new Set(open.map((socket) => `${socket.remoteAddress}:${socket.remotePort}`));
    for (const address of addresses) note({ event: "open connection", message: address });
    note({ event: "looked for open connections" });
  };
}

/** @param {string} path of a file that TypeScript reads @param {string | undefined} text */
function withoutDocumentation(path, text) {
  const isKnown = /[/\\](@types[/\\]node|typescript-for-tslab)[/\\].*\.d\.ts$/.test(path);
  return isKnown ? text?.replace(/\/\*\*[\s\S]*?\*\//g, "") : text;
}
