// What is proposed for a question, and what was proved of it: out/model/NAME/proposal.json.

import type { Row } from "@sparkify/compare";
import type { Finding } from "@sparkify/model";

export interface Size {
  rows: number;
  /** Cells, as Cassandra's documentation counts them: see `partitionSize` of @sparkify/model. */
  values: number;
  bytes: number;
}

/** A part of what is given that is made of a column, so that a partition stays small. */
export interface Bucket {
  /** The column of the table that holds it. */
  column: string;
  /** The source's column that it is made of. */
  of: string;
  /** A stretch of time, named by the day or hour it begins with; or the remainder of a hash. */
  by: "year" | "month" | "week" | "day" | "hour" | "hash";
  /** How many there are of a hash. */
  count?: number;
  /** The CQL type of its column. */
  type: string;
}

/** A table; columns have their names in CQL, without quotes. */
export interface Table {
  /** Without its keyspace. */
  name: string;
  partitionKey: string[];
  clustering: [column: string, order: "asc" | "desc"][];
  static: string[];
  /** Their CQL types, in the order of CREATE TABLE. */
  columns: Record<string, string>;
  bucket?: Bucket;
}

/** A step of the reasoning, as in the notebooks: equality, range, order, uniqueness, and what comes after them. */
export interface Reason {
  step: "given" | "range" | "order" | "told apart" | "types" | "static" | "size";
  text: string;
}

/** Something that the reader should know of a question or of its rows. */
export interface Note {
  /** `fail`: no table can be right, for this. `change`: what to do about it. `info`: good to know. */
  kind: "fail" | "change" | "info";
  text: string;
  rows?: Row[];
}

/** Another model for the same question, and what it loses. */
export interface Rival {
  /** What it does otherwise, in words: "shorter key". */
  name: string;
  create: string;
  select: string;
  /** The point that it loses; that of the judge's. Empty where it is as good. */
  point: string;
  /** What was seen, in words. */
  evidence: string;
  /** Rows that show it. */
  rows?: Row[];
  /** How long an answer took, and how long that of the proposed table, where that is what it loses. Milliseconds. */
  milliseconds?: { rival: number; proposed: number };
}

export interface Proposal {
  /** The table's name. */
  question: string;
  /** The question in words. */
  text: string;
  verdict: "pass" | "fail";
  /** Null where no table can be right. */
  table: Table | null;
  create: string | null;
  select: string | null;
  /** How many partitions an answer reads: of a bucketed table those of the example's range, or else the most there are. */
  partitionsPerAnswer: number;
  largestPartition: (Size & { grown: Size }) | null;
  reasons: Reason[];
  notes: Note[];
  /** What the judge found, in words, point by point. */
  findings: { point: string; verdict: Finding["verdict"]; evidence: string; rows?: Row[] }[];
  /** Rows that were tried on Cassandra, of those that the table holds. */
  judgedRows: number;
  tableRows: number;
  /** Rows of the source that cannot be in the table, since a column of its key has no value: by column. */
  leftOut: Record<string, number>;
  rivals: Rival[];
  /** Another question's table that could answer this one too. */
  servedBy?: { question: string; text: string };
}
