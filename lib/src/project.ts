// Where things are. A notebook may be started from any folder, so nothing depends on the working directory.

import { isAbsolute, join, relative, resolve } from "node:path";
import { type EmbeddedNode, readNode } from "@sparkify/embedded-cassandra/node-file";
import { contactPointsFromEnvironment } from "./connect/contact-points.js";

/** The folder of the project itself. */
export const projectRoot = resolve(import.meta.dirname, "..", "..");

/**
 * The folder that a run writes to: the streamlined CSV, `out/` and the embedded node's data.
 * It is the project's folder unless SPARKIFY_WORK_DIR names another one (the tests do).
 */
export const workDirectory = resolve(projectRoot, process.env.SPARKIFY_WORK_DIR ?? ".");

/** The folder of daily CSV logs: EVENT_DATA_DIR, or the project's own `event_data/`. */
export const eventDataDirectory = resolve(projectRoot, process.env.EVENT_DATA_DIR || "event_data");

/** The one denormalized CSV that notebook 02 writes. */
export const streamlinedCsv = join(workDirectory, "event_datafile_new.csv");

/**
 * The project's Cassandra, as `@sparkify/embedded-cassandra` takes it: the node's folder and program, the port with which the
 * search for a free one begins, and the cluster that is used instead where the environment names one.
 */
export const embeddedNode = () => ({
  directory: join(workDirectory, ".cassandra"),
  program: { venv: join(projectRoot, ".venv"), jars: join(projectRoot, ".cassandra", "lib") },
  firstPort: Number(process.env.SPARKIFY_CASSANDRA_PORT || 9042),
  contactPoints: contactPointsFromEnvironment(),
});

/** What the embedded node says of itself; undefined where none was ever started. */
export const readEmbeddedNode = (): EmbeddedNode | undefined => readNode(embeddedNode().directory);

/** A path as a reader of the notebooks wants it: relative to the project where it lies inside it. */
export function shortPath(path: string): string {
  const short = relative(projectRoot, path);
  if (isAbsolute(short) || /^\.\.([/\\]|$)/.test(short)) return path;
  return short === "" ? "." : short.replaceAll("\\", "/");
}
