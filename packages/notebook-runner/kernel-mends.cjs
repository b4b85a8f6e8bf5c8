// Loaded into the TypeScript kernel before tslab (--require; see its kernel.json). It mends two things.
//
// 1. tslab sends messages without waiting for the one before, or for a socket to be bound, and a socket of ZeroMQ that is still
// at work refuses the next one: the cell fails, or the kernel never says that it is done. Here each waits for its turn. And a socket drops what
// is shown beyond a thousand messages that are still to be sent; here it keeps them.
//
// 2. TypeScript's watch program keeps two timers: one to compile anew, one to look again for modules that it had not found.
// tslab knows of one, which it lets run when the next cell comes. Where something changes in node_modules between two
// cells (a folder comes, a package.json is touched) the other one is pending already, and every cell from then on fails
// with "Unexpected pending rebuildTimer". Here both wait behind tslab's one timer, and run when it does.

const Module = require("node:module");

const load = Module._load;
let compiler;
let sockets;
Module._load = function (request, ...rest) {
  const loaded = load.call(this, request, ...rest);
  if (request === "zeromq" && loaded !== sockets) {
    sockets = loaded;
    for (const { prototype } of [loaded.Publisher, loaded.Router]) {
      Object.defineProperties(prototype, {
        send: { value: inTurn(prototype.send) },
        bind: { value: inTurn(keepingAll(prototype.bind)) },
      });
    }
  }
  if (request !== "@tslab/typescript-for-tslab") return loaded;
  // The compiler's properties cannot be set.
  compiler ??= new Proxy(loaded, {
    get: (own, name) => (name === "createWatchCompilerHost" ? createHost(own) : own[name]),
  });
  return compiler;
};

/** What each socket did last, until that is done. */
const last = new WeakMap();

/** @param {(...given: unknown[]) => Promise<void>} act a method of a socket that is to wait for the one before */
function inTurn(act) {
  return function (...given) {
    const before = last.get(this);
    const done = before ? before.then(() => act.apply(this, given)) : act.apply(this, given);
    const forget = () => last.get(this) === settled && last.delete(this);
    const settled = done.then(forget, forget);
    last.set(this, settled);
    return done;
  };
}

/** @param {(address: string) => Promise<void>} bind of a socket */
function keepingAll(bind) {
  return function (address) {
    this.sendHighWaterMark = 0; // no limit; it counts from the next address on
    return bind.call(this, address);
  };
}

const createHost =
  ({ createWatchCompilerHost: create }) =>
  (files, options, system, ...rest) =>
    create(files, options, withTimers(system), ...rest);

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
