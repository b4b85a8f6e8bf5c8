// npm run spark: what npm run load does, on Spark: for logs that outgrow one machine. The work itself is job.sql.

import { join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { withCassandra } from "@sparkify/embedded-cassandra";
import {
  clusterSettings,
  embeddedNode,
  eventDataDirectory,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import type { TableDefinition } from "@sparkify/loader";
import { runSparkJob } from "./job.js";
import { summary } from "./report.js";
import type { SparkSettings } from "./settings.js";

/** Does what the command line asks for. @param tables that are loaded @returns the exit code */
export async function spark(options: OptionsOf<"spark">, tables: TableDefinition[]): Promise<number> {
  const settings = environmentSettings();
  const report = await runSparkJob({
    ...options,
    settings,
    tables,
    database: (work, node) => withCassandra({ ...embeddedNode(), ...node }, work),
  });
  console.log(summary(report, options));
  return report.ok ? 0 : 1;
}

/** What the environment says of Spark, of the logs and of Cassandra. */
export function environmentSettings(): SparkSettings {
  const { env } = process;
  const out = join(workDirectory, "out");
  return {
    master: env.SPARK_MASTER || "local[*]",
    home: env.SPARK_HOME || undefined,
    propertiesFile: env.SPARK_PROPERTIES || undefined,
    driverMemory: env.SPARK_DRIVER_MEMORY || "1g",
    hadoop: { hadoopFolder: env.HADOOP_CONF_DIR, yarnFolder: env.YARN_CONF_DIR },
    logsUri: env.EVENT_DATA_URI || undefined,
    outUri: env.SPARK_OUTPUT_URI || undefined,
    eventData: eventDataDirectory,
    out,
    csv: streamlinedCsv,
    rejectedCsv: join(out, "rejected.csv"),
    keepsClasses: env.SPARKIFY_SPARK_ARCHIVE !== "no",
    cassandra: clusterSettings(),
  };
}
