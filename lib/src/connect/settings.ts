// Where things are, and what the environment says: no other file of the library reads it. A notebook may be started from any
// folder, so nothing depends on the working directory.

import { basename, join, resolve } from "node:path";
import { shortPath as relativeToProject } from "@sparkify/base/short-path";
import { type EmbeddedNode, readNode, whatDataOutlives } from "@sparkify/embedded-cassandra/node-file";

const { env } = process;

/** The folder of the project itself. */
export const projectRoot = resolve(import.meta.dirname, "..", "..", "..");

/**
 * The folder that a run writes to: the streamlined CSV, `out/` and the embedded node's data.
 * It is the project's folder unless SPARKIFY_WORK_DIR names another one (the tests do).
 */
export const workDirectory = resolve(projectRoot, env.SPARKIFY_WORK_DIR ?? ".");

/**
 * The folder of daily CSV logs: EVENT_DATA_DIR, or the project's own `event_data/`.
 * @example const plays = readRawPlays(eventDataDirectory);
 */
export const eventDataDirectory = resolve(projectRoot, env.EVENT_DATA_DIR || "event_data");

/**
 * The one denormalized CSV that all tables are loaded from.
 * @example console.log(`All plays are in ${shortPath(streamlinedCsv)}`);
 */
export const streamlinedCsv = join(workDirectory, "event_datafile_new.csv");

/** How to reach a cluster, as the variables CASSANDRA_* say; what is not set is undefined. */
export interface ClusterSettings {
  /** Each `host` or `host:port`; none means the embedded node. */
  contactPoints: string[];
  /** A zip file of Astra's, which has the addresses and certificates. */
  secureBundle: string | undefined;
  localDataCenter: string | undefined;
  username: string | undefined;
  password: string | undefined;
  /** Files in PEM form. The authority's certificate switches TLS on. */
  tls: { authority: string | undefined; certificate: string | undefined; key: string | undefined };
}

/** Reads CASSANDRA_CONTACT_POINTS and the other variables that {@link connect} knows. */
export function clusterSettings(): ClusterSettings {
  return {
    contactPoints: (env.CASSANDRA_CONTACT_POINTS ?? "")
      .split(",")
      .map((point) => point.trim())
      .filter((point) => point !== ""),
    secureBundle: env.CASSANDRA_SECURE_BUNDLE,
    localDataCenter: env.CASSANDRA_LOCAL_DC,
    username: env.CASSANDRA_USERNAME,
    password: env.CASSANDRA_PASSWORD,
    tls: {
      authority: env.CASSANDRA_TLS_CA,
      certificate: env.CASSANDRA_TLS_CERT,
      key: env.CASSANDRA_TLS_KEY,
    },
  };
}

/** Where the cluster is that the environment names; none means the embedded node. */
export const otherCluster = ({ secureBundle, contactPoints }: ClusterSettings): string[] =>
  secureBundle ? [basename(secureBundle)] : contactPoints;

/**
 * The project's Cassandra, as `@sparkify/embedded-cassandra` takes it: the node's folder and program, the port with which the
 * search for a free one begins, and the cluster that is used instead where the environment names one.
 */
export const embeddedNode = () => ({
  directory: join(workDirectory, ".cassandra"),
  program: { venv: join(projectRoot, ".venv"), jars: join(projectRoot, ".cassandra", "lib") },
  firstPort: Number(env.SPARKIFY_CASSANDRA_PORT || 9042),
  dataOutlives: whatDataOutlives.find((one) => one === env.SPARKIFY_DATA_OUTLIVES) ?? "machine",
  contactPoints: otherCluster(clusterSettings()),
});

/** What the embedded node says of itself; undefined where none was ever started. */
export const readEmbeddedNode = (): EmbeddedNode | undefined => readNode(embeddedNode().directory);

/**
 * A path as a reader of the notebooks wants it: relative to the project where it lies inside it.
 * @example shortPath(eventDataDirectory); // "event_data"
 */
export const shortPath: (path: string) => string = relativeToProject; // its type is written out: cells find no subpath
