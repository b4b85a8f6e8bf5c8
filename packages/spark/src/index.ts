export type { SparkReport, SparkTable } from "./report.js";
