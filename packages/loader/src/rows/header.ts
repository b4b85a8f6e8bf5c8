// The header of a CSV file, and its first rows.

import { type Column, columnOf, eventColumns, streamlinedColumns } from "./columns.js";
import { CsvCursor } from "./csv-cursor.js";

/** So many rows are looked at to tell how they are written. */
export const sampleRows = 50;

/** What may set the fields apart. */
export const delimiters = [",", ";", "\t", "|"];

/** The begin of a file. */
export interface Head {
  bytes: Buffer;
  /** Whether it is all of the file. */
  isWhole: boolean;
}

/** A record read as a header. */
export interface Header {
  delimiter: string;
  row: string;
  names: string[];
  at: Record<Column, number>;
  /** The needed columns that no name stands for. */
  missing: Column[];
  /** A needed column that several names stand for. */
  twice: Column | undefined;
}

/** The places of columns, by their names. */
export const placesOf = (place: (column: Column, index: number) => number) =>
  Object.fromEntries(eventColumns.map((column, index) => [column, place(column, index)])) as Record<
    Column,
    number
  >;

/** The lines of the head, without byte order marks before them; one that may be cut off at its end is left out. */
export function linesOf({ bytes, isWhole }: Head): string[] {
  const lines = bytes.toString("utf8").split(/\r\n|\r|\n/);
  return (isWhole || lines.length === 1 ? lines : lines.slice(0, -1)).map((line) =>
    line.replace(/^\uFEFF+/, ""),
  );
}

/** A cursor at the begin, which lets spaces around the delimiters be no part of the fields. */
function cursorAt({ bytes, isWhole }: Head, delimiter: string): CsvCursor {
  const cursor = new CsvCursor(undefined, { delimiter, spaceAfter: true, spaceBefore: true });
  cursor.feed(bytes, isWhole);
  return cursor;
}

/** Reads a record as a header. @param record which one, from 1 */
export function headerIn(head: Head, delimiter: string, record = 1): Header {
  const cursor = cursorAt(head, delimiter);
  let isThere = false;
  for (let nth = 0; nth < record; nth++) isThere = cursor.next();
  const isRecord = isThere && cursor.problem === undefined;
  const names = isRecord ? cursor.texts().map((name) => name.trim()) : [];
  const columns = names.map(columnOf);
  const timesOf = (column: Column) => columns.filter((other) => other === column).length;
  return {
    delimiter,
    row: isThere ? cursor.row.toString("latin1") : "",
    names,
    at: placesOf((column) => columns.indexOf(column)),
    missing: streamlinedColumns.filter((column) => timesOf(column) === 0),
    twice: streamlinedColumns.find((column) => timesOf(column) > 1),
  };
}

/** The first rows that are whole, with the spaces around their delimiters; what quotes enclose is left out. */
export function sampleIn(head: Head, { delimiter, names }: Header, headerRecords: number) {
  const cursor = cursorAt(head, delimiter);
  const rows: { fields: string[]; endsEmpty: boolean }[] = [];
  for (let record = 0; record < headerRecords + sampleRows && cursor.next(); record++) {
    if (record >= headerRecords && cursor.problem === undefined) {
      const fields = cursor.row
        .toString("latin1")
        .replace(/"[^"]*"/g, '""')
        .split(delimiter);
      rows.push({ fields, endsEmpty: cursor.endsEmpty });
    }
    if (record === headerRecords - 1) Object.assign(cursor, { width: names.length, mayEndEmpty: true });
  }
  return rows;
}
