// The settings of one job, as Spark takes them. All of them go into a file that nobody else can read, and nothing onto a command line.

import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { runChild } from "@sparkify/base/processes";
import { readEmbeddedNode } from "@sparkify/lib";
import {
  eventColumns,
  largestWholeNumber,
  leastUselessRows,
  longestRecord,
  reasons,
  tooLongForSeconds,
} from "@sparkify/loader";
import { keyStoresScript, type Spark, sparkPython } from "./install.js";
import { type CassandraSettings, isLocal, type SparkSettings } from "./settings.js";

/** One run of job.sql. */
export interface Submission {
  settings: SparkSettings;
  /** The folder of daily logs, as a URI. */
  logs: string;
  /** Where Parquet files, CSV and rejected rows go, as a URI. */
  out: string;
  /** Only this day. */
  date?: string | undefined;
  /** The names of the logs, where some of the folder are left out. */
  names?: string[] | undefined;
  /** Whether logs that cannot be read are left out. */
  skipFiles: boolean;
  maxErrors: number;
  /** Of all logs. */
  bytes: number;
  /** Whether the tables are compared with the plays in the end. */
  verify: boolean;
  /** The folder of this run's tables, as a URI below `out`. */
  work: string;
  /** What the file of SPARK_PROPERTIES says. */
  given: Record<string, string>;
  /** For the Java that Spark runs in, where that is here. */
  javaOptions: string[];
  /** A folder of its own for what the job needs while it runs, which only this user can read. */
  scratch: string;
}

/** More than this many bytes of logs are worth a start that takes longer. */
export const manyBytes = 50_000_000;

const anyDate = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";

/** Writes the job's settings. @returns the file */
export async function writeProperties(spark: Spark, run: Submission): Promise<string> {
  const properties = {
    ...forSpark(spark, run),
    ...(await forCassandra(run.settings.cassandra, run.scratch)),
    ...run.given,
    ...forSql(run),
  };
  const file = join(run.scratch, "spark.properties");
  writeFileSync(file, propertiesText(properties), { mode: 0o600 });
  return file;
}

/** Cassandra warns of every batch that is larger than it likes, and the driver would print each of them in full. */
const quietDriver = "-Ddatastax-java-driver.advanced.request.log-warnings=false";

/** Few rows are done sooner by code that is not compiled for speed first, and by a collector without threads of its own. */
const quickStart = {
  java: ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
  sql: { "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN" },
};

/** Fewer bytes of logs are not worth a second task after each shuffle. */
const fewBytes = 10_000_000;

/** Java's second compiler then needs a third less of processor time, and its code was as fast. */
const inlineLess = ["-XX:MaxInlineLevel=6", "-XX:InlineSmallCode=700", "-XX:FreqInlineSize=150"];

/** Many rows in one process: the collector that takes the least processor time in all, though it pauses longer. */
const highThroughput = { java: ["-XX:+UseParallelGC", ...inlineLess], sql: {} };
const cluster = { java: [], sql: {} };

/** Spark divides the text at spaces that are not in quotes. */
const optionsText = (options: string[]) =>
  options.map((option) => `"${option.replace(/[\\"]/g, "\\$&")}"`).join(" ");

function forSpark({ jars }: Spark, { settings, work, scratch, bytes, javaOptions }: Submission) {
  const { java, sql } = bytes < manyBytes ? quickStart : isLocal(settings) ? highThroughput : cluster;
  return {
    // A task that failed is tried again, as a cluster does: a busy Cassandra can be late once.
    "spark.master": settings.master === "local[*]" ? "local[*,4]" : settings.master,
    "spark.app.name": "sparkify",
    "spark.jars": jars.join(),
    "spark.ui.enabled": "false", // it would listen on every address
    "spark.ui.showConsoleProgress": "true",
    ...forPlans(work),
    ...(isLocal(settings) && forThisMachine(settings, scratch, bytes)),
    // A resource manager that does not answer is waited for a minute, not for fifteen.
    ...(settings.master === "yarn" && { "spark.hadoop.yarn.resourcemanager.connect.max-wait.ms": "60000" }),
    // Hive leaves a folder for temporary files behind after every job.
    "spark.driver.extraJavaOptions": optionsText([
      ...java,
      quietDriver,
      `-Djava.io.tmpdir=${scratch}`,
      ...javaOptions,
    ]),
    "spark.executor.extraJavaOptions": optionsText([...java, quietDriver]),
    ...sql,
  };
}

const forPlans = (work: string) => ({
  "spark.sql.catalogImplementation": "in-memory",
  "spark.sql.warehouse.dir": work,
  "spark.sql.extensions": "com.datastax.spark.connector.CassandraSparkExtensions",
  "spark.sql.catalog.cass": "com.datastax.spark.connector.datasource.CassandraCatalog",
  // The plays' folders say which days there are.
  "spark.sql.hive.manageFilesourcePartitions": "false",
  // Texts of plans are built for every statement, whether anybody looks at them or not.
  "spark.sql.maxPlanStringLength": "1000",
  "spark.sql.ui.explainMode": "simple",
  // The rules are many expressions: planned and compiled once is enough.
  "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.PushProjectionThroughUnion",
  "spark.sql.objectHashAggregate.sortBased.fallbackThreshold": "65536",
  // Java does not compile methods that are longer, and Spark makes long ones of long statements.
  "spark.sql.codegen.hugeMethodLimit": "8000",
});

const forThisMachine = ({ driverMemory }: SparkSettings, scratch: string, bytes: number) => ({
  "spark.driver.bindAddress": "127.0.0.1",
  "spark.driver.host": "127.0.0.1",
  "spark.driver.memory": driverMemory,
  "spark.local.dir": scratch,
  "spark.sql.shuffle.partitions": bytes < fewBytes ? "1" : "4",
});

async function forCassandra(settings: CassandraSettings, scratch: string) {
  const { contactPoints, localDataCenter, username, password = "", secureBundle } = settings;
  if (secureBundle)
    throw new SparkifyError(
      "npm run spark takes no CASSANDRA_SECURE_BUNDLE: npm run load does the same job with it. Or unset it, and set CASSANDRA_CONTACT_POINTS.",
    );
  const isEmbedded = contactPoints.length === 0;
  const [hosts, port] = isEmbedded
    ? ["127.0.0.1", String(readEmbeddedNode()?.port ?? 9042)]
    : hostsAndPort(contactPoints);
  return {
    "spark.cassandra.connection.host": hosts,
    "spark.cassandra.connection.port": port,
    ...(localDataCenter && { "spark.cassandra.connection.localDC": localDataCenter }),
    ...(username &&
      !isEmbedded && {
        "spark.cassandra.auth.username": username,
        "spark.cassandra.auth.password": password,
      }),
    ...(!isEmbedded && (await forTls(settings.tls, scratch))),
    "spark.cassandra.output.consistency.level": "LOCAL_QUORUM",
    "spark.cassandra.input.consistency.level": "LOCAL_QUORUM",
    // Batches of rows that the same nodes keep; see docs/spark.md.
    "spark.cassandra.output.batch.grouping.key": "replica_set",
    "spark.cassandra.output.batch.size.rows": "32",
    "spark.cassandra.output.batch.grouping.buffer.size": "100",
    "spark.cassandra.output.concurrent.writes": "32",
  };
}

/** The connector takes one port for all nodes, as drivers do. */
function hostsAndPort(points: string[]): [string, string] {
  const parts = points.map((point) => point.match(/^\[?([^\]]*?)\]?(?::(\d+))?$/) ?? []);
  const port = parts.find(([, , found]) => found)?.[2] ?? "9042";
  return [parts.map(([, host]) => host).join(), port];
}

/** The connector's own default are two suites without forward secrecy, which a current Java refuses as a server. */
const cipherSuites = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
];

/** Certificates in Java's form, sent to every executor with the job. */
async function forTls(
  { authority, certificate, key }: CassandraSettings["tls"],
  scratch: string,
): Promise<Record<string, string>> {
  if (!authority) return {};
  const password = randomBytes(24).toString("hex");
  const files = certificate && key ? [authority, certificate, key] : [authority];
  const { code, tail } = await runChild(sparkPython, [keyStoresScript, scratch, ...files], {
    env: childEnvironment([], { STORE_PASSWORD: password }),
  });
  if (code !== 0) {
    throw new SparkifyError(
      `The files of CASSANDRA_TLS_CA, CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY cannot be put into Java's form: ${tail.split("\n").at(-1)}`,
    );
  }
  const stores = files.length > 1 ? ["trust", "key"] : ["trust"];
  return {
    "spark.files": stores.map((name) => join(scratch, `${name}.p12`)).join(),
    "spark.cassandra.connection.ssl.enabled": "true",
    "spark.cassandra.connection.ssl.enabledAlgorithms": cipherSuites.join(),
    ...Object.fromEntries(
      stores.flatMap((name) => [
        [`spark.cassandra.connection.ssl.${name}Store.path`, `${name}.p12`],
        [`spark.cassandra.connection.ssl.${name}Store.type`, "PKCS12"],
        [`spark.cassandra.connection.ssl.${name}Store.password`, password],
      ]),
    ),
    ...(files.length > 1 ? { "spark.cassandra.connection.ssl.clientAuth.enabled": "true" } : {}),
  };
}

/** A name in a pattern of Hadoop's. */
const asGlob = (name: string) => name.replace(/[\\*?[\]{},^!]/g, "\\$&");

/** What job.sql asks for as ${spark.sparkify.…}, as the inside of an SQL string. */
function forSql({ logs, out, date, names, maxErrors, skipFiles, verify }: Submission) {
  const values: Record<string, string | number> = {
    logs,
    out,
    maxErrors,
    longestRecord,
    largestWholeNumber,
    tooLongForSeconds,
    leastUselessRows,
    files: names ? `{${names.map(asGlob).join()}}` : `*${date ?? anyDate}*.{csv,csv.gz,CSV}`,
    verify: String(verify),
    skipFiles: String(skipFiles),
    header: eventColumns.join(),
  };
  for (const [name, text] of Object.entries(reasons)) values[`reason.${name}`] = text;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      `spark.sparkify.${name}`,
      String(value).replace(/[\\']/g, "\\$&"),
    ]),
  );
}

/** Java's form of a properties file. */
const propertiesText = (settings: Record<string, string>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\").replace(/^ /, "\\ ")}\n`)
    .join("");

/** What the file of SPARK_PROPERTIES says. @throws SparkifyError where it cannot be read */
export function readProperties(file: string | undefined): Record<string, string> {
  if (file === undefined) return {};
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new SparkifyError(
      `SPARK_PROPERTIES names a file that cannot be read: ${(error as Error).message}`,
      { where: { file } },
    );
  }
  const found: Record<string, string> = {};
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, name, value = ""] = line.trim().match(/^([^\s=]+)\s*[=\s]\s*(.*)$/) ?? [];
    if (name === undefined) {
      throw new SparkifyError(
        `SPARK_PROPERTIES: expected "name value", got: ${line.trim().split(/[=\s]/)[0]}`,
        { where: { file, line: index + 1 } },
      );
    }
    found[name] = value;
  }
  return found;
}
