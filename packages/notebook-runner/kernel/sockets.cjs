// tslab sends messages without waiting for the one before, or for a socket to be bound, and a socket of ZeroMQ that is still
// at work refuses the next one: the cell fails, or the kernel never says that it is done. Here each waits for its turn. And
// a socket drops what is shown beyond a thousand messages that are still to be sent; here it keeps them.

/** @param {{ Publisher: Function, Router: Function, Reply: Function }} zeromq is changed; tslab has sockets of these classes */
exports.mendSockets = ({ Publisher, Router, Reply }) => {
  for (const { prototype } of [Publisher, Router, Reply]) {
    Object.defineProperties(prototype, {
      send: { value: inTurn(prototype.send) },
      bind: { value: inTurn(keepingAll(prototype.bind)) },
    });
  }
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
