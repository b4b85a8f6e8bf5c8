export { installSpark } from "./install.js";
export { runSparkJob } from "./job.js";
export type { SparkCounts, SparkTable } from "./protocol.js";
export type { SparkReport } from "./report.js";
export type { CassandraSettings, SparkSettings } from "./settings.js";
