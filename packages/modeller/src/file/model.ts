// What NAME.model.yaml says, as the package has it.

import type { Path } from "./yaml.js";

/** How the data will grow. */
export interface Growth {
  factor: number;
  /** `rows`: each value of what is given gets more rows. `keys`: new values come, and old ones stay as large. */
  by: "rows" | "keys";
}

/** A question as the file has it; columns are named as in the source. */
export interface FileQuestion {
  name?: string;
  text: string;
  given: string[];
  between?: string;
  each?: string[];
  /** Columns with their directions, as `ts desc`: see `readOrder`. */
  order?: string[];
  answer: string[];
  limit?: number;
  growth?: Growth;
  /** A value for each column of `given`, and `[from, to]` for `between`. A number that JavaScript would not keep as it is
   * written (007, 1.50, one of twenty digits) is text. */
  example?: Record<string, unknown>;
}

export interface ModelFile {
  path: string;
  /** `sensors` of `sensors.model.yaml`. */
  name: string;
  /** Its folder: where relative paths begin. */
  folder: string;
  keyspace: string;
  source: { files: string[] } | { sql: string };
  event: string[];
  /** CQL types that are not inferred. */
  columns: Record<string, string>;
  questions: FileQuestion[];
  /** The line of a place in the file, as `["questions", 0, "given"]`; of what is around it where it is not there. */
  lineOf(path: Path): number;
}
