// The encrypted connection to a cluster of your own.

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { type ConnectionOptions, checkServerIdentity, createSecureContext } from "node:tls";
import type { AddressBook } from "@sparkify/base/address-book";
import { SparkifyError } from "@sparkify/base/errors";
import type { ClusterSettings } from "./settings.js";

/**
 * TLS as CASSANDRA_TLS_CA, CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY want it; undefined where they are not set.
 *
 * The driver connects to addresses, while certificates mostly hold names. A certificate is accepted if it names the
 * address, or a contact point's host name that stands for this address. The nodes that the driver finds by itself are
 * known by address only: their certificates must name the address or any one of the contact points.
 */
export function tlsOptions(
  { authority, certificate, key }: ClusterSettings["tls"],
  book: AddressBook,
): ConnectionOptions | undefined {
  if ((certificate || key) && !authority) {
    throw new SparkifyError(
      "CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY need CASSANDRA_TLS_CA, which switches TLS on.",
    );
  }
  if (!authority) return undefined;
  if (!certificate !== !key) {
    const [set, missing] = certificate ? ["CERT", "KEY"] : ["KEY", "CERT"];
    throw new SparkifyError(
      `CASSANDRA_TLS_${set} is set, CASSANDRA_TLS_${missing} is not: a client certificate needs both files.`,
    );
  }
  const files = { ca: readCertificate("CASSANDRA_TLS_CA", authority) };
  const client = certificate &&
    key && {
      cert: readCertificate("CASSANDRA_TLS_CERT", certificate),
      key: readPem("CASSANDRA_TLS_KEY", key),
    };
  return {
    // The context holds the key where no printed client or error shows it.
    secureContext: secureContext({ ...files, ...client }),
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

function readCertificate(variable: string, file: string): Buffer {
  const text = readPem(variable, file);
  try {
    new X509Certificate(text);
  } catch {
    throw new SparkifyError(`${variable} names a file that is not a certificate in PEM form: ${file}`);
  }
  return text;
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SparkifyError(`${variable} names a file that cannot be read: ${(error as Error).message}`);
  }
}
