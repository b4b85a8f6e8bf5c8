// Why a node could not be connected to, in words, and what to do about it.

import type { DetailedPeerCertificate } from "node:tls";

export interface Failure {
  what: string;
  help: string;
}

const elsewhere = "or unset CASSANDRA_CONTACT_POINTS to use the embedded node: npm run cassandra -- start";
const checkAddress = `Check the host, the port and that Cassandra runs there, ${elsewhere}`;
const checkNetwork = `Check the host, the port, the network and the firewall, ${elsewhere}`;
const clientCertificate =
  "Set CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY to a client certificate that the cluster trusts, and to its key";

/** An error whose text is already for the reader. */
export class PlainFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.what);
  }
}

export function noAnswer(seconds: number): PlainFailure {
  return new PlainFailure({
    what: `no answer to the CQL handshake within ${seconds} s`,
    help: checkNetwork,
  });
}

/** Why one node could not be connected to. The sentence goes on after the node's name, and never has a password. */
export function explain(error: unknown): Failure {
  // The driver keeps the error of each host inside a NoHostAvailableError.
  const inner = Object.values((error as { innerErrors?: Record<string, Error> }).innerErrors ?? {})[0];
  if (inner) return explain(inner);
  if (error instanceof PlainFailure) return error.failure;
  const { code = "", message, innerError } = error as NodeJS.ErrnoException & { innerError?: Error };
  if (innerError) return explain(innerError); // what closed a socket
  const { CASSANDRA_TLS_CA: tls, CASSANDRA_TLS_CERT: withCertificate } = process.env;
  switch (code) {
    case "ECONNREFUSED":
      return { what: "nothing listens there", help: checkAddress };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { what: "the host name is not known", help: checkAddress };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { what: `it cannot be reached (${code})`, help: checkNetwork };
    case "CERT_HAS_EXPIRED":
      return { what: "its certificate has expired", help: "Give the node a new certificate" };
    case "CERT_NOT_YET_VALID":
      return { what: "its certificate is not valid yet", help: "Check the clocks of both machines" };
    case "ERR_TLS_CERT_ALTNAME_INVALID": {
      const { cert, host } = error as unknown as { cert: DetailedPeerCertificate; host: string };
      return {
        what: `its certificate is for ${cert.subjectaltname ?? cert.subject?.CN ?? "nobody"}, not for ${host}`,
        help: "Use the name in the certificate in CASSANDRA_CONTACT_POINTS, or give the node a certificate that names this host",
      };
    }
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "CERT_SIGNATURE_FAILURE":
      return {
        what: "its certificate was not issued by the authority of CASSANDRA_TLS_CA",
        help: "Set CASSANDRA_TLS_CA to the certificate of the authority that issued it",
      };
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return { what: "it does not speak TLS", help: "Unset CASSANDRA_TLS_CA, or check the port" };
  }
  if (/alert/i.test(`${code} ${message}`)) {
    return withCertificate
      ? { what: `it refuses the client certificate (TLS alert: ${alertName(code)})`, help: clientCertificate }
      : { what: "it wants a client certificate", help: clientCertificate };
  }
  if ((error as Error).name === "AuthenticationError") {
    return process.env.CASSANDRA_USERNAME
      ? {
          what: "it refuses the user name or the password",
          help: "Check CASSANDRA_USERNAME and CASSANDRA_PASSWORD",
        }
      : {
          what: "it wants a user name and a password",
          help: "Set CASSANDRA_USERNAME and CASSANDRA_PASSWORD",
        };
  }
  if (
    code === "ECONNRESET" ||
    code === "EPIPE" ||
    /Socket was closed|socket disconnected|hang up/.test(message)
  ) {
    const why = tls ? clientCertificate : "Set CASSANDRA_TLS_CA if the cluster wants TLS";
    return {
      what: "it closed the connection",
      help: `Check that the port is Cassandra's CQL port, ${elsewhere}. ${why}`,
    };
  }
  return { what: oneLine(message), help: checkAddress };
}

/** ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "unknown ca". */
function alertName(code: string): string {
  return code
    .replace(/^.*ALERT_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\.$/, "");
}
