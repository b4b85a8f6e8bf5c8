// What the answers must be, read straight from the raw logs. This file shares nothing with the path through
// Cassandra: another CSV parser, its own walk over the folders, no streaming. It is slow, simple and
// independent, so that a mistake on one side shows.

import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { parse } from "csv-parse/sync";
import { eventDataDirectory } from "./project";

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
}

/**
 * Reads every song play of the raw logs into memory, in the order of their dates.
 * @param repair undoes needless UTF-8 encodings, for those who chose that in notebook 02
 */
export function readRawPlays(directory = eventDataDirectory, repair = false): RawPlay[] {
  const paths = filesIn(directory)
    .filter((path) => /\d{4}-\d{2}-\d{2}[^/\\]*\.csv$/i.test(path))
    .sort((a, b) => {
      const key = (path: string) => basename(path).match(/\d{4}-\d{2}-\d{2}/)?.[0] + path;
      return key(a) < key(b) ? -1 : 1;
    });
  return paths.flatMap((path) => {
    const records = parse(readFileSync(path), {
      columns: (header: string[]) => header.map((name) => name.trim()),
      bom: true,
      skip_empty_lines: true,
      relax_quotes: true,
      // Rows with more or fewer fields than the header.
      skip_records_with_error: true,
    }) as Record<string, string>[];
    return records.filter((record) => record.artist).flatMap((record) => toPlay(record, repair));
  });
}

/** All files but hidden ones. A folder that several links lead to is walked once. */
function filesIn(folder: string, walked = new Set<string>()): string[] {
  const place = realpathSync(folder);
  if (walked.has(place)) return [];
  walked.add(place);
  return readdirSync(folder)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) => {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      return found?.isDirectory() ? filesIn(path, walked) : found?.isFile() ? [path] : [];
    });
}

function toPlay(record: Record<string, string>, repair: boolean): RawPlay[] {
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
    length: number("length", /^[0-9]+([.][0-9]+)?$/),
    sessionId: whole("sessionId"),
    itemInSession: whole("itemInSession"),
    userId: whole("userId"),
    firstName: text("firstName"),
    lastName: text("lastName"),
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
