// What tslab asks of TypeScript's watch program, mended and made lighter.
//
// 1. The watch program keeps two timers: one to compile anew, one to look again for modules that it had not found. tslab
// knows of one, which it lets run when the next cell comes. Where something changes in node_modules between two cells (a
// folder comes, a package.json is touched) the other one is pending already, and every cell from then on fails with
// "Unexpected pending rebuildTimer". Here both wait behind tslab's one timer, and run when it does.
//
// 2. tslab makes two programs a cell, the first to learn what the cell declares. For each, TypeScript sets up a checker of
// types, and notes of all files which ones they refer to. Here a program has only what it is asked for.

/**
 * @param {object} compiler TypeScript, whose properties cannot be set
 * @param {(system: object) => object} withNotes what else is done to the system that the watch program is given
 */
exports.withMendedHost = (compiler, withNotes) =>
  new Proxy(compiler, {
    get: (own, name) => (name === "createWatchCompilerHost" ? createHost(own, withNotes) : own[name]),
  });

const createHost =
  (compiler, withNotes) =>
  (files, options, system, _createProgram, ...rest) => {
    const mended = withNotes(withTimers(system));
    return compiler.createWatchCompilerHost(files, options, mended, createLight(compiler), ...rest);
  };

/** As TypeScript's createProgram for its watch program. */
const createLight =
  ({ createAbstractBuilder, bindSourceFile }) =>
  (...given) => {
    const builder = createAbstractBuilder(...given);
    const program = builder.getProgram();
    // tslab reads from them what is declared.
    for (const name of program.getRootFileNames())
      bindSourceFile(program.getSourceFile(name), program.getCompilerOptions());
    return Object.assign(builder, { getAllDependencies: (file) => namesOfFilesFor(file, program) });
  };

/** The names of a file and of all files that it needs, itself or through others. */
function namesOfFilesFor(first, program) {
  const checker = program.getTypeChecker();
  const files = new Set([first]);
  // What is added meanwhile is gone through, too.
  for (const file of files) {
    for (const name of file.imports ?? [])
      for (const declaration of checker.getSymbolAtLocation(name)?.declarations ?? [])
        files.add(declaration.getSourceFile());
    for (const reference of file.referencedFiles) {
      const referenced = program.getSourceFileFromReference(file, reference);
      if (referenced) files.add(referenced);
    }
  }
  return [...files].map(({ fileName }) => fileName);
}

/** @param {{ setTimeout: Function, clearTimeout: Function }} system with room for one timer. It is changed. */
function withTimers(system) {
  const { setTimeout, clearTimeout } = system;
  const pending = new Set();
  let one; // tslab's
  let running = false;

  const forget = () => {
    if (one !== undefined) clearTimeout(one);
    one = undefined;
  };
  // What runs may ask for more; that runs too. Where it fails the cell fails, and the next one begins afresh.
  const runAll = () => {
    running = true;
    try {
      for (const timer of pending) {
        pending.delete(timer);
        timer.callback();
      }
      one = undefined; // tslab forgets its own when this returns
    } catch (error) {
      pending.clear();
      forget();
      throw error;
    } finally {
      running = false;
    }
  };
  return Object.assign(system, {
    setTimeout(callback) {
      const timer = { callback };
      pending.add(timer);
      if (!running && one === undefined) one = setTimeout(runAll);
      return timer;
    },
    clearTimeout(timer) {
      pending.delete(timer);
      if (!running && pending.size === 0) forget();
    },
  });
}
