// What the judge of models finds: data. For the sentences see finding-text.ts.

import type { Row } from "@sparkify/compare";
import type { NamingFault } from "./naming.js";
import type { ProbeResult } from "./probes.js";
import type { Trace } from "./query.js";
import type { Question } from "./question.js";
import type { PartitionSize } from "./size.js";

export type Point =
  | "answers the query without filtering"
  | "loses nothing"
  | "no needless duplicates"
  | "right order"
  | "right types"
  | "right rows in right columns"
  | "right answers"
  | "partition size"
  | "key order and naming";

/** A column whose type alters its values. */
export interface AlteredColumn {
  column: string;
  type: string;
  /** A value of the raw rows, and what comes back in its place: as JSON, or in words. */
  raw: string;
  stored: string;
}

/** What was seen: of a pass, a fail or an undecided point. */
export type Evidence =
  // answers the query without filtering
  | { kind: "filtering" }
  | { kind: "refused"; message: string }
  | { kind: "read"; read: Trace["read"] }
  | { kind: "no trace"; problem: string }
  | { kind: "whole key given"; columns: string[] }
  | { kind: "not given"; columns: string[] }
  // loses nothing, no needless duplicates
  | { kind: "facts"; facts: number; keys: number }
  // right order: `example` is what the ordering column holds, one answer's rows
  | { kind: "no order asked" }
  | { kind: "in order"; inTable: boolean }
  | { kind: "disordered"; answers: number; example: unknown[] | undefined }
  // those three, where only rows made for the purpose show it, or could not be tried
  | { kind: "probe"; probe: ProbeResult; example?: unknown[] | undefined }
  | { kind: "not probed"; seen: Evidence; problem: string }
  | { kind: "types"; altered: AlteredColumn[] }
  // right rows in right columns: `unknown` are the columns that were not compared
  | { kind: "rows"; rows: number; missing: number; altered: number; extra: number; unknown: string[] }
  // right answers
  | { kind: "nothing answered" }
  | { kind: "answers"; asked: number }
  | { kind: "answer lacks"; columns: string[] }
  | { kind: "wrong answer"; given: Row; rows: number; expected: number }
  // partition size: `partition` is the key of the largest one, `later` its size one day
  | { kind: "no rows" }
  | {
      kind: "size";
      largest: PartitionSize;
      partition: Row;
      percentile99: PartitionSize;
      growth: number;
      later: PartitionSize;
    }
  | { kind: "naming"; faults: NamingFault[] };

export interface Finding {
  point: Point;
  /** "undecided" where neither the data nor rows of our own could tell. */
  verdict: "pass" | "fail" | "undecided";
  /** What was seen. In words: `findingText`. */
  evidence: Evidence;
  question: Question;
  /** Rows that show it. */
  rows?: Row[];
}
