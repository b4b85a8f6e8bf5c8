// Where things are, and what the environment says: no other file of the library reads it. A notebook may be started from any
// folder, so nothing depends on the working directory.

import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";

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

/** What the embedded Cassandra node says of itself to its clients. */
export interface EmbeddedNode {
  /** CQL port on 127.0.0.1. */
  port: number;
  /** Unique to each data directory, so that a client can tell this node from another clone's. */
  clusterName: string;
  /** Process id of the running node, or undefined when it is stopped. */
  pid?: number | undefined;
}

/** The file in which the embedded node says where it answers. */
export const embeddedNodeFile = join(workDirectory, ".cassandra", "node.json");

/** Reads {@link embeddedNodeFile}; undefined where no embedded node was ever started. */
export function readEmbeddedNode(): EmbeddedNode | undefined {
  if (!existsSync(embeddedNodeFile)) return undefined;
  return JSON.parse(readFileSync(embeddedNodeFile, "utf8")) as EmbeddedNode;
}

/**
 * A path as a reader of the notebooks wants it: relative to the project where it lies inside it.
 * @example shortPath(eventDataDirectory); // "event_data"
 */
export function shortPath(path: string): string {
  const short = relative(projectRoot, path);
  if (isAbsolute(short) || /^\.\.([/\\]|$)/.test(short)) return path;
  return short === "" ? "." : short.replaceAll("\\", "/");
}
