// How a log was read, as data for reports and in words.

import type { Encoding } from "../files/text-file.js";
import { columnOf } from "./columns.js";
import { type Dialect, endsWithNumber } from "./dialect.js";

/** So many rows of a log were read with a leniency that only one reading allows. */
export interface Accepted {
  /** With one more, empty field at their end. */
  emptyLastField: number;
  /** With a whole number as 65.0. */
  pointZero: number;
  /** With a comma for the decimal point. */
  decimalComma: number;
  /** After a byte order mark inside the file. */
  marks: number;
}

export const noneAccepted = (): Accepted => ({ emptyLastField: 0, pointZero: 0, decimalComma: 0, marks: 0 });

/** How a log was read. */
export interface Reading extends Accepted {
  file: string;
  format: Dialect["format"];
  zipped: boolean;
  encoding: Encoding;
  delimiter: string;
  spaces: boolean;
  /** The line `sep=;` comes first. */
  sepLine: boolean;
  /** Names in another case or style than the usual one. */
  otherNames: string[];
  /** An unnamed column in front, as pandas writes its index. */
  unnamedFirst: boolean;
}

export function readingOf(file: string, dialect: Dialect, accepted: Accepted): Reading {
  return {
    file,
    format: dialect.format,
    zipped: dialect.zipped,
    encoding: dialect.encoding,
    delimiter: dialect.delimiter,
    spaces: dialect.spaceAfter || dialect.spaceBefore,
    sepLine: dialect.headerRecords === 2,
    otherNames: dialect.names.filter((name) => (columnOf(name) ?? name) !== name),
    unnamedFirst: dialect.names[0] === "",
    ...accepted,
  };
}

const delimiterNames: Record<string, string> = { ";": "semicolons", "\t": "tabs", "|": "|" };

const those = (facts: [holds: boolean, text: string][]) =>
  facts.filter(([holds]) => holds).map(([, text]) => text);

/** In words what of a reading differs from a plain log (UTF-8, commas, the usual names); empty where nothing does. */
export function peculiarities(reading: Reading): string[] {
  const { delimiter, otherNames, emptyLastField, pointZero, marks } = reading;
  const rows = (count: number) => `${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"}`;
  const more = otherNames.length > 3 ? ", …" : "";
  return those([
    [reading.format !== "CSV", reading.format],
    [reading.zipped !== /\.gz$/i.test(reading.file), `${reading.zipped ? "" : "not "}gzip, despite its name`],
    [reading.encoding !== "UTF-8", reading.encoding],
    [reading.sepLine, "a line with sep="],
    [delimiter !== ",", delimiterNames[delimiter] ?? delimiter],
    [reading.spaces, "spaces around the delimiters"],
    [otherNames.length > 0, `columns named ${otherNames.slice(0, 3).join(", ")}${more}`],
    [reading.unnamedFirst, "an unnamed column in front"],
    [reading.decimalComma > 0, "decimal comma"],
    [emptyLastField > 0, `${rows(emptyLastField)} with an empty field at the end`],
    [pointZero > 0, `${rows(pointZero)} with whole numbers as 65.0`],
    [marks > 0, `${rows(marks)} after a byte order mark`],
  ]);
}

/**
 * In words what of a log's form only this package reads, and Spark does not; empty for CSV in UTF-8 with commas, zipped
 * where its name says so. The header's names may be of any case and style.
 */
export function beyondPlainCsv(file: string, dialect: Dialect): string[] {
  const { format, names, least, width, mayEndEmpty } = dialect;
  const reading = readingOf(file, { ...dialect, names: [] }, noneAccepted());
  return [
    ...(format === "empty" ? [] : peculiarities(reading)),
    ...those([
      [least < width, "a header that ends with empty names"],
      [format === "CSV" && mayEndEmpty && !endsWithNumber(names), "an empty field at the end of each row"],
    ]),
  ];
}
