// npm run spark: what npm run load does, on Spark: for logs that outgrow one machine. The work itself is job.sql.

import { join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { withCassandra } from "@sparkify/embedded-cassandra";
import {
  contactPointsFromEnvironment,
  embeddedNode,
  eventDataDirectory,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import { rejectedCsv, tableDefinitions } from "@sparkify/loader";
import { runSparkJob } from "./job.js";
import { summary } from "./report.js";
import type { SparkSettings } from "./settings.js";

/** Does what the command line asks for. @returns the exit code */
export async function spark(options: OptionsOf<"spark">): Promise<number> {
  const settings = environmentSettings();
  const report = await runSparkJob({
    ...options,
    settings,
    tables: tableDefinitions(),
    database: (work, node) => withCassandra({ ...embeddedNode(), ...node }, work),
  });
  console.log(summary(report, options));
  return report.ok ? 0 : 1;
}

/** What the environment says of Spark, of the logs and of Cassandra. */
export function environmentSettings(): SparkSettings {
  const { env } = process;
  return {
    master: env.SPARK_MASTER || "local[*]",
    home: env.SPARK_HOME || undefined,
    propertiesFile: env.SPARK_PROPERTIES || undefined,
    driverMemory: env.SPARK_DRIVER_MEMORY || "1g",
    hadoop: { hadoopFolder: env.HADOOP_CONF_DIR, yarnFolder: env.YARN_CONF_DIR },
    logsUri: env.EVENT_DATA_URI || undefined,
    outUri: env.SPARK_OUTPUT_URI || undefined,
    eventData: eventDataDirectory,
    out: join(workDirectory, "out"),
    csv: streamlinedCsv,
    rejectedCsv,
    keepsClasses: env.SPARKIFY_SPARK_ARCHIVE !== "no",
    cassandra: {
      contactPoints: contactPointsFromEnvironment(),
      localDataCenter: env.CASSANDRA_LOCAL_DC,
      username: env.CASSANDRA_USERNAME,
      password: env.CASSANDRA_PASSWORD,
      tls: {
        authority: env.CASSANDRA_TLS_CA,
        certificate: env.CASSANDRA_TLS_CERT,
        key: env.CASSANDRA_TLS_KEY,
      },
    },
  };
}
