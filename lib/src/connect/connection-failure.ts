// Why a node could not be connected to, in words, and what to do about it.

import type { DetailedPeerCertificate } from "node:tls";
import { bundleFault } from "./secure-bundle.js";
import type { ClusterSettings } from "./settings.js";

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
  const what = `no answer to the CQL handshake within ${seconds} s`;
  return new PlainFailure({ what, help: checkNetwork });
}

/** What the codes of Node's and OpenSSL's errors mean here. */
const failures: { codes: string; what: string; help: string }[] = [
  { codes: "ECONNREFUSED", what: "nothing listens there", help: checkAddress },
  { codes: "ENOTFOUND EAI_AGAIN", what: "the host name is not known", help: checkAddress },
  { codes: "ETIMEDOUT EHOSTUNREACH ENETUNREACH", what: "it cannot be reached (CODE)", help: checkNetwork },
  {
    codes: "CERT_HAS_EXPIRED",
    what: "its certificate has expired",
    help: "Give the node a new certificate",
  },
  {
    codes: "CERT_NOT_YET_VALID",
    what: "its certificate is not valid yet",
    help: "Check the clocks of both machines",
  },
  {
    codes:
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_ISSUER_CERT_LOCALLY " +
      "SELF_SIGNED_CERT_IN_CHAIN DEPTH_ZERO_SELF_SIGNED_CERT CERT_SIGNATURE_FAILURE",
    what: "its certificate was not issued by the authority of CASSANDRA_TLS_CA",
    help: "Set CASSANDRA_TLS_CA to the certificate of the authority that issued it",
  },
  {
    codes: "ERR_SSL_WRONG_VERSION_NUMBER ERR_SSL_PACKET_LENGTH_TOO_LONG",
    what: "it does not speak TLS",
    help: "Unset CASSANDRA_TLS_CA, or check the port",
  },
];

/** Why one node could not be connected to. The sentence goes on after the node's name, and never has a password. */
export function explain(error: unknown, settings: ClusterSettings): Failure {
  if (error instanceof PlainFailure) return error.failure;
  const { innerErrors = {}, innerError } = error as {
    innerErrors?: Record<string, Error>;
    innerError?: Error;
  };
  // The driver keeps the error of each host inside a NoHostAvailableError, and what closed a socket in another one.
  const inner = Object.values(innerErrors)[0] ?? innerError;
  if (inner) return explain(inner, settings);
  const { code = "", name, message } = error as NodeJS.ErrnoException;
  const { username, tls, secureBundle } = settings;
  const fault = secureBundle && bundleFault(error as Error);
  if (fault) return { what: fault, help: "" };
  const usual = failures.find(({ codes }) => codes.split(" ").includes(code));
  if (usual) {
    const what = usual.what.replace("CODE", code);
    return { ...usual, what: secureBundle ? what.replace("CASSANDRA_TLS_CA", "the bundle") : what };
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    const { cert, host } = error as { cert: DetailedPeerCertificate; host: string };
    return {
      what: `its certificate is for ${cert.subjectaltname ?? cert.subject?.CN ?? "nobody"}, not for ${host}`,
      help: "Use the name in the certificate in CASSANDRA_CONTACT_POINTS, or give the node a certificate that names this host",
    };
  }
  if (/alert/i.test(`${code} ${message}`)) {
    const what =
      tls.certificate || secureBundle
        ? `it refuses the client certificate (TLS alert: ${alertName(code)})`
        : "it wants a client certificate";
    return { what, help: clientCertificate };
  }
  if (name === "AuthenticationError") {
    const [what, verb] = username
      ? ["it refuses the user name or the password", "Check"]
      : ["it wants a user name and a password", "Set"];
    return { what, help: `${verb} CASSANDRA_USERNAME and CASSANDRA_PASSWORD` };
  }
  const isClosed = /Socket was closed|socket disconnected|hang up/.test(message);
  if (code === "ECONNRESET" || code === "EPIPE" || isClosed) {
    const why = tls.authority ? clientCertificate : "Set CASSANDRA_TLS_CA if the cluster wants TLS";
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
