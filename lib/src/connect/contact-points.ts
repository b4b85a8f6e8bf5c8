// What CASSANDRA_CONTACT_POINTS names: hosts, and the addresses behind them.

import { lookup } from "node:dns/promises";
import { isIP, isIPv6 } from "node:net";
import { SparkifyError } from "@sparkify/base/errors";

export interface ContactPoint {
  /** A name or an address. */
  host: string;
  port: number;
  /** As a message shows it. */
  text: string;
}

/** Takes `host`, `host:port`, an IPv6 address and `[IPv6 address]:port`. The port of the first counts for those without one. */
export function parseContactPoints(texts: string[]): ContactPoint[] {
  let firstPort: number | undefined;
  return texts.map((text, index) => {
    const [, bracketed, plain, digits] =
      (isIPv6(text)
        ? [text, undefined, text]
        : text.match(/^(?:\[([\da-fA-F:.%]+)\]|([\w.-]+))(?::(\d{1,5}))?$/)) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits ?? firstPort ?? 9042);
    if (!host || (bracketed && !isIPv6(bracketed)) || port < 1 || port > 65535) {
      // The text itself is not shown: it may be a URL with a password in it.
      throw new SparkifyError(
        `CASSANDRA_CONTACT_POINTS: entry ${index + 1} of ${texts.length} is not a host or host:port. ` +
          "Write it like 127.0.0.1:9042, or node1.example.com:9042, node2.example.com:9042; a user name belongs in CASSANDRA_USERNAME.",
      );
    }
    firstPort ??= port;
    return { host, port, text: isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}` };
  });
}

/** Addresses of hosts, each name asked for once; and the other way round, which names an address was given by. */
export class AddressBook {
  private readonly addresses = new Map<string, Promise<string[]>>();
  private readonly names = new Map<string, Set<string>>();

  addressesOf(host: string): Promise<string[]> {
    let found = this.addresses.get(host);
    if (!found) {
      found = isIP(host) ? Promise.resolve([host]) : this.lookUp(host);
      found.catch(() => {}); // awaited by those who need it
      this.addresses.set(host, found);
    }
    return found;
  }

  /** The names of the contact points at this address; where it is none of theirs, the names of all. */
  namesOf(address: string): string[] {
    const all = [...this.names.values()].flatMap((names) => [...names]);
    const known = this.addresses.has(address) ? [] : all; // given as an address: no name stands for it
    return [...(this.names.get(address) ?? known)];
  }

  private async lookUp(host: string): Promise<string[]> {
    const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
    for (const address of addresses) {
      this.names.set(address, (this.names.get(address) ?? new Set()).add(host));
    }
    return addresses;
  }
}
