// The one place that reads what Spark and Hadoop print, which have no other form for it; and what it means, in words that tell
// what to do.

import { SparkifyError } from "@sparkify/base/errors";
import { sparkRelease } from "./install.js";

/** @returns how far a job's stages are, where a line of standard error says so */
export const progressIn = (line: string): string | undefined =>
  line
    .match(/\[Stage \d+[^\r]*\]/g)
    ?.at(-1)
    ?.replace(/[=>]/g, "")
    .replace(/\s+/g, " ");

/** Whether Spark says that it runs: what follows is the job's first task. */
export const saysStarted = (line: string) => line.startsWith("Setting default log level");

/** Whether Spark says, as it does every 15 seconds (spark.starvation.timeout), that it has no executor. */
export const saysStarved = (line: string) => line.includes("Initial job has not accepted any resources");

/** A file in the listing of Hadoop's file shell. */
export function listedIn(line: string): { path: string; bytes: number } | undefined {
  // Rights, copies, owner, group, bytes, day, time, path.
  const [, bytes, path] = line.match(/^-\S+(?:\s+\S+){3}\s+(\d+)\s+\S+\s+\S+\s(.+)$/) ?? [];
  return path === undefined ? undefined : { path, bytes: Number(bytes) };
}

/** Makes words of what a pattern has found. */
type Words = (found: string) => string;

const causes: [RegExp, Words][] = [
  [
    /InvalidClassException|NoSuchMethodError|AbstractMethodError|NoClassDefFoundError|ClassNotFoundException: (?:com\.datastax|scala)[^\n]*/,
    (found) =>
      `Jar releases do not match (${found}). The Spark of SPARK_MASTER must be 3.5 for Scala 2.12, as the one that submits the job: ` +
      `${sparkRelease}, or that of SPARK_HOME.`,
  ],
  [
    /NoAuthWithAWSException|No AWS Credentials|AccessDenied\w*|InvalidAccessKeyId|SignatureDoesNotMatch|Status Code: 40[13]/,
    (found) =>
      `The bucket of EVENT_DATA_URI or SPARK_OUTPUT_URI wants credentials, or others (${found}). Set AWS_ACCESS_KEY_ID and ` +
      "AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or name a provider in the file of SPARK_PROPERTIES: spark.hadoop.fs.s3a.aws.credentials.provider",
  ],
  [
    /AllNodesFailedException[^\n]*|Could not reach any contact point[^\n]*|NoNodeAvailableException[^\n]*|Failed to open native connection to Cassandra[^\n]*/,
    (found) =>
      `Spark cannot reach Cassandra from where the job runs, while this command can (${found.replace(/ \(showing.*/, "").slice(0, 200)}). Each node must answer on the address that it ` +
      "announces (rpc_address, or broadcast_rpc_address) from every machine that runs executors; the name in CASSANDRA_CONTACT_POINTS must mean the same there.",
  ],
  [
    /WriteTimeoutException[^\n]*|Unavailable(?:Exception)?[^\n]*|OverloadedException[^\n]*/,
    (found) =>
      `Cassandra did not take all writes (${found.slice(0, 200)}). Run the job again: a row that is written twice is the same row. ` +
      "Where it is overloaded, give spark.cassandra.output.throughputMBPerSec and fewer spark.cassandra.output.concurrent.writes in the file of SPARK_PROPERTIES.",
  ],
  [
    /(?:PathNotFound|PATH_NOT_FOUND|Path does not exist)[^\n]*/,
    (found) => `The logs are not there: ${found}\nCheck EVENT_DATA_URI.`,
  ],
  [
    /No FileSystem for scheme[^\n]*|UnsupportedFileSystemException[^\n]*/,
    (found) => `${found}: EVENT_DATA_URI takes file:, hdfs: and s3a: addresses.`,
  ],
  [
    /(?:ZipException|EOFException|Unexpected end of input stream)[^\n]*/,
    (found) => `A log cannot be read to its end (${found}). Mend it or take it away, and run the job again.`,
  ],
  [
    /Call From [^\n;]* failed [^;\n]*/,
    (found) =>
      `Hadoop does not answer (${found.replace(/^Call From \S+ to /, "").slice(0, 200)}). Check that its resource manager and name node run, and HADOOP_CONF_DIR.`,
  ],
  [
    /UnknownHostException:[^\n]*/,
    (found) =>
      `A host name is not known (${found}). Where it is this machine's own, set SPARK_LOCAL_IP to its address.`,
  ],
  [/No space left on device/, () => "The disk is full: free some space and run this again."],
  [
    /OutOfMemoryError[^\n]*/,
    (found) =>
      `${found}: give the job more memory (SPARK_DRIVER_MEMORY, or spark.executor.memory in the file of SPARK_PROPERTIES).`,
  ],
];

const properties = "in the file of SPARK_PROPERTIES";
const checkKeys =
  "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), the clock, and that they may read and write there";
const giveKeys = `Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN), or name a provider ${properties}: spark.hadoop.fs.s3a.aws.credentials.provider`;
const checkEndpoint = `Check its name, and for a store that is not Amazon's spark.hadoop.fs.s3a.endpoint and spark.hadoop.fs.s3a.path.style.access ${properties}`;

/** What Hadoop says of a store that cannot be used, what that is, and what helps. */
const storeCauses: [RegExp, Words, string][] = [
  [
    /NoAuthWithAWSException|No AWS Credentials/,
    () => "the bucket wants credentials, and none were found",
    giveKeys,
  ],
  [
    /NoSuchBucket|UnknownStoreException|[Bb]ucket [^\n]*does not exist/,
    () => "there is no such bucket",
    checkEndpoint,
  ],
  [
    /InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|RequestTimeTooSkewed|AccessDenied|Forbidden|Status Code: 40[13]/,
    (found) => `the bucket refuses the credentials (${found})`,
    checkKeys,
  ],
  [/: No such file or directory/, () => "there is no such folder", "Check the address"],
  [
    /Permission denied: [^\n]*/,
    (found) => found,
    "Ask for the right, or name another user: HADOOP_USER_NAME",
  ],
  [/in safe mode/, () => "the name node is in safe mode", "Wait until it has started"],
  [
    /UnknownHostException:? \S+|[Uu]nknown host:? \S+/,
    (found) => `a host name is not known (${found})`,
    "Check the address, and spark.hadoop.fs.s3a.endpoint or HADOOP_CONF_DIR",
  ],
  [/Connect to \S+(?: \[[^\]]*\])? failed: [^\n:(]*/, (found) => `nothing answers (${found})`, checkEndpoint],
  [
    /RPC response exceeds maximum data length|end-group tag did not match/,
    () => "what listens there is no name node",
    "Check the port: that of fs.defaultFS",
  ],
  [
    /Call From [^\n;]* failed [^;\n]*/,
    (found) => `nothing answers (${found.replace(/^Call From \S+ to /, "")})`,
    "Check that the name node runs there, and host and port: those of fs.defaultFS",
  ],
];

/**
 * @param output of Hadoop's file shell
 * @param variable that names the folder
 */
export function explainedStore(output: string, folder: string, variable: string): SparkifyError {
  const lines = output.split("\n").filter((line) => line !== "" && !/^(?:SLF4J|log4j):| WARN /.test(line));
  const first = lines.find((line) => /Exception|Error|: /.test(line)) ?? lines[0] ?? "it did not say why";
  const [pattern, what, help] = storeCauses.find(([known]) => known.test(output)) ?? [];
  const found = pattern && output.match(pattern)?.[0].slice(0, 300);
  return new SparkifyError(
    `${folder} (${variable}) cannot be used: ${what?.(found ?? "") ?? first.trim().slice(0, 400)}. ${help ?? "Check the address and the store"}.`,
    { where: { file: folder } },
  );
}

const mustBe = `It must be 3.5 for Scala 2.12, as the one that submits the job: ${sparkRelease}, or that of SPARK_HOME`;

/** Lines after which Spark goes on, for a minute or for ever, without hope. */
const hopeless: [RegExp, string][] = [
  [
    /local class incompatible/,
    `is of another release (its classes are not those of this Spark). ${mustBe}. Its web page names its release.`,
  ],
  [
    /Expected SaslMessage|digest response format violation/,
    "wants a secret, or another one. Set spark.authenticate true and spark.authenticate.secret in the file of SPARK_PROPERTIES.",
  ],
  [
    /All masters are unresponsive/,
    `answers, but did not take the job within a minute. Mostly it is of another release. ${mustBe}. The master's own log says why.`,
  ],
  [
    /Master removed our application: \w+/,
    "took the job and ended it: executors could not be started, or were ended by somebody. The executors' log says why (stderr, on the workers' web page).",
  ],
];

/** @returns why the job can be given up at once, where the line says so */
export function hopelessLine(line: string, master: string): SparkifyError | undefined {
  const [, why] = hopeless.find(([pattern]) => pattern.test(line)) ?? [];
  return why === undefined
    ? undefined
    : new SparkifyError(`The Spark cluster at ${master} (SPARK_MASTER) ${why}`);
}

export const noExecutorYet =
  "The Spark cluster has given the job no executor so far: no worker, or none with room. It waits a little longer.";

export const noExecutor = (master: string) =>
  new SparkifyError(
    `The Spark cluster at ${master} (SPARK_MASTER) gave the job no executor. Check on its web page that workers are registered and alive, and ` +
      "that one has the memory and cores which the job asks for (spark.executor.memory, 1g unless set, spark.executor.cores and spark.cores.max in the " +
      "file of SPARK_PROPERTIES). Where executors are started there and end again, their log says why: mostly they cannot reach this machine at the " +
      "address it gives them (SPARK_LOCAL_IP, spark.driver.host). Where the cluster is only busy, run this later, or set spark.starvation.timeout: the " +
      "job waits four times as long.",
  );

/** For the first task, which does nothing; the executors fetch the job's jars before it. */
export const mostSecondsOfSilence = 120;

export const noAnswerOfExecutors = (master: string) =>
  new SparkifyError(
    `The executors of ${master} (SPARK_MASTER) took the job's first task and gave no answer within ${mostSecondsOfSilence} s. That is what ` +
      `workers of another Spark do: they must be 3.5 for Scala 2.12, as the one that submits the job (${sparkRelease}, or that of SPARK_HOME). ` +
      "The release is on the cluster's web page, and why it failed in the executors' log there (stderr).",
  );

/** @param log where all that Spark said is kept */
export function explainedFailure(output: string, log: string): SparkifyError {
  const [pattern, text] = causes.find(([known]) => known.test(output)) ?? [];
  const explained = pattern && text?.(output.match(pattern)?.[0] ?? "");
  const lines = output.split("\n");
  const first =
    lines.filter((line) => line.startsWith("Caused by: ")).at(-1) ??
    lines.find((line) => /Exception|Error|^\[[A-Z_.]+\]/.test(line)) ??
    "it said nothing";
  return new SparkifyError(
    `${explained ?? `The Spark job failed: ${first.slice(0, 500)}`}\nAll that Spark said is in ${log}`,
  );
}
