// Astra's way in: a zip file with addresses and certificates, which the driver reads.

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { SparkifyError } from "@sparkify/base/errors";
import type { Client, ClientOptions } from "cassandra-driver";
import type { ClusterSettings } from "./settings.js";

/** What the driver connects with as CASSANDRA_SECURE_BUNDLE says; undefined where it is not set. */
export function secureBundle({ secureBundle, contactPoints, tls }: ClusterSettings) {
  if (!secureBundle) return undefined;
  if (contactPoints.length > 0 || tls.authority)
    throw new SparkifyError(
      "CASSANDRA_SECURE_BUNDLE has the addresses and certificates: unset CASSANDRA_CONTACT_POINTS and CASSANDRA_TLS_*.",
    );
  const options: ClientOptions = { cloud: { secureConnectBundle: secureBundle } };
  return {
    options,
    name: `the database of CASSANDRA_SECURE_BUNDLE (${secureBundle})`,
    help:
      "Check in Astra's console that the database is active, download its bundle anew and leave it zipped; CASSANDRA_USERNAME is the word " +
      "token, and CASSANDRA_PASSWORD the token",
  };
}

/** What is wrong with the file itself; undefined where it is something else. */
export function bundleFault({ name, code, message }: NodeJS.ErrnoException): string | undefined {
  if (/^(ENOENT|EACCES|EPERM|EISDIR)$/.test(code ?? "")) return `the file cannot be read (${code})`;
  const isNone = /SyntaxError|TypeError/.test(name) || /zip|ERR_OSSL/i.test(`${code} ${message}`);
  return isNone ? "the file is no secure connect bundle, or only a part of one" : undefined;
}

/** The key goes where no printed client shows it, which may be the last line of a cell: before the driver connects with it. */
export function hideKey(client: Client): void {
  const { options } = client as unknown as { options: object };
  let hidden: SecureContextOptions | undefined;
  Object.defineProperty(options, "sslOptions", {
    get: () => hidden,
    set({ ca, cert, key, ...rest }: SecureContextOptions) {
      const { validTo } = new X509Certificate(cert as Buffer);
      if (Date.parse(validTo) < Date.now()) throw new Error(`the bundle expired on ${validTo}`); // who refuses it may not say why
      // A connection that an earlier bundle opened is not used again: agents tell keys apart, and see none here.
      const secureContext = createSecureContext({ ca, cert, key });
      hidden = { ...rest, secureContext, agent: false } as SecureContextOptions;
    },
  });
}
