// Where a submission finds its Cassandra: one door for all submissions of a job, behind which another node is each time.

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { temporary } from "@sparkify/base/processes";

/** Takes connections, and leads them to a port of this machine. */
export class Gate {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #port: number | undefined;

  private constructor(
    /** The socket for the keeper of a cage, or undefined where the gate is a port. */
    readonly path: string | undefined,
  ) {
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#lead(socket));
  }

  /** A socket that only a cage is shown. Its path is short: the kernel takes 107 characters. */
  static async asSocket(): Promise<Gate> {
    const folder = temporary(mkdtempSync(join(tmpdir(), "sparkify-gate-")));
    const path = join(folder, "gate");
    const gate = new Gate(path);
    await gate.#listen({ path });
    chmodSync(path, 0o666); // the cage's user may be another one; the folder is for the owner only
    return gate;
  }

  /** A port of this machine, where there is no cage. */
  static async asPort(port: number): Promise<Gate> {
    const gate = new Gate(undefined);
    await gate.#listen({ port, host: "127.0.0.1" });
    return gate;
  }

  #listen(at: { path: string } | { port: number; host: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(at, () => resolve());
    });
  }

  #lead(socket: Socket): void {
    if (this.#port === undefined) return void socket.destroy();
    const onward = connect({ port: this.#port, host: "127.0.0.1", allowHalfOpen: true });
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      this.#open.add(from);
      from.once("error", () => to.destroy());
      from.once("close", () => {
        this.#open.delete(from);
        to.end(); // also where it was cut off
      });
      from.pipe(to);
    }
  }

  /** From now on connections lead to this port; undefined: nowhere. Earlier ones end. */
  leadTo(port: number | undefined): void {
    this.#port = port;
    for (const socket of this.#open) socket.destroy();
  }

  async close(): Promise<void> {
    this.leadTo(undefined);
    await new Promise((resolve) => this.#server.close(resolve));
    if (this.path !== undefined) rmSync(dirname(this.path), { recursive: true, force: true });
  }
}
