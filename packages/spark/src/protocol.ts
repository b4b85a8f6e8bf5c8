// What job.sql prints: an event on a line of its own, as JSON. Other lines are Spark's.

import { messageIn } from "@sparkify/base/messages";

/** A table, compared with the plays. */
export interface SparkTable {
  name: string;
  rows: number;
  expectedRows: number;
  missing: number;
  altered: number;
  extra: number;
}

/** How many logs were read, and what became of their rows. */
export interface SparkCounts {
  files: number;
  rows: number;
  kept: number;
  dropped: number;
  rejected: number;
}

/** Why the job's own checks end it before anything is loaded. */
export type Refusal = "unreadable files" | "too many rejected" | "nothing kept";

export type JobEvent =
  | { event: "step"; title: string }
  | { event: "unreadable"; file: string; missing: string[]; firstLine: string }
  | ({ event: "counts" } & SparkCounts)
  | { event: "reason"; reason: string; rows: number }
  | { event: "useless"; file: string; rows: number; reason: string }
  | { event: "refused"; why: Refusal }
  | ({ event: "verified" } & SparkTable)
  | { event: "done" };

/** @returns undefined for a line that the job did not print */
export const jobEventIn = (line: string) => messageIn<JobEvent>(line);
