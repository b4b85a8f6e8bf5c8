// What a job has to know of its surroundings. The command reads it from the environment, once.

import type { clusterSettings } from "@sparkify/lib";
import type { TableDefinition } from "@sparkify/loader";

/** Where a job runs and what it may use. */
export interface SparkSettings {
  /** `local[*]` are all cores of this machine; or spark://host:7077, yarn, k8s://https://host:port. */
  master: string;
  /** A Spark of the user's own. @default the installed one */
  home?: string | undefined;
  /** A file of further settings of Spark, `name value` on each line. */
  propertiesFile?: string | undefined;
  /** Java's heap, where Spark runs here. */
  driverMemory: string;
  /** The folders that say where HDFS and YARN are. */
  hadoop: { hadoopFolder: string | undefined; yarnFolder: string | undefined };
  /** The folder of daily logs as a URI; unset where it is `eventData`. */
  logsUri?: string | undefined;
  /** Where the plays go, as a URI; unset where it is a folder below `out`. */
  outUri?: string | undefined;
  /** The folder of daily logs on this machine. */
  eventData: string;
  /** The folder for the report, the log, and rejected rows. */
  out: string;
  /** The streamlined CSV that is written, where the plays stay on this machine. */
  csv: string;
  rejectedCsv: string;
  /** Whether Java's classes are kept after a run, for faster starts. */
  keepsClasses: boolean;
  cassandra: CassandraSettings;
}

/** How the job's executors reach Cassandra: as this program does. */
export type CassandraSettings = ReturnType<typeof clusterSettings>;

/** Whether Spark runs in a process of this machine. */
export const isLocal = ({ master }: SparkSettings) => master.startsWith("local");

/** What a run is asked to do. */
export interface SparkJob {
  settings: SparkSettings;
  /** What is made where it does not exist. */
  tables: TableDefinition[];
  /** Only the logs of this day, as 2018-11-08. */
  date?: string | undefined;
  /** With more rejected rows nothing is loaded. */
  maxErrors: number;
  /** Whether logs that cannot be read are left out. */
  skipFiles: boolean;
  /** Whether the tables are compared with the plays in the end. */
  verify: boolean;
  /** Brings a Cassandra for the time of the work. @default one that runs already */
  database?: <Result>(
    work: (database: Promise<unknown>) => Promise<Result>,
    node: { bulk: boolean },
  ) => Promise<Result>;
  /** Ends the job. */
  signal?: AbortSignal;
}
