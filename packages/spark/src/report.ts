// What a job reports.

/** A table, compared with the plays. */
export interface SparkTable {
  name: string;
  rows: number;
  expectedRows: number;
  missing: number;
  altered: number;
  extra: number;
}

/** What `npm run spark` writes to out/spark.json. */
export interface SparkReport {
  ok: boolean;
  seconds: number;
  rows: number;
  kept: number;
  dropped: number;
  rejected: number;
  rejectedByReason: Record<string, number>;
  tables: SparkTable[];
  /** Seconds, by the name of the step. */
  steps: Record<string, number>;
}
