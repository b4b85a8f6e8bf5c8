// What the answers must be, read straight from the raw logs. This file shares nothing with the path through
// Cassandra: another CSV parser, its own walk over the folders, no streaming. It is slow, simple and
// independent, so that a mistake on one side shows.

import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { SparkifyError } from "@sparkify/base/errors";
import { grouped } from "@sparkify/base/grouped";
import { parse } from "csv-parse/sync";
import { eventDataDirectory } from "./connect/settings.js";

/** A row of the raw logs with an artist. */
export interface RawPlay {
  artist: string;
  song: string;
  length: number;
  sessionId: number;
  itemInSession: number;
  userId: number;
  firstName: string;
  lastName: string;
  gender: string;
  /** `free` or `paid`. */
  level: string;
  location: string;
  /** The log's day, as `2018-11-08`, from its name: the rows' own times have lost their last digits. */
  date: string;
}

const numbers = ["sessionId", "itemInSession", "userId", "length"];
/** A row without one of them says too little. */
const needed = ["artist", "song", "firstName", "lastName", "gender", "level", "location", ...numbers];
/** The other columns of the logs. */
const others = ["auth", "method", "page", "registration", "status", "ts"];

/** A name as the logs have it, whatever its case and signs; the name itself where it is none of theirs. */
function usualName(name: string): string {
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}\p{M}\p{Cc}]/gu, "").toLowerCase();
  return [...needed, ...others].find((usual) => letters(usual) === letters(name)) ?? name;
}

/**
 * Reads every song play of the raw logs into memory, in the order of their dates. Where a session and a position come
 * twice it gives both rows, as the streamlined CSV does; in a table the later one takes the place of the earlier.
 * @param repair undoes needless UTF-8 encodings, for those who chose that in notebook 02
 * @throws Error where a file cannot be read, or is zipped and damaged (one that is only cut off is read)
 * @throws SparkifyError where a file is not empty, and its header does not say what its columns are
 * @example const plays = readRawPlays(eventDataDirectory);
 */
export function readRawPlays(directory = eventDataDirectory, repair = false): RawPlay[] {
  const paths = filesIn(directory, /\d{4}-\d{2}-\d{2}[^/\\]*\.csv(\.gz)?$/i).sort((a, b) => {
    const key = (path: string) => dayOf(path) + path;
    return key(a) < key(b) ? -1 : 1;
  });
  return paths.flatMap((path) => {
    const bytes = bytesOf(path);
    const begin = at(0, lineEnds, bytes) as string;
    if (begin.length === bytes.length) return [];
    const plays = bytes.startsWith("{", begin.length) ? playsInJson(bytes) : playsIn(bytes, begin.length);
    if (plays) return plays.flatMap(({ values, layout }) => toPlay(values, dayOf(path), repair, layout));
    const first = (at(begin.length, line, bytes) as string).slice(0, 80).replace(/[^ -~]/g, "?");
    throw new SparkifyError(`The independent count finds no header in ${path}. It begins with: ${first}`);
  });
}

const dayOf = (path: string) => basename(path).match(/\d{4}-\d{2}-\d{2}/)?.[0] ?? "";

/** All files of the name but hidden ones. What several links lead to is there once. */
function filesIn(folder: string, name: RegExp, met = new Set<string>()): string[] {
  met.add(realpathSync(folder));
  return readdirSync(folder)
    .sort()
    .filter((entry) => !entry.startsWith("."))
    .flatMap((entry) => {
      const path = join(folder, entry);
      if (!existsSync(path) || met.has(realpathSync(path))) return [];
      if (statSync(path).isDirectory()) return filesIn(path, name, met);
      if (!statSync(path).isFile() || !name.test(path)) return [];
      met.add(realpathSync(path));
      return [path];
    });
}

/** A file's bytes in UTF-8, one character for each. */
function bytesOf(path: string): string {
  let bytes: Buffer = readFileSync(path);
  if (bytes.subarray(0, 2).toString("hex") === "1f8b") bytes = unzipped(bytes);
  const head = bytes.toString("latin1", 0, 8);
  const recoded = (name: string) => Buffer.from(new TextDecoder(name).decode(bytes)).toString("latin1");
  if (/^\xff\xfe|^(?:[\t-~]\0){4}/.test(head)) return recoded("utf-16le");
  if (/^\xfe\xff|^(?:\0[\t-~]){4}/.test(head)) return recoded("utf-16be");
  return bytes.toString("latin1");
}

/** Of a file that is cut off, the lines that are there as a whole. */
function unzipped(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    const there = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return there.subarray(0, Math.max(there.lastIndexOf("\n"), there.lastIndexOf("\r"), 0));
  }
}

/** Bytes. */
const longestRow = 2 ** 20;

const line = /[^\r\n]*/y;
const lineEnds = /(?:\r|\n|\xef\xbb\xbf)*/y;

/** How a file's rows are written. */
interface Layout {
  delimiter: string;
  /** Spaces around the delimiters do not belong to the fields: after them, before them. */
  spaces: [after: boolean, before: boolean];
  /** The columns' usual names. */
  header: string[];
  /** Whether a row may have one more, empty field at its end. */
  longer: boolean;
  /** The sign before fractions, once one was met. */
  sign?: string;
}

/** Finds the record at a position; undefined where the line there is none. */
function recordAt(position: number, bytes: string, { delimiter, spaces }: Layout): string | undefined {
  if ((at(position, line, bytes) as string).length > longestRow) return undefined;
  const { any, strict } = recordsOf(delimiter, spaces.includes(true));
  let record = at(position, any, bytes);
  if (record?.match(/[\r\n]/)) record = at(position, strict, bytes);
  return record !== undefined && isText(record) ? record : undefined;
}

const known = new Map<string, { any: RegExp; strict: RegExp; field: RegExp }>();

/** Records of fields with or without quotes around them, up to a line's end. Those with quotes may span lines. */
function recordsOf(delimiter: string, hasSpaces: boolean): { any: RegExp; strict: RegExp; field: RegExp } {
  const name = `${delimiter}${hasSpaces}`;
  const end = delimiter.replace(/[\\^$.|*+?-]/, "\\$&");
  const space = hasSpaces ? " *" : "";
  const quoted = `${space}"[^"]*(?:""[^"]*)*"${space}`;
  const unquoted = `${space}(?:[^"${hasSpaces ? " " : ""}${end}\\r\\n][^${end}\\r\\n]*)?`;
  const records = (field: string) =>
    new RegExp(`(?:${quoted}|${field})(?:${end}(?:${quoted}|${field}))*(?![^\\r\\n])`, "y");
  const found = known.get(name) ?? {
    any: records(unquoted),
    // A stray quote joins lines too. So where a record spans lines, there are none in fields without quotes around them.
    strict: records(`[^"${end}\\r\\n]*`),
    field: new RegExp(`(?:${quoted}|${unquoted})(?=${end}|[\\r\\n]|$)`, "y"),
  };
  known.set(name, found);
  return found;
}

function at(position: number, form: RegExp, text: string): string | undefined {
  form.lastIndex = position;
  return form.exec(text)?.[0];
}

type Values = { values: Record<string, string>; layout: Layout };

function playsIn(bytes: string, begin: number): Values[] | undefined {
  const layout = layoutOf(bytes, begin);
  if (!layout) return undefined;
  const rows = rowsIn(bytes, layout.start, layout);
  return fieldsOf(rows, layout).map((fields) => ({ values: named(fields, layout), layout }));
}

/** Takes record after record. A line that is part of none, or of one that is no row, is passed over alone. */
function rowsIn(
  bytes: string,
  start: number,
  layout: Layout,
  isRowOfLines = isWhole,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const rows: string[] = [];
  for (let position = start; rows.length < most; ) {
    position += (at(position, lineEnds, bytes) as string).length;
    if (position >= bytes.length) break;
    const first = at(position, line, bytes) as string;
    const record = recordAt(position, bytes, layout);
    const isRow = record !== undefined && (record === first || isRowOfLines(record, layout));
    if (isRow) rows.push(record as string);
    position += (isRow ? (record as string) : first).length;
  }
  return rows;
}

/** Reads the header, with the delimiter that makes the needed names of it; `sep=;` may come before it. */
function layoutOf(bytes: string, begin: number): (Layout & { start: number }) | undefined {
  const first = at(begin, line, bytes) as string;
  const [, sep] = /^"?sep=([^\w\s"]|\t)"?[\s,;]*$/i.exec(first) ?? [];
  const end = begin + first.length;
  const position = sep === undefined ? begin : end + (at(end, lineEnds, bytes) as string).length;
  for (const delimiter of [",", ";", "\t", "|", ...(sep === undefined ? [] : [sep])]) {
    const layout: Layout = { delimiter, spaces: [true, true], header: [], longer: false };
    const record = recordAt(position, bytes, layout);
    if (record === undefined) continue;
    layout.header = fieldsOf([record], layout)
      .flat()
      .map((name) => usualName(name.trim()));
    const times = needed.map((name) => layout.header.filter((other) => other === name).length);
    if (times.some((count) => count !== 1)) continue;
    const start = position + record.length;
    return { ...layout, ...habits(bytes, start, { ...layout, longer: true }), start };
  }
  return undefined;
}

/** What the first fifty rows have in common. @param layout takes rows of all habits */
function habits(bytes: string, start: number, layout: Layout): Pick<Layout, "spaces" | "longer"> {
  const { delimiter, header } = layout;
  const hasColumns = (row: string) => named(fieldsOf([row], layout).flat(), layout).song !== undefined;
  const rows = rowsIn(bytes, start, layout, hasColumns, 50).filter(hasColumns);
  const parts = rows
    .map((row) => row.replace(/"[^"]*"/g, "").split(delimiter))
    .filter((all) => all.length >= header.length && !all.join("").includes('"'));
  const usual = (is: (fields: string[]) => boolean) => parts.filter(is).length > parts.length / 2;
  const after = usual(([, ...rest]) => rest.length > 0 && rest.every((field) => field[0] === " "));
  const before = usual((all) => all.length > 1 && all.slice(0, -1).every((field) => field.endsWith(" ")));
  const isLonger = (row: string) => fieldsOf([row], layout).flat().length > header.length;
  // A text may hold a delimiter, and the last value be empty; but no number of a play is.
  const isNumber = numbers.includes(header.at(-1) ?? "");
  return { spaces: [after, before], longer: isNumber || (rows.length > 1 && rows.every(isLonger)) };
}

/** @returns undefined where it is not an object in each line, or keys that are needed are not in them */
function playsInJson(bytes: string): Values[] | undefined {
  const layout: Layout = { delimiter: ",", spaces: [false, false], header: [], longer: false };
  const lines = bytes.split("\n").map((one) => one.replace(/^(?:\xef\xbb\xbf|\s)+/, "").trimEnd());
  const objects = lines.filter((one) => one !== "").map(objectIn);
  if (!objects[0]) return undefined;
  const keys = new Set(objects.slice(0, 50).flatMap((one) => (one ?? []).map(([name]) => name)));
  const isKnown = [...keys].every((key) => needed.includes(key) || others.includes(key));
  if (!needed.every((name) => keys.has(name)) && !(isKnown && keys.size > 1)) return undefined;
  return objects.flatMap((entries = []) => {
    const used = entries.filter(([name]) => name === "page" || needed.includes(name));
    const isBad = ([, value]: [string, unknown]) =>
      !(value === null || typeof value === "number" || (typeof value === "string" && isClean(value)));
    if (used.some(isBad) || new Set(used.map(([name]) => name)).size < used.length) return [];
    const values = Object.fromEntries(used.map(([name, value]) => [name, value === null ? "" : `${value}`]));
    return [{ values, layout }];
  });
}

const isClean = (text: string) => !/[\0\p{Surrogate}]/u.test(text);

function objectIn(bytes: string): [string, unknown][] | undefined {
  if (!isText(bytes)) return undefined;
  try {
    const value = JSON.parse(Buffer.from(bytes, "latin1").toString());
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    return Object.entries(value).map(([name, one]) => [usualName(name), one]);
  } catch {
    return undefined;
  }
}

/** UTF-8, and no longer than a row can be. */
function isText(record: string): boolean {
  return record.length <= longestRow && !record.includes("\0") && isUtf8(Buffer.from(record, "latin1"));
}

function fieldsOf(records: string[], layout: Layout): string[][] {
  const { delimiter, spaces } = layout;
  const clean = spaces.includes(true) ? records.map((record) => withoutSpaces(record, layout)) : records;
  const bytes = Buffer.from(clean.join("\n"), "latin1");
  return parse(bytes, { delimiter, record_delimiter: "\n", relax_quotes: true, relax_column_count: true });
}

/** A record without the spaces around its delimiters. */
function withoutSpaces(record: string, layout: Layout): string {
  const { delimiter, spaces } = layout;
  const [after, before] = spaces;
  const { field } = recordsOf(delimiter, true);
  const fields: string[] = [];
  for (let position = 0; position <= record.length; position += (fields.at(-1) as string).length + 1) {
    fields.push(at(position, field, record) as string);
  }
  const clean = (text: string) => {
    if (/^ *"/.test(text)) return text.replace(/^ +| +$/g, "");
    return text.slice(after ? text.search(/[^ ]|$/) : 0).replace(before ? / +$/ : "", "");
  };
  return fields.map(clean).join(delimiter);
}

/** The values by their columns; none where there are more or fewer than columns. */
function named(fields: string[], { header, longer }: Layout): Record<string, string> {
  const isLonger = longer && fields.length === header.length + 1 && fields.at(-1) === "";
  const isShorter = fields.length < header.length && header.slice(fields.length).every((name) => name === "");
  if (fields.length !== header.length && !isLonger && !isShorter) return {};
  return Object.fromEntries(header.map((name, field) => [name, fields[field] as string]));
}

function isWhole(record: string, layout: Layout): boolean {
  const values = named(fieldsOf([record], layout).flat(), layout);
  return values.artist === "" || toPlay(values, "", false, { ...layout }).length > 0;
}

/** @param layout its sign is set by the first fraction */
function toPlay(record: Record<string, string>, date: string, repair: boolean, layout: Layout): RawPlay[] {
  if (!record.artist) return [];
  const text = (name: string) => (repair ? undoEncodings(record[name] ?? "") : (record[name] ?? ""));
  const signs = layout.delimiter === "," ? "." : ".,";
  const number = (name: string, form: RegExp) =>
    form.test(record[name] ?? "") ? Number((record[name] ?? "").replace(",", ".")) : Number.NaN;
  const whole = (name: string) => {
    const value = number(name, new RegExp(`^[0-9]+([${signs}]00?)?$`)); // 65.0 is what pandas makes of 65
    return value < 2 ** 31 ? value : Number.NaN; // Cassandra's int ends there
  };
  const play = {
    artist: text("artist"),
    song: text("song"),
    length: number("length", new RegExp(`^(?!.{300})[0-9]+([${layout.sign ?? signs}][0-9]+)?$`)),
    sessionId: whole("sessionId"),
    itemInSession: whole("itemInSession"),
    userId: whole("userId"),
    firstName: text("firstName"),
    lastName: text("lastName"),
    gender: text("gender"),
    level: text("level"),
    location: text("location"),
    date,
  };
  // A row that names no play (a broken number, no title) is nobody's answer.
  if (play.song === "" || Object.values(play).includes(Number.NaN)) return [];
  const sign = record.length?.replace(/[0-9]/g, "");
  if (sign) layout.sign = sign;
  return [play];
}

function undoEncodings(text: string): string {
  const once = Buffer.from(text, "latin1").toString("utf8");
  const lossless =
    Buffer.from(once, "utf8").equals(Buffer.from(text, "latin1")) && !/[\u0100-\uffff]/.test(text);
  return lossless && once !== text ? undoEncodings(once) : text;
}

/**
 * The rows without those that say the same again; the first one stays.
 * @example const users = distinct(plays.map(({ userId, firstName }) => ({ userId, firstName })));
 */
export function distinct<Row>(rows: Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/**
 * The rows without those that a later one with the same key replaces, as an upsert does.
 * @param key the names of the fields that make the key
 * @example const rows = lastByKey(plays, ["sessionId", "itemInSession"]);
 */
export function lastByKey<Row>(rows: Row[], key: (keyof Row)[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(key.map((name) => row[name])), row])).values()];
}

/** A case in the data that tells a right key from a wrong one. */
export interface TellingCase {
  name: string;
  /** What was found, in words. */
  found: string;
  /** A song play to ask for; undefined where the data holds no such case. */
  play?: RawPlay;
}

/**
 * Looks for the cases that a wrong key gets wrong: a session whose positions pass 10, a session id of two
 * users, namesakes who played the same song, a user who played a song again.
 * @example showTable(tellingCases(plays).map(({ name, found }) => ({ name, found })));
 */
export function tellingCases(plays: RawPlay[]): TellingCase[] {
  const groupsBy = (key: (play: RawPlay) => string) => [...grouped(plays, key).values()];
  const sessions = groupsBy((play) => `${play.sessionId}`);
  const visits = groupsBy((play) => `${play.sessionId} ${play.userId}`);
  const songs = groupsBy((play) => play.song);
  const users = (some: RawPlay[]) => new Set(some.map((play) => play.userId)).size;
  const people = (some: RawPlay[]) => new Set(some.map((play) => `${play.firstName} ${play.lastName}`)).size;
  const long = visits.find((some) => isLong(some.map((play) => play.itemInSession)));
  const shared = sessions.find((some) => users(some) > 1);
  const namesakes = songs.find((some) => users(some) > people(some));
  const repeats = songs.find((some) => some.length > users(some));
  const telling = (name: string, rows: RawPlay[] | undefined, found: (play: RawPlay) => string) => {
    const play = rows?.[0];
    return play ? { name, found: found(play), play } : { name, found: "not in these logs" };
  };
  const session = ({ sessionId }: RawPlay) => `session ${sessionId}`;
  return [
    telling("a session whose positions pass 10", long, (play) => `${session(play)} of user ${play.userId}`),
    telling("a session id that two users share", shared, session),
    telling("namesakes who played the same song", namesakes, ({ song }) => song),
    telling("a user who played a song again", repeats, ({ song }) => song),
  ];
}

/** Positions that text would put into another order than numbers, in a session short enough to read. */
function isLong(items: number[]): boolean {
  const asNumbers = [...items].sort((a, b) => a - b);
  return items.length <= 15 && String(items.map(String).sort()) !== String(asNumbers);
}
