// What CASSANDRA_CONTACT_POINTS names.

import { isIPv6 } from "node:net";
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
