// Where a job reads and writes.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { SparkifyError } from "@sparkify/base/errors";
import { isLocal, type SparkSettings } from "./settings.js";

export interface Place {
  /** As a pattern of Hadoop's. */
  logs: string;
  out: string;
  /** The two as folders of this machine, where they are. */
  localLogs: string | undefined;
  localOut: string | undefined;
}

/** @throws SparkifyError where an address is none that the job can use */
export function placeOfFiles(settings: SparkSettings): Place {
  const { logsUri, outUri, master, eventData } = settings;
  checkAddress("EVENT_DATA_URI", logsUri);
  checkAddress("SPARK_OUTPUT_URI", outUri);
  if (!isLocal(settings) && !outUri) {
    throw new SparkifyError(
      `SPARK_MASTER is ${master}: set SPARK_OUTPUT_URI too, to a folder that all its machines share (hdfs:, s3a:, or file: on a shared disk).`,
    );
  }
  const logs = logsUri ?? pathToFileURL(eventData).href;
  const out = outUri ?? pathToFileURL(join(settings.out, "spark")).href;
  const local = (uri: string) => (uri.startsWith("file:") ? fileURLToPath(uri) : undefined);
  // The characters of a pattern stand for themselves in the name of the folder.
  const pattern = asHadoop(logs).replace(/[{}[\]*?\\]/g, "\\$&");
  const place = { logs: pattern, out: asHadoop(out), localLogs: local(logs), localOut: local(out) };
  if (place.localOut) needWritableOutput(place.localOut);
  return place;
}

function checkAddress(name: string, uri: string | undefined): void {
  if (uri === undefined) return;
  const scheme = uri.match(/^[\w+.-]*:/)?.[0] ?? uri;
  if (!/^(file:\/{1,3}|hdfs:\/{1,3}|s3a:\/\/)[^/]/.test(uri)) {
    const meant = /^s3n?:$/.test(scheme) ? " Write s3a: instead: Hadoop's name for S3." : "";
    throw new SparkifyError(
      `${name} takes a file:, hdfs: or s3a: address, as s3a://bucket/logs: got ${scheme}${scheme === uri ? "" : "…"}.${meant}`,
    );
  }
  if (/^[^:]+:\/\/[^/]*@/.test(uri)) {
    throw new SparkifyError(
      `${name} has a user or a password in it, before an @. Take it out: for s3a: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, for hdfs: HADOOP_USER_NAME.`,
    );
  }
}

function needWritableOutput(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(mkdtempSync(join(folder, ".can-write-")), { recursive: true });
  } catch (error) {
    throw new SparkifyError(
      `The plays cannot be written to ${folder} (SPARK_OUTPUT_URI): ${(error as Error).message}. Name a folder that you may write to.`,
      { cause: error, where: { file: folder } },
    );
  }
}

/** Hadoop takes the characters of an address as they are. */
const asHadoop = (uri: string) =>
  (uri.startsWith("file:") ? `file://${fileURLToPath(uri)}` : uri).replace(/\/+$/, "");
