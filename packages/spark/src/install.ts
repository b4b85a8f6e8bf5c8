// Installs Spark and the connector to Cassandra, below .spark/.

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { installJars, installPython } from "@sparkify/base/install/installers";
import { privateFolder } from "@sparkify/base/private-folder";
import { programOf } from "@sparkify/base/python";
import { ClassArchive } from "@sparkify/embedded-cassandra";
import { projectRoot } from "@sparkify/lib";

/** What is beside the package's code: SQL, and lists of what is installed. */
const sources = join(import.meta.dirname, "..");
const folder = join(projectRoot, ".spark");
const venv = join(folder, "venv");

export const sparkPython = programOf(venv, "python");
/** Of the installed Spark, for jobs that run here. */
export const classArchive = new ClassArchive(venv, "spark");
export const jobSql = join(sources, "job.sql");
export const reachSql = join(sources, "reach.sql");
export const keyStoresScript = join(sources, "key_stores.py");

/** The release that is installed, and that the connector is made for. A cluster must have the same first two numbers. */
export const sparkRelease = "3.5.9";

/** What a job is submitted with. */
export interface Spark {
  home: string;
  /** Whether it is the one that was installed for this. */
  isInstalled: boolean;
  /** The connector, and what else the job's addresses need; without what Spark has itself. */
  jars: string[];
}

/**
 * Finds Spark, and installs what is missing: the project's own, or the connector alone for the one that SPARK_HOME names.
 * @param uris where the job reads and writes: `s3a:` needs more jars
 * @param home what SPARK_HOME names
 */
export async function installSpark(uris: string[], home?: string): Promise<Spark> {
  if (process.platform === "win32") {
    throw new SparkifyError(
      "Spark cannot write files on Windows without programs that no package registry has. Run this command in the Windows Subsystem for Linux.",
    );
  }
  privateFolder(folder);
  await installPython("Install Apache Spark (some 400 MB)", venv, join(sources, "requirements.txt"), {
    // It comes as a source distribution, which is made into a wheel: jars, which are compressed already.
    stored: "pyspark",
  });
  const folders = [await fetchFrom("jgo.lock.toml", "jars", "Fetch the Spark Cassandra Connector")];
  if (uris.some((uri) => uri.startsWith("s3a:")))
    folders.push(await fetchFrom(join("s3a", "jgo.lock.toml"), "s3a", "Fetch the S3 client (some 280 MB)"));
  const used = home ?? installedHome();
  const shipped = sparkJars(used);
  const jars = folders.flatMap((from) =>
    readdirSync(from)
      .filter((name) => name.endsWith(".jar") && !shipped.has(artifactOf(name)))
      .map((name) => join(from, name)),
  );
  return { home: used, isInstalled: home === undefined, jars };
}

async function fetchFrom(lock: string, name: string, title: string): Promise<string> {
  const target = join(folder, name);
  await installJars(title, target, join(sources, lock));
  return target;
}

function installedHome(): string {
  const lib = join(venv, "lib");
  const [python = ""] = readdirSync(lib).filter((name) => name.startsWith("python"));
  return join(lib, python, "site-packages", "pyspark");
}

/** The artifacts that Spark ships. @throws SparkifyError where it is no Spark that the connector is made for */
function sparkJars(home: string): Set<string> {
  const jars = join(home, "jars");
  const names = existsSync(jars) ? readdirSync(jars) : [];
  const core = names.find((name) => name.startsWith("spark-core_"));
  if (!core?.startsWith("spark-core_2.12-3.5.")) {
    throw new SparkifyError(
      `Spark 3.5 for Scala 2.12 was expected, because the connector is made for it; SPARK_HOME=${home} has ` +
        `${core ?? "no spark-core jar in its folder jars"}. Name another Spark, or unset SPARK_HOME: then Spark ${sparkRelease} is installed.`,
    );
  }
  return new Set(names.map(artifactOf));
}

/** A jar's name without its release. */
const artifactOf = (jar: string) => jar.replace(/-\d[\w.-]*\.jar$/, "");
