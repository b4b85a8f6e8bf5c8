// What a job has found, as data and as text.

import { commonestReasons, printable, streamlinedColumns, uselessLog } from "@sparkify/loader";
import type { JobEvent, Refusal, SparkCounts, SparkTable } from "./protocol.js";

/** A log that the job cannot read. */
export interface UnreadFile {
  file: string;
  reason: string;
}

/** What a run writes to out/spark.json. */
export interface SparkReport extends SparkCounts {
  ok: boolean;
  seconds: number;
  master: string;
  rejectedByReason: Record<string, number>;
  unreadable: UnreadFile[];
  tables: SparkTable[];
  /** Seconds, by the name of the step. */
  steps: Record<string, number>;
  /** Where the plays are. */
  plays: string;
  /** Why it failed. */
  error?: string;
}

/** Is filled while the job runs: it also says how far a job came that failed. */
export class JobResult {
  counts: SparkCounts = { files: 0, rows: 0, kept: 0, dropped: 0, rejected: 0 };
  readonly unreadable: UnreadFile[] = [];
  readonly rejectedByReason: Record<string, number> = {};
  readonly tables: SparkTable[] = [];
  readonly steps: Record<string, number> = {};
  refusal: Refusal | undefined;

  take(event: JobEvent): void {
    switch (event.event) {
      case "unreadable":
        this.unreadable.push({ file: event.file, reason: whyUnreadable(event) });
        break;
      case "useless":
        this.unreadable.push({
          file: event.file,
          reason: uselessLog(event.file, event.rows, event.reason),
        });
        break;
      case "counts": {
        const { event: _, ...counts } = event;
        this.counts = counts;
        break;
      }
      case "reason":
        this.rejectedByReason[event.reason] = event.rows;
        break;
      case "verified": {
        const { event: _, ...table } = event;
        this.tables.push(table);
        break;
      }
      case "refused":
        this.refusal = event.why;
    }
  }
}

function whyUnreadable({ file, missing, firstLine }: JobEvent & { event: "unreadable" }): string {
  const isSome = missing.length < streamlinedColumns.length;
  const lacks = isSome ? ` Missing, or there twice: ${missing.join(", ")}.` : "";
  return (
    `The log ${file} cannot be read by Spark: it does not begin with a header of the columns, with commas between them.${lacks} ` +
    `Its first line: ${printable(firstLine)}\n` +
    "  npm run load reads other delimiters, JSON lines, gzip under any name and UTF-16 too."
  );
}

/** One day can be compared for what it wrote only: the tables hold other days. */
export const faultsOf = ({ missing, altered, extra }: SparkTable, date: string | undefined) =>
  missing + altered + (date ? 0 : extra);

/** What the terminal shows in the end. */
export function summary(
  { files, rows, kept, dropped, rejected, rejectedByReason, unreadable, tables, plays }: SparkReport,
  { verify, date }: { verify: boolean; date?: string | undefined },
): string {
  const text = (number: number) => number.toLocaleString("en");
  const lines = [
    ...unreadable.map(({ reason }) => `✘ Left out: ${reason}`),
    `${text(rows)} rows in ${files} files: ${text(kept)} kept, ${text(dropped)} dropped (no artist), ${text(rejected)} rejected`,
  ];
  if (rejected > 0) lines.push(`Rejected: ${commonestReasons(rejectedByReason)}`);
  for (const table of tables) {
    const { name, expectedRows, missing, altered, extra } = table;
    lines.push(
      faultsOf(table, date) === 0
        ? `✔ ${name}: ${text(date ? expectedRows : table.rows)} rows, every value as in the plays`
        : `✘ ${name}: ${text(table.rows)} rows, ${text(expectedRows)} expected: ${text(missing)} missing, ${text(altered)} altered, ${text(extra)} not expected`,
    );
  }
  if (!verify) lines.push("The tables were not compared with the plays.");
  lines.push(`The plays are in ${plays}, a partition for each day`);
  return lines.map((line) => `  ${line}`).join("\n");
}
