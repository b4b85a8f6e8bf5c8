// What Spark says when a job fails, in words that tell what to do.

import { SparkifyError } from "@sparkify/base/errors";
import { sparkRelease } from "./install.js";

const causes: [RegExp, (found: string) => string][] = [
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

interface StoreCause {
  pattern: RegExp;
  what: (found: string) => string;
  help: string;
}

/** What Hadoop says of a store that cannot be used. */
const storeCauses: StoreCause[] = [
  {
    pattern: /NoAuthWithAWSException|No AWS Credentials/,
    what: () => "the bucket wants credentials, and none were found",
    help: giveKeys,
  },
  {
    pattern: /NoSuchBucket|UnknownStoreException|[Bb]ucket [^\n]*does not exist/,
    what: () => "there is no such bucket",
    help: checkEndpoint,
  },
  {
    pattern:
      /InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|RequestTimeTooSkewed|AccessDenied|Forbidden|Status Code: 40[13]/,
    what: (found) => `the bucket refuses the credentials (${found})`,
    help: checkKeys,
  },
  {
    pattern: /: No such file or directory/,
    what: () => "there is no such folder",
    help: "Check the address",
  },
  {
    pattern: /Permission denied: [^\n]*/,
    what: (found) => found,
    help: "Ask for the right, or name another user: HADOOP_USER_NAME",
  },
  {
    pattern: /in safe mode/,
    what: () => "the name node is in safe mode",
    help: "Wait until it has started",
  },
  {
    pattern: /UnknownHostException:? \S+|[Uu]nknown host:? \S+/,
    what: (found) => `a host name is not known (${found})`,
    help: "Check the address, and spark.hadoop.fs.s3a.endpoint or HADOOP_CONF_DIR",
  },
  {
    pattern: /Connect to \S+(?: \[[^\]]*\])? failed: [^\n:(]*/,
    what: (found) => `nothing answers (${found})`,
    help: checkEndpoint,
  },
  {
    pattern: /RPC response exceeds maximum data length|end-group tag did not match/,
    what: () => "what listens there is no name node",
    help: "Check the port: that of fs.defaultFS",
  },
  {
    pattern: /Call From [^\n;]* failed [^;\n]*/,
    what: (found) => `nothing answers (${found.replace(/^Call From \S+ to /, "")})`,
    help: "Check that the name node runs there, and host and port: those of fs.defaultFS",
  },
];

/**
 * @param output of Hadoop's file shell
 * @param variable that names the folder
 */
export function explainedStore(output: string, folder: string, variable: string): SparkifyError {
  const lines = output.split("\n").filter((line) => line !== "" && !/^(?:SLF4J|log4j):| WARN /.test(line));
  const first = lines.find((line) => /Exception|Error|: /.test(line)) ?? lines[0] ?? "it did not say why";
  const found = storeCauses.find(({ pattern }) => pattern.test(output));
  const what =
    found?.what(output.match(found.pattern)?.[0].slice(0, 300) ?? "") ?? first.trim().slice(0, 400);
  return new SparkifyError(
    `${folder} (${variable}) cannot be used: ${what}. ${found?.help ?? "Check the address and the store"}.`,
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

/** @param log where all that Spark said is kept */
export function explainedFailure(output: string, log: string): SparkifyError {
  const explained = causes.flatMap(([pattern, text]) => {
    const found = output.match(pattern)?.[0];
    return found === undefined ? [] : [text(found)];
  })[0];
  const lines = output.split("\n");
  const first =
    lines.filter((line) => line.startsWith("Caused by: ")).at(-1) ??
    lines.find((line) => /Exception|Error|^\[[A-Z_.]+\]/.test(line)) ??
    "it said nothing";
  return new SparkifyError(
    `${explained ?? `The Spark job failed: ${first.slice(0, 500)}`}\nAll that Spark said is in ${log}`,
  );
}
