// What Spark says when a job fails, in words that tell what to do.

import { SparkifyError } from "@sparkify/lib";
import { sparkRelease } from "./install.js";

const causes: [RegExp, (found: string) => string][] = [
  [
    /local class incompatible|InvalidClassException|NoSuchMethodError|AbstractMethodError|NoClassDefFoundError|ClassNotFoundException: (?:com\.datastax|scala)[^\n]*/,
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
    /All masters are unresponsive|Master [^\n]* (?:is|was) (?:not|un)\w*|Failed to connect to master[^\n]*/,
    (found) =>
      `The Spark master does not take the job (${found}). Check SPARK_MASTER, and that its release is 3.5.`,
  ],
  [
    /Initial job has not accepted any resources/,
    () =>
      "The Spark cluster gives the job no executor. Check that workers are registered, and that they have the memory and cores " +
      "that the job asks for (spark.executor.memory, spark.cores.max in the file of SPARK_PROPERTIES).",
  ],
  [
    /AllNodesFailedException[^\n]*|Could not reach any contact point[^\n]*|NoNodeAvailableException[^\n]*|Failed to open native connection to Cassandra[^\n]*/,
    (found) =>
      `An executor of Spark cannot reach Cassandra, while this machine can (${found.slice(0, 200)}). Each node must answer on the address that it ` +
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
  [/No space left on device/, () => "The disk is full: free some space and run this again."],
  [
    /OutOfMemoryError[^\n]*/,
    (found) =>
      `${found}: give the job more memory (SPARK_DRIVER_MEMORY, or spark.executor.memory in the file of SPARK_PROPERTIES).`,
  ],
];

/** @param log where all that Spark said is kept */
export function explainedFailure(output: string, log: string): SparkifyError {
  const explained = causes.flatMap(([pattern, text]) => {
    const found = output.match(pattern)?.[0];
    return found === undefined ? [] : [text(found)];
  })[0];
  const first = output.split("\n").find((line) => /Exception|Error/.test(line)) ?? "";
  return new SparkifyError(
    `${explained ?? `The Spark job failed: ${first.slice(0, 500)}`}\nAll that Spark said is in ${log}`,
  );
}
