// How a log is to be read: the one place that decides it, from the file's first bytes. What cannot be told from them
// without a guess is a fault of the file, said once.

import { type Encoding, smallChunkBytes, TextFile } from "../files/text-file.js";
import { type Fault, UnreadableFile } from "../files/unreadable-file.js";
import { type Column, columnOf, eventColumns, streamlinedColumns } from "./columns.js";
import { CsvCursor, type CsvForm, plainForm, readCsv } from "./csv-cursor.js";
import { fault, faultOf, unusable } from "./fault.js";
import {
  delimiters,
  type Head,
  type Header,
  headerIn,
  linesOf,
  placesOf,
  sampleIn,
  sampleRows,
} from "./header.js";
import { JsonCursor, objectIn } from "./json-lines.js";

/** How a log is to be read. */
export interface Dialect extends CsvForm {
  /** `empty`: nothing but line ends. */
  format: "CSV" | "JSON lines" | "empty";
  zipped: boolean;
  encoding: Encoding;
  /** The records before the first row: the header, and `sep=;` before it. */
  headerRecords: number;
  /** The header's text; a file that has another one by now was changed while it was read. */
  header: string;
  /** The columns' names as they are in the file. */
  names: string[];
  /** Where each column stands in a row; -1 where the file does not have it. */
  at: Record<Column, number>;
  /** How many fields a row has. */
  width: number;
  /** The same without the header's last names that are empty. */
  least: number;
  /** A row may have one more field at its end, if that is empty: nothing else can be meant. */
  mayEndEmpty: boolean;
}

/**
 * Finds out how a log is to be read.
 * @throws UnreadableFile where its begin cannot be read, or, with its fault, where that cannot be told
 */
export async function dialectOf(path: string): Promise<Dialect> {
  const file = new TextFile(path, 0, smallChunkBytes);
  const found = dialectIn(await headOf(file));
  if ("reason" in found) throw unusable(path, found);
  return { ...found, zipped: file.zipped, encoding: file.encoding };
}

async function headOf(file: TextFile): Promise<Head> {
  const chunks: Buffer[] = [];
  let size = 0;
  let isWhole = false;
  try {
    for await (const chunk of file.chunks()) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= smallChunkBytes) return { bytes: Buffer.concat(chunks), isWhole };
    }
    isWhole = true;
  } catch (error) {
    // Who reads the rows will meet that place again.
    if (!(error instanceof UnreadableFile) || size === 0) throw error;
  }
  return { bytes: Buffer.concat(chunks), isWhole };
}

/** Reads a log in its dialect, as {@link readCsv} does. */
export function readLog(path: string, dialect: Dialect): AsyncGenerator<CsvCursor> {
  const cursor = dialect.format === "JSON lines" ? new JsonCursor() : new CsvCursor(undefined, dialect);
  return readCsv(path, undefined, cursor);
}

/** Tells the cursor, which stands at the header, how the records after it must be. */
export function fitRecords(cursor: CsvCursor, { width, least, mayEndEmpty }: Dialect): void {
  cursor.width = width;
  cursor.least = least;
  cursor.mayEndEmpty = mayEndEmpty;
}

type Found = Omit<Dialect, "zipped" | "encoding">;

const noRows: Found = {
  ...plainForm,
  format: "empty",
  headerRecords: 1,
  header: "",
  names: [],
  at: placesOf(() => -1),
  width: 0,
  least: 0,
  mayEndEmpty: false,
};

function dialectIn(head: Head): Found | Fault {
  const lines = linesOf(head);
  const first = lines.findIndex((line) => line !== "");
  if (first < 0) return head.isWhole ? noRows : fault("it begins with nothing but empty lines", "");
  const line = lines[first] as string;
  if (line.trimStart().startsWith("{"))
    return jsonIn(lines.slice(first)) ?? fault("JSON, but not an object in each line", line);
  const [, sep] = line.match(/^"?sep=([^\w\s"]|\t)"?[\s,;]*$/i) ?? [];
  const headerRecords = sep === undefined ? 1 : 2;
  const candidates = new Set(sep === undefined ? delimiters : [sep, ...delimiters]);
  let best: Header | undefined;
  for (const delimiter of candidates) {
    const header = headerIn(head, delimiter, headerRecords);
    if (header.missing.length === 0 && header.twice === undefined) return csvIn(header, head, headerRecords);
    if (!best || header.missing.length < best.missing.length) best = header;
  }
  return faultOf(head.bytes, lines, first, best as Header);
}

const numbers = new Set<Column>(["itemInSession", "length", "sessionId", "userId"]);

/** Whether the last column is a number of a play, which is never empty. */
export const endsWithNumber = (names: string[]) => {
  const column = columnOf(names.at(-1) ?? "");
  return column !== undefined && numbers.has(column);
};

function csvIn(header: Header, head: Head, headerRecords: number): Found {
  const { delimiter, row, names, at } = header;
  const width = names.length;
  const sample = sampleIn(head, header, headerRecords);
  const most = (isSo: (fields: string[]) => boolean) =>
    2 * sample.filter(({ fields }) => isSo(fields)).length > sample.length;
  return {
    format: "CSV",
    delimiter,
    spaceAfter: most(([_, ...fields]) => fields.length > 0 && fields.every((field) => field.startsWith(" "))),
    spaceBefore: most(
      (fields) => fields.length > 1 && fields.slice(0, -1).every((field) => field.endsWith(" ")),
    ),
    headerRecords,
    header: row,
    names,
    at,
    width,
    least: width - [...names].reverse().findIndex((name) => name !== ""),
    // Else a delimiter may stand inside a text, and the last value be empty.
    mayEndEmpty: endsWithNumber(names) || (sample.length > 1 && sample.every(({ endsEmpty }) => endsEmpty)),
  };
}

/** @returns undefined where the first line is no object, or a name that is needed is missing in all of them */
function jsonIn(lines: string[]): Found | Fault | undefined {
  const first = objectIn(lines[0] as string);
  if (!first) return undefined;
  const keys = new Set(lines.slice(0, sampleRows).flatMap((line) => Object.keys(objectIn(line) ?? {})));
  const columns = new Set([...keys].map(columnOf));
  const missing = streamlinedColumns.filter((column) => !columns.has(column));
  // What is null is often left out: where all keys are known, nothing can stand under another name.
  if (missing.length > 0 && (columns.has(undefined) || columns.size < 2)) {
    return fault("its JSON objects do not have the keys that are needed", lines[0] as string, missing);
  }
  return {
    ...noRows,
    format: "JSON lines",
    headerRecords: 0,
    names: [...keys],
    at: placesOf((_, index) => index),
    width: eventColumns.length,
    least: eventColumns.length,
  };
}
