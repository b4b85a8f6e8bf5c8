// The folders of a store, as hdfs: and s3a:, through Hadoop's own file shell: looked at before Spark starts, so that a
// folder that is missing or closed is named within seconds.

import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { SparkifyError } from "@sparkify/base/errors";
import { endProcessTree, startChild } from "@sparkify/base/processes";
import { findJava } from "@sparkify/embedded-cassandra";
import type { Spark } from "./install.js";
import type { SparkSettings } from "./settings.js";
import { explainedStore, listedIn } from "./what-spark-says.js";

/** A store that does not answer is given up sooner than Hadoop would, which tries for minutes: a job may wait, a look not. */
const impatient = {
  "fs.s3a.attempts.maximum": "2",
  "fs.s3a.retry.limit": "1",
  "fs.s3a.connection.establish.timeout": "4000",
  "fs.s3a.connection.timeout": "20000",
  "ipc.client.connect.max.retries": "1",
  "ipc.client.connect.max.retries.on.timeouts": "1",
  "ipc.client.connect.timeout": "4000",
  "dfs.client.failover.max.attempts": "2",
};

const mostSeconds = 90;

export interface Listed {
  path: string;
  bytes: number;
}

export class Store {
  readonly #java = findJava("Spark 3.5");
  readonly #classPath: string;
  readonly #settings: string;

  /**
   * @param properties of the job: what begins with spark.hadoop. is for the store
   * @param scratch a folder that only this user can read
   */
  constructor(
    spark: Spark,
    properties: Record<string, string>,
    { hadoop: { hadoopFolder, yarnFolder } }: SparkSettings,
    scratch: string,
  ) {
    const folder = join(scratch, "store");
    mkdirSync(folder);
    const folders = [hadoopFolder, yarnFolder, join(spark.home, "conf"), folder].filter(
      (one) => one !== undefined,
    );
    const jars = [...spark.jars.map(dirname), join(spark.home, "jars")].map((one) => join(one, "*"));
    this.#classPath = [...new Set([...folders, ...jars])].join(delimiter);
    // The shell wants these two files to be there; where the cluster has its own, those are found first.
    for (const name of ["core-site.xml", "hdfs-site.xml"]) writeXml(join(folder, name), {});
    this.#settings = join(folder, "settings.xml");
    const prefix = "spark.hadoop.";
    const given = Object.entries(properties)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]);
    writeXml(this.#settings, { ...impatient, ...Object.fromEntries(given) });
  }

  /**
   * All files below the folder.
   * @param variable that names the folder, for the message
   * @throws SparkifyError where it is not there, or may not be read
   */
  async list(folder: string, variable: string): Promise<Listed[]> {
    const output = await this.#run(["-ls", "-R", folder], folder, variable);
    return output
      .split("\n")
      .map(listedIn)
      .filter((listed) => listed !== undefined);
  }

  /**
   * Makes a new folder.
   * @param shown the folder that the variable names, for the message
   * @throws SparkifyError where it cannot be made
   */
  async make(folder: string, shown: string, variable: string): Promise<void> {
    await this.#run(["-mkdir", "-p", folder], shown, variable);
  }

  /** Deletes a folder, in silence: nothing depends on it. */
  async remove(folder: string): Promise<void> {
    await this.#run(["-rm", "-r", "-f", "-skipTrash", folder], folder, "").catch(() => {});
  }

  async #run(args: string[], folder: string, variable: string): Promise<string> {
    const java = ["-XX:TieredStopAtLevel=1", "-cp", this.#classPath];
    const shell = ["org.apache.hadoop.fs.FsShell", "-conf", this.#settings];
    const child = startChild(this.#java, [...java, ...shell, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    if (!child.stdout || !child.stderr) throw new Error("no output from Hadoop");
    const [output, complaints] = [text(child.stdout), text(child.stderr)];
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      void endProcessTree(child, 0);
    }, mostSeconds * 1000);
    const code = await new Promise<number>((resolve, reject) =>
      child.once("error", reject).once("close", (ended) => resolve(ended ?? 1)),
    ).finally(() => clearTimeout(limit));
    if (late) {
      throw new SparkifyError(`${folder} (${variable}): the store gave no answer within ${mostSeconds} s.`);
    }
    if (code !== 0) throw explainedStore(await complaints, folder, variable);
    return output;
  }
}

function writeXml(file: string, settings: Record<string, string>): void {
  const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const lines = Object.entries(settings).map(
    ([name, value]) => `<property><name>${escaped(name)}</name><value>${escaped(value)}</value></property>\n`,
  );
  writeFileSync(file, `<configuration>\n${lines.join("")}</configuration>\n`, { mode: 0o600 });
}
