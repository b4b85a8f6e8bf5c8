// Whether a Spark master is where SPARK_MASTER says.

import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { isLocal, type SparkSettings } from "./settings.js";

/** @throws SparkifyError within some seconds where no master is at the address */
export async function needMaster(settings: SparkSettings): Promise<void> {
  const { master } = settings;
  if (isLocal(settings) || /^k8s:\/\/.+$/.test(master)) return;
  if (master === "yarn") return needHadoopSettings(settings);
  const [, list] = master.match(/^spark:\/\/(.+)$/) ?? [];
  if (!list) {
    throw new SparkifyError(
      "SPARK_MASTER was expected to be spark://host:7077, yarn, k8s://https://host:port or local[*].",
    );
  }
  const answers = await Promise.all(list.split(",").map(answersAt));
  const reason = answers.find((answer) => answer !== "");
  if (answers.every((answer) => answer !== "")) {
    throw new SparkifyError(
      `No Spark master at ${list} (SPARK_MASTER): ${reason}. Start it, check host and port (that of spark://, not of its web page), or unset SPARK_MASTER: then Spark runs here.`,
      { where: { address: list } },
    );
  }
}

/** @throws SparkifyError where nothing says where YARN is */
function needHadoopSettings({ hadoop: { hadoopFolder, yarnFolder } }: SparkSettings): void {
  const folders = [yarnFolder, hadoopFolder].flatMap((folder) => folder || []);
  if (folders.some((folder) => existsSync(join(folder, "yarn-site.xml")))) return;
  throw new SparkifyError(
    "SPARK_MASTER=yarn needs HADOOP_CONF_DIR: the folder of the cluster's core-site.xml, hdfs-site.xml and yarn-site.xml. " +
      (folders[0] ? `No yarn-site.xml is in ${folders[0]}.` : "It is not set."),
  );
}

/**
 * A request of Spark's network layer for something that no master has: 8 bytes of length, the kind (0, fetch a chunk), and 12
 * bytes to name the chunk. A master says so in a message of kind 2, whether it wants a password or not.
 */
const question = Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, 21), Buffer.alloc(13)]);
const kindOfAnswer = 2;

/** @returns why no master answers; empty where one does */
function answersAt(address: string): Promise<string> {
  const [, host = "", port = "7077"] = address.match(/^\[?(.*?)\]?(?::(\d+))?$/) ?? [];
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 4000 });
    const other = "what listens there is no Spark master";
    let silent = "no answer within 4 s";
    let failure: string | undefined;
    const end = (reason: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once("connect", () => {
      silent = "something listens there, but gave no answer within 10 s, as a Spark master does";
      failure = other;
      socket.setTimeout(10_000); // it may be busy
      socket.write(question);
    });
    socket.once("data", (bytes) => end(bytes[8] === kindOfAnswer ? "" : other));
    socket.once("close", () => resolve(other));
    socket.once("timeout", () => end(silent));
    socket.once("error", (error) => end(failure ?? error.message));
  });
}
