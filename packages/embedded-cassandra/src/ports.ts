// Which ports nothing listens on.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { SparkifyError } from "@sparkify/base/errors";

/**
 * How far from the usual port a start looks that found its port taken after all: two that start at the same moment find
 * the same ports free, so the next try is at random, or they would meet again.
 */
export const furtherBy = (attempt: number) => (attempt === 0 ? 0 : randomInt(1, 20 * attempt));

/** Where to look for a port on which nodes talk to one another: nobody has to know it, and two that start at once seldom meet. */
export const somewhereFrom = (first: number) => first + randomInt(90);

/** Ports for nodes of this process that may not have bound them yet, each with the node's directory. */
const reserved = new Map<number, string>();

/**
 * The first port from `wanted` on that is free at every one of the addresses.
 * @param directory of the node that it is for: no other node of this process gets it until `releasePorts`
 */
export async function freePort(
  wanted: number,
  addresses = ["127.0.0.1"],
  directory?: string,
): Promise<number> {
  const isForOther = (port: number) => ![undefined, directory].includes(reserved.get(port));
  for (let port = wanted; port < wanted + 100; port++) {
    const free = await Promise.all(addresses.map((address) => canListen(port, address)));
    if (!free.every(Boolean) || isForOther(port)) continue;
    if (directory) reserved.set(port, directory);
    return port;
  }
  throw new SparkifyError(`No free port on ${addresses.join(", ")} from ${wanted} to ${wanted + 99}.`);
}

/** The node of this directory has ended. */
export function releasePorts(directory: string): void {
  for (const [port, owner] of reserved) if (owner === directory) reserved.delete(port);
}

export function canListen(port: number, address = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRNOTAVAIL" ? reject(missingAddress(address)) : resolve(false),
    );
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Linux and Windows answer on all of 127.0.0.0/8, macOS on 127.0.0.1 only. */
function missingAddress(address: string): SparkifyError {
  return new SparkifyError(
    `Nothing can listen on ${address}: this machine does not have the address. ` +
      `On macOS, add it until the next restart with: sudo ifconfig lo0 alias ${address}`,
  );
}
