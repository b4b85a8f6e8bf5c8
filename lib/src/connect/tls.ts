// The encrypted connection to a cluster of your own.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ConnectionOptions, checkServerIdentity, createSecureContext } from "node:tls";
import { SparkifyError } from "@sparkify/base/errors";
import type { AddressBook } from "./contact-points.js";

/**
 * TLS as CASSANDRA_TLS_CA, CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY want it; undefined where they are not set.
 *
 * The driver connects to addresses, while certificates mostly hold names. A certificate is accepted if it names the
 * address, or a contact point's host name that stands for this address. The nodes that the driver finds by itself are
 * known by address only: their certificates must name the address or any one of the contact points.
 */
export function tlsFromEnvironment(book: AddressBook): ConnectionOptions | undefined {
  const { CASSANDRA_TLS_CA: ca, CASSANDRA_TLS_CERT: cert, CASSANDRA_TLS_KEY: key } = process.env;
  if ((cert || key) && !ca) {
    throw new SparkifyError(
      "CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY need CASSANDRA_TLS_CA, which switches TLS on.",
    );
  }
  if (!ca) return undefined;
  if (!cert !== !key) {
    throw new SparkifyError(
      `${cert ? "CASSANDRA_TLS_CERT is set, CASSANDRA_TLS_KEY is not" : "CASSANDRA_TLS_KEY is set, CASSANDRA_TLS_CERT is not"}: ` +
        "a client certificate needs both files.",
    );
  }
  const authority = certificate("CASSANDRA_TLS_CA", ca);
  const own = cert &&
    key && { cert: certificate("CASSANDRA_TLS_CERT", cert), key: pem("CASSANDRA_TLS_KEY", key) };
  return {
    // The context holds the key where no printed client or error shows it.
    secureContext: secureContext({ ca: authority, ...own }),
    rejectUnauthorized: true,
    checkServerIdentity(address, found) {
      const refusals = [...book.namesOf(address), address].map((host) => checkServerIdentity(host, found));
      return refusals.includes(undefined) ? undefined : refusals[0];
    },
  };
}

function secureContext(files: { ca: Buffer; cert?: Buffer; key?: Buffer }) {
  try {
    return createSecureContext(files);
  } catch (error) {
    throw new SparkifyError(
      `CASSANDRA_TLS_KEY cannot be used with CASSANDRA_TLS_CERT: ${(error as Error).message}. ` +
        "It must be the certificate's own private key, in PEM form and without a password.",
    );
  }
}

function certificate(variable: string, file: string): Buffer {
  const text = pem(variable, file);
  try {
    new X509Certificate(text);
  } catch {
    throw new SparkifyError(`${variable} names a file that is not a certificate in PEM form: ${file}`);
  }
  return text;
}

function pem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SparkifyError(`${variable} names a file that cannot be read: ${(error as Error).message}`);
  }
}
