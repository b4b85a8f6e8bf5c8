// What is in the rows of a source, as data: out/model/NAME/profile.json.

import type { Shown } from "@sparkify/cql";
import type { FileRead } from "../source/read-files.js";
import type { SourceColumn } from "../source/source.js";

export interface Profile {
  name: string;
  /** Rows that were read. */
  rows: number;
  /** Rows that are the same as another one in every column. */
  duplicates: number;
  columns: ColumnProfile[];
  determines: Determines[];
  /** Whether the search for those had a bound. */
  isBounded: boolean;
  keys: Keys;
  files: FileRead[];
  rejected: {
    rows: number;
    /** How many of each reason. */
    byReason: Record<string, number>;
    /** Where they are kept; null where there is none. */
    path: string | null;
  };
}

export interface ColumnProfile {
  /** As in the source. */
  name: string;
  cqlName: string;
  /** Of CQL. */
  type: string;
  /** Rows without a value. */
  empty: number;
  distinct: number;
  /** Whether `distinct` is an estimate, and `frequent` may lack a value that is more frequent. */
  isEstimate: boolean;
  /** The least and the greatest value, as text; null where there is none, or no order. */
  least: string | null;
  greatest: string | null;
  /** The most frequent values, the most frequent one first. */
  frequent: { value: string; rows: number }[];
  /** Whether all of its numbers are whole, though they are written with a point. */
  isWhole: boolean;
  /** A text, though all of its values are dates, times or numbers that are written in this way. */
  otherForm?: SourceColumn["otherForm"];
  /** A value as it can stand in a model's example. */
  example: Shown;
}

/** A column whose value says the values of others: a functional dependency that no row contradicts. */
export interface Determines {
  column: string;
  others: string[];
  /** Values of the column that more than one row has: without any, nothing would be said. */
  repeated: number;
  /** Whether not all of its values were looked at, but all rows of each that was. */
  isSample: boolean;
}

export interface Keys {
  /** The smallest sets of columns, without empty values, that no two different rows have in common. */
  sets: string[][];
  /** Whether there may be more: the search has a bound. */
  isBounded: boolean;
}
