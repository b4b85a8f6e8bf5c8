// The rows of a CSV, for the judge: it shares no reader with those that it judges.

import { createReadStream } from "node:fs";
import { type Options, parse } from "csv-parse";

function read(path: string, options: Options) {
  const parser = parse({ skip_empty_lines: true, bom: true, ...options });
  createReadStream(path)
    .once("error", (error) => parser.destroy(error))
    .pipe(parser);
  return parser;
}

/** The fields of every row, the header's first. */
export const readRows = (path: string): AsyncIterable<string[]> => read(path, {});

/** Every row under the header, as an object with the columns' names. */
export const readRecords = (path: string): AsyncIterable<Record<string, string>> =>
  read(path, { columns: true });
