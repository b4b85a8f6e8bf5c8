// What the answers must be, read straight from the raw logs. This file shares nothing with the path through
// Cassandra: another CSV parser, its own walk over the folders, no streaming. It is slow, simple and
// independent, so that a mistake on one side shows.

import { isUtf8 } from "node:buffer";
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { eventDataDirectory } from "../project";

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

/** A row without one of them says too little. */
const needed = [
  ...["artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location"],
  ...["sessionId", "song", "userId"],
];

/**
 * Reads every song play of the raw logs into memory, in the order of their dates. Where a session and a position come
 * twice it gives both rows, as the streamlined CSV does; in a table the later one takes the place of the earlier.
 * @param repair undoes needless UTF-8 encodings, for those who chose that in notebook 02
 * @throws Error where a file cannot be read, or is zipped and damaged (one that is only cut off is read)
 */
export function readRawPlays(directory = eventDataDirectory, repair = false): RawPlay[] {
  const paths = filesIn(directory, /\d{4}-\d{2}-\d{2}[^/\\]*\.csv(\.gz)?$/i).sort((a, b) => {
    const key = (path: string) => dayOf(path) + path;
    return key(a) < key(b) ? -1 : 1;
  });
  return paths.flatMap((path) => playsIn(bytesOf(path), dayOf(path), repair));
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

/** A file's bytes, one character for each. */
function bytesOf(path: string): string {
  let bytes: Buffer = readFileSync(path);
  if (/\.gz$/i.test(path)) bytes = unzipped(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) bytes = Buffer.from(new TextDecoder("utf-16le").decode(bytes));
  if (bytes[0] === 0xfe && bytes[1] === 0xff) bytes = Buffer.from(new TextDecoder("utf-16be").decode(bytes));
  return bytes.toString("latin1").replace(/^\xef\xbb\xbf/, "");
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

const quotedField = '"[^"]*(?:""[^"]*)*"';
/** Fields with or without quotes around them, up to a line's end. Those with quotes may span lines. */
const anyRecord = records(`${quotedField}|[^",\\r\\n][^,\\r\\n]*|`);
/** The same without quotes where none may be. Only so a record may span lines: a stray quote joins lines too. */
const strictRecord = records(`${quotedField}|[^",\\r\\n]*`);
const line = /[^\r\n]*/y;

function records(field: string): RegExp {
  return new RegExp(`(?:${field})(?:,(?:${field}))*(?![^\\r\\n])`, "y");
}

function at(position: number, form: RegExp, text: string): string | undefined {
  form.lastIndex = position;
  return form.exec(text)?.[0];
}

/** Takes record after record. A line that is part of none, or of one that is no row, is passed over alone. */
function playsIn(bytes: string, date: string, repair: boolean): RawPlay[] {
  const rows: string[] = [];
  let header: string[] | undefined;
  for (let position = 0; position < bytes.length; ) {
    const first = at(position, line, bytes) as string;
    let record = first.length > longestRow ? undefined : at(position, anyRecord, bytes);
    if (record !== undefined && record !== first) record = at(position, strictRecord, bytes);
    if (record !== undefined && !isText(record)) record = undefined;
    if (first === "") {
      position++; // a line's end
    } else if (!header) {
      header = fieldsOf([record ?? ""]).flat();
      header = header.map((name) => name.trim());
      if (needed.some((name) => header?.filter((other) => other === name).length !== 1)) return [];
      position += (record ?? first).length;
    } else {
      const isRow = record !== undefined && (record === first || isWhole(record, header));
      if (isRow) rows.push(record as string);
      position += (isRow ? (record as string) : first).length;
    }
  }
  return fieldsOf(rows).flatMap((fields) => toPlay(named(fields, header ?? []), date, repair));
}

/** UTF-8, and no longer than a row can be. */
function isText(record: string): boolean {
  return record.length <= longestRow && !record.includes("\0") && isUtf8(Buffer.from(record, "latin1"));
}

function fieldsOf(records: string[]): string[][] {
  const bytes = Buffer.from(records.join("\n"), "latin1");
  return parse(bytes, { record_delimiter: "\n", relax_quotes: true, relax_column_count: true });
}

/** The values by their columns; none where there are more or fewer than columns. */
function named(fields: string[], header: string[]): Record<string, string> {
  if (fields.length !== header.length) return {};
  return Object.fromEntries(header.map((name, field) => [name, fields[field] as string]));
}

function isWhole(record: string, header: string[]): boolean {
  const values = named(fieldsOf([record]).flat(), header);
  return values.artist === "" || toPlay(values, "", false).length > 0;
}

function toPlay(record: Record<string, string>, date: string, repair: boolean): RawPlay[] {
  if (!record.artist) return [];
  const text = (name: string) => (repair ? undoEncodings(record[name] ?? "") : (record[name] ?? ""));
  const number = (name: string, form: RegExp) =>
    form.test(record[name] ?? "") ? Number(record[name]) : Number.NaN;
  const whole = (name: string) => {
    const value = number(name, /^[0-9]+$/);
    return value < 2 ** 31 ? value : Number.NaN; // Cassandra's int ends there
  };
  const play = {
    artist: text("artist"),
    song: text("song"),
    length: number("length", /^(?!.{300})[0-9]+([.][0-9]+)?$/),
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
  return play.song === "" || Object.values(play).includes(Number.NaN) ? [] : [play];
}

function undoEncodings(text: string): string {
  const once = Buffer.from(text, "latin1").toString("utf8");
  const lossless =
    Buffer.from(once, "utf8").equals(Buffer.from(text, "latin1")) && !/[\u0100-\uffff]/.test(text);
  return lossless && once !== text ? undoEncodings(once) : text;
}

/** The rows without those that say the same again; the first one stays. */
export function distinct<Row>(rows: Row[]): Row[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}

/**
 * The rows without those that a later one with the same key replaces, as an upsert does.
 * @param key the names of the fields that make the key
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
 */
export function tellingCases(plays: RawPlay[]): TellingCase[] {
  const sessions = groupBy(plays, (play) => `${play.sessionId}`);
  const visits = groupBy(plays, (play) => `${play.sessionId} ${play.userId}`);
  const songs = groupBy(plays, (play) => play.song);
  const users = (some: RawPlay[]) => new Set(some.map((play) => play.userId)).size;
  const people = (some: RawPlay[]) => new Set(some.map((play) => `${play.firstName} ${play.lastName}`)).size;

  const long = visits.find((visit) => isLong(visit.map((play) => play.itemInSession)));
  const shared = sessions.find((session) => users(session) > 1);
  const namesakes = songs.find((song) => users(song) > people(song));
  const repeats = songs.find((song) => song.length > users(song));
  return [
    tellingCase(
      "a session whose positions pass 10",
      long,
      ({ sessionId, userId }) => `session ${sessionId} of user ${userId}`,
    ),
    tellingCase("a session id that two users share", shared, ({ sessionId }) => `session ${sessionId}`),
    tellingCase("namesakes who played the same song", namesakes, ({ song }) => song),
    tellingCase("a user who played a song again", repeats, ({ song }) => song),
  ];
}

function tellingCase(
  name: string,
  rows: RawPlay[] | undefined,
  found: (play: RawPlay) => string,
): TellingCase {
  const play = rows?.[0];
  return play ? { name, found: found(play), play } : { name, found: "not in these logs" };
}

/** Positions that text would put into another order than numbers, in a session short enough to read. */
function isLong(items: number[]): boolean {
  const asNumbers = [...items].sort((a, b) => a - b);
  return items.length <= 15 && String(items.map(String).sort()) !== String(asNumbers);
}

function groupBy<Item>(items: Item[], key: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
