// How a log is to be read: the one place that decides it, from the file's first bytes. What cannot be told from them
// without a guess is a fault of the file, said once.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/lib";
import { type Column, columnOf, eventColumns, streamlinedColumns } from "./columns.js";
import { CsvCursor, type CsvForm, plainForm, readCsv } from "./csv.js";
import { JsonCursor, objectIn } from "./json-lines.js";
import { type Encoding, smallChunkBytes, TextFile, UnreadableFile } from "./text-file.js";

/** So much of the text is looked at. Bytes. */
const headBytes = smallChunkBytes;

/** So many rows are looked at to tell how they are written. */
const sampleRows = 50;

const delimiters = [",", ";", "\t", "|"];

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

/** What is wrong with a file as a whole. */
export interface Fault {
  /** In words, without the file. */
  reason: string;
  /** The file's first line, shortened, with nothing that cannot be printed. */
  firstLine: string;
  /** The needed columns that no name stands for. */
  missing: Column[];
  help: string;
}

/** A log none of whose rows can be read without a guess. */
export class UnusableFile extends SparkifyError {
  constructor(
    readonly path: string,
    readonly fault: Fault,
  ) {
    const { reason, firstLine, missing, help } = fault;
    const first = firstLine === "" ? "" : ` Its first line: ${firstLine}`;
    const isSome = missing.length > 0 && missing.length < streamlinedColumns.length;
    const lacks = isSome ? ` Missing: ${missing.join(", ")}.` : "";
    super(`The log ${shortPath(path)} cannot be read: ${reason}.${lacks}${first}\n  ${help}`);
  }
}

/**
 * Finds out how a log is to be read.
 * @throws UnusableFile where that cannot be told; UnreadableFile where its begin cannot be read
 */
export async function dialectOf(path: string): Promise<Dialect> {
  const file = new TextFile(path, 0, smallChunkBytes);
  const { head, isWhole } = await headOf(file);
  const found = dialectIn(head, isWhole);
  if ("reason" in found) throw new UnusableFile(path, found);
  return { ...found, zipped: file.zipped, encoding: file.encoding };
}

async function headOf(file: TextFile): Promise<{ head: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file.chunks()) {
      chunks.push(Buffer.from(chunk));
      size += chunk.length;
      if (size >= headBytes) return { head: Buffer.concat(chunks), isWhole: false };
    }
  } catch (error) {
    if (!(error instanceof UnreadableFile) || size === 0) throw error;
    return { head: Buffer.concat(chunks), isWhole: false }; // who reads the rows will meet that place again
  }
  return { head: Buffer.concat(chunks), isWhole: true };
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

const nowhere = Object.fromEntries(eventColumns.map((column) => [column, -1])) as Record<Column, number>;

/** @param isWhole whether the head is all of the file */
function dialectIn(head: Buffer, isWhole: boolean): Found | Fault {
  const lines = linesOf(head, isWhole);
  const first = lines.findIndex((line) => line !== "");
  if (first < 0 && isWhole) return { ...csvOf(plainForm), format: "empty", headerRecords: 1 };
  if (first < 0) return fault("it begins with nothing but empty lines", "");
  const line = lines[first] as string;
  const used = lines.slice(first);
  if (line.trimStart().startsWith("{"))
    return jsonIn(used) ?? fault("JSON, but not an object in each line", line);
  const [, sep] = line.match(/^"?sep=([^\w\s"]|\t)"?[\s,;]*$/i) ?? [];
  const headerRecords = sep === undefined ? 1 : 2;
  const candidates = new Set(sep === undefined ? delimiters : [sep, ...delimiters]);
  const tries: Header[] = [];
  for (const delimiter of candidates) {
    const header = headerIn(head, isWhole, delimiter, headerRecords);
    if (header.missing.length === 0 && header.twice === undefined)
      return csvIn(header, head, isWhole, headerRecords);
    tries.push(header);
  }
  const [best] = tries.sort((a, b) => a.missing.length - b.missing.length);
  return faultOf(head, lines, first, best as Header);
}

/** The lines of the head, without byte order marks before them; one that may be cut off at its end is left out. */
function linesOf(head: Buffer, isWhole: boolean): string[] {
  const lines = head.toString("utf8").split(/\r\n|\r|\n/);
  return (isWhole || lines.length === 1 ? lines : lines.slice(0, -1)).map((line) =>
    line.replace(/^\uFEFF+/, ""),
  );
}

interface Header {
  delimiter: string;
  row: string;
  names: string[];
  at: Record<Column, number>;
  /** The needed columns that no name stands for. */
  missing: Column[];
  /** A needed column that several names stand for. */
  twice: Column | undefined;
  /** Why the line is no record of CSV. */
  problem: string | undefined;
}

/** Reads a record as a header. @param record which one, from 1 */
function headerIn(text: Buffer, isWhole: boolean, delimiter: string, record = 1): Header {
  const cursor = new CsvCursor(undefined, { delimiter, spaceAfter: true, spaceBefore: true });
  cursor.feed(text, isWhole);
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
    at: Object.fromEntries(eventColumns.map((column) => [column, columns.indexOf(column)])) as Record<
      Column,
      number
    >,
    missing: streamlinedColumns.filter((column) => timesOf(column) === 0),
    twice: streamlinedColumns.find((column) => timesOf(column) > 1),
    problem: isThere ? cursor.problem : undefined,
  };
}

function csvOf(form: CsvForm): Found {
  return {
    format: "CSV",
    delimiter: form.delimiter,
    spaceAfter: form.spaceAfter,
    spaceBefore: form.spaceBefore,
    headerRecords: 0,
    header: "",
    names: [],
    at: nowhere,
    width: 0,
    least: 0,
    mayEndEmpty: false,
  };
}

function csvIn(header: Header, head: Buffer, isWhole: boolean, headerRecords: number): Found {
  const { delimiter, row, names, at } = header;
  const width = names.length;
  const sample = sampleIn(head, isWhole, delimiter, headerRecords, width);
  const most = (isSo: (fields: string[]) => boolean) =>
    2 * sample.filter(({ fields }) => isSo(fields)).length > sample.length;
  const last = eventColumns.find((column) => at[column] === width - 1);
  return {
    ...csvOf({
      delimiter,
      spaceAfter: most(
        ([_, ...fields]) => fields.length > 0 && fields.every((field) => field.startsWith(" ")),
      ),
      spaceBefore: most(
        (fields) => fields.length > 1 && fields.slice(0, -1).every((field) => field.endsWith(" ")),
      ),
    }),
    headerRecords,
    header: row,
    names,
    at,
    width,
    least: width - [...names].reverse().findIndex((name) => name !== ""),
    // Else a delimiter may stand inside a text, and the last value be empty: a number of a play never is.
    mayEndEmpty:
      (last !== undefined && numbers.has(last)) ||
      (sample.length > 1 && sample.every(({ endsEmpty }) => endsEmpty)),
  };
}

/** The first rows that are whole, whether there are spaces around their delimiters or not; what quotes enclose is left out. */
function sampleIn(head: Buffer, isWhole: boolean, delimiter: string, headerRecords: number, width: number) {
  const cursor = new CsvCursor(undefined, { delimiter, spaceAfter: true, spaceBefore: true });
  cursor.feed(head, isWhole);
  const rows: { fields: string[]; endsEmpty: boolean }[] = [];
  for (let record = 0; record < headerRecords + sampleRows && cursor.next(); record++) {
    if (record >= headerRecords && cursor.problem === undefined) {
      const fields = cursor.row
        .toString("latin1")
        .replace(/"[^"]*"/g, '""')
        .split(delimiter);
      rows.push({ fields, endsEmpty: cursor.endsEmpty });
    }
    if (record === headerRecords - 1) Object.assign(cursor, { width, mayEndEmpty: true });
  }
  return rows;
}

const numbers = new Set<Column>(["itemInSession", "length", "sessionId", "userId"]);

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
    ...csvOf(plainForm),
    format: "JSON lines",
    names: [...keys],
    at: Object.fromEntries(eventColumns.map((column, place) => [column, place])) as Record<Column, number>,
    width: eventColumns.length,
    least: eventColumns.length,
  };
}

/** How files begin that are no text. */
const archives: [start: number[], name: string][] = [
  [[0x50, 0x4b], "a ZIP archive, as an .xlsx workbook is one"],
  [[0x1f, 0x8b], "zipped twice"],
  [[0x42, 0x5a, 0x68], "packed by bzip2"],
  [[0xfd, 0x37, 0x7a], "packed by xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed by Zstandard"],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file"],
  [[0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook"],
];

const expected =
  "Expected is a header of these names in any order, with commas, semicolons, tabs or | between them, or JSON lines with them:";
const addHeader = `${expected} ${streamlinedColumns.join(", ")}.`;

function fault(reason: string, firstLine: string, missing: Column[] = [], help = addHeader): Fault {
  return { reason, firstLine: printable(firstLine), missing, help };
}

/** Says what is wrong with a file whose first line, at that place of the lines, is no header of CSV. */
function faultOf(head: Buffer, lines: string[], first: number, best: Header): Fault {
  const line = lines[first] as string;
  const archive = archives.find(([start]) => start.every((byte, place) => head[place] === byte));
  if (archive) return fault(`it is ${archive[1]}`, "", [], "Unpack it, or save it as CSV.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just these tell that it is no text
  if (/[\x00-\x08\x0e-\x1f\ufffd]/.test(line))
    return fault("it is no text in UTF-8 or UTF-16", line, [], "Save it as CSV in UTF-8.");
  if (/^\s*\[/.test(line))
    return fault("it is one JSON array", line, [], "Write each object on a line of its own.");
  // One name alone may be a song that is called "song".
  if (best.missing.length < streamlinedColumns.length - 1) {
    if (best.twice === undefined)
      return fault("its header lacks columns that are needed", line, best.missing);
    const names = best.names.filter((name) => columnOf(name) === best.twice);
    const reason = `its header names the column ${best.twice} ${names.length} times (${names.join(", ")})`;
    return fault(reason, line, best.missing, "Leave one of them.");
  }
  const isHeader = (other: string) =>
    delimiters.some((delimiter) => headerIn(Buffer.from(other), true, delimiter).missing.length === 0);
  const later = lines.slice(0, sampleRows).findIndex(isHeader);
  if (later < 0) return fault("it has no header line", line, best.missing);
  return fault(`its header is line ${later + 1}, after other lines`, line, [], "Delete the lines before it.");
}

/** A line as it may be shown: without signs that move the cursor, and not too long. */
export function printable(line: string): string {
  const shown = line.slice(0, 100).replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, "·");
  return line.length > 100 ? `${shown}…` : shown;
}

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

/**
 * In words what of a log's form only this library reads; empty for CSV in UTF-8 with commas, zipped where its name says
 * so. The header's names may be of any case and style.
 */
export function beyondPlainCsv(file: string, dialect: Dialect): string[] {
  const reading = readingOf(file, { ...dialect, names: [] }, noneAccepted());
  const { names, least, width, mayEndEmpty } = dialect;
  const lastColumn = columnOf(names.at(-1) ?? "");
  const isNumber = lastColumn !== undefined && numbers.has(lastColumn);
  return [
    ...(dialect.format === "empty" ? [] : peculiarities(reading)),
    ...(least < width ? ["a header that ends with empty names"] : []),
    ...(dialect.format === "CSV" && mayEndEmpty && !isNumber
      ? ["an empty field at the end of each row"]
      : []),
  ];
}

/** How a log was read, as data: for reports. */
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

export const noneAccepted = (): Accepted => ({ emptyLastField: 0, pointZero: 0, decimalComma: 0, marks: 0 });

export function readingOf(file: string, dialect: Dialect, accepted: Accepted): Reading {
  return {
    file,
    format: dialect.format,
    zipped: dialect.zipped,
    encoding: dialect.encoding,
    delimiter: dialect.delimiter,
    spaces: dialect.spaceAfter || dialect.spaceBefore,
    sepLine: dialect.headerRecords === 2,
    otherNames: dialect.names.filter((name) => {
      const column = columnOf(name);
      return column !== undefined && column !== name;
    }),
    unnamedFirst: dialect.names[0] === "",
    ...accepted,
  };
}

const delimiterNames: Record<string, string> = { ";": "semicolons", "\t": "tabs", "|": "|" };

/** In words what of a reading differs from a plain log (UTF-8, commas, the usual names); empty where nothing does. */
export function peculiarities(reading: Reading): string[] {
  const { delimiter, otherNames } = reading;
  const rows = (count: number, what: string) =>
    count > 0 ? [`${count.toLocaleString("en")} ${count === 1 ? "row" : "rows"} ${what}`] : [];
  const facts: [boolean, string][] = [
    [reading.format !== "CSV", reading.format],
    [reading.zipped !== /\.gz$/i.test(reading.file), `${reading.zipped ? "" : "not "}gzip, despite its name`],
    [reading.encoding !== "UTF-8", reading.encoding],
    [reading.sepLine, "a line with sep="],
    [delimiter !== ",", delimiterNames[delimiter] ?? delimiter],
    [reading.spaces, "spaces around the delimiters"],
    [
      otherNames.length > 0,
      `columns named ${otherNames.slice(0, 3).join(", ")}${otherNames.length > 3 ? ", …" : ""}`,
    ],
    [reading.unnamedFirst, "an unnamed column in front"],
    [reading.decimalComma > 0, "decimal comma"],
  ];
  return [
    ...facts.flatMap(([holds, text]) => (holds ? [text] : [])),
    ...rows(reading.emptyLastField, "with an empty field at the end"),
    ...rows(reading.pointZero, "with whole numbers as 65.0"),
    ...rows(reading.marks, "after a byte order mark"),
  ];
}
