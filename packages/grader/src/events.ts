// The event data that submissions are run with: the project's own, with rows that tell right from wrong which no published
// notebook has seen, and with other answers to the exercise's questions than everybody knows.

import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RawPlay, readRawPlays } from "@sparkify/lib";
import { parse } from "csv-parse/sync";
import { asked } from "./questions.js";

/** The logs of a batch: a folder with what is played in it, which is read when it is first asked for. */
export interface Logs {
  readonly folder: string;
  readonly plays: RawPlay[];
}

/** The logs, once for every submission, and once for those that compare with the answers that everybody knows. */
export interface LogsOfBatch {
  /** With answers that were drawn for this batch. Who prints the well-known ones has not read them. */
  drawn: Logs;
  /** With the well-known answers. */
  published: Logs;
}

interface Person {
  userId: number;
  firstName: string;
  lastName: string;
  gender: string;
}

const robinF: Person = { userId: 1201, firstName: "Robin", lastName: "O'Neil", gender: "F" };
const robinM: Person = { userId: 1202, firstName: "Robin", lastName: "O'Neil", gender: "M" };
const zoe: Person = { userId: 1203, firstName: "Zoë", lastName: "Ångström, Jr.", gender: "F" };

const duel = ['The "Quoted" Duo', 'It\'s Late, Señor ("Again")', 211.17342] as const;

/** A row: who, session, item, artist, title, length. */
const rows: [Person, number, number, string, string, number][] = [
  // Namesakes on one song, and one of them again, in another session.
  [robinF, 2001, 0, ...duel],
  [robinM, 2002, 0, ...duel],
  [robinM, 2002, 3, ...duel],
  [robinF, 2003, 1, ...duel],
  // Positions from 8 to 12: as text they come in another order. Not inserted in their order either.
  ...[11, 9, 12, 8, 10].map((item): [Person, number, number, string, string, number] => [
    zoe,
    2004,
    item,
    "Nils Ö, trio",
    `Étude n° ${item}`,
    100.00001 + item,
  ]),
  // One session id of two users, with positions that lie between one another's.
  [zoe, 2005, 0, "Mirelle Fogg", "Shared Bench", 180.5],
  [robinF, 2005, 1, "Mirelle Fogg", "Shared Bench", 180.5],
  [zoe, 2005, 2, "Nils Ö, trio", "Étude n° 8", 108.00001],
  [robinF, 2005, 3, "Tobin Ashgrove", "Second Seat", 301.90036],
  // And one with the same positions: two plays at each. Written in one batch they have one timestamp, and then Cassandra
  // keeps the larger value of each column: every value of one user's is the larger, so that no row becomes a mixture.
  [zoe, 2008, 0, "Tobin Ashgrove", "Second Seat", 301.90036],
  [robinF, 2008, 0, "Mirelle Fogg", "Cold Bench", 180.5],
  [zoe, 2008, 1, "Tobin Ashgrove", "First Seat", 299.40036],
  [robinF, 2008, 1, "Mirelle Fogg", "Cold Bench", 180.5],
  // One user, the same positions in two sessions.
  [robinM, 2006, 0, "Tobin Ashgrove", "Second Seat", 301.90036],
  [robinM, 2007, 0, "Tobin Ashgrove", "First Seat", 299.40036],
];

const field = (value: string | number) => `"${String(value).replaceAll('"', '""')}"`;

/** Writes both kinds of logs below a folder. @param logsFolder daily logs */
export function writeLogs(logsFolder: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  const names = readdirSync(logsFolder).filter((name) => name.endsWith(".csv"));
  const texts = new Map(names.sort().map((name) => [name, readFileSync(join(logsFolder, name), "utf8")]));
  writeInto(join(folder, "published"), texts);
  writeInto(join(folder, "drawn"), withOtherAnswers(texts));
}

/** What {@link writeLogs} has written. */
export function logsIn(folder: string): LogsOfBatch {
  const within = (name: string): Logs => {
    const inner = join(folder, name);
    let plays: RawPlay[] | undefined;
    return {
      folder: inner,
      get plays() {
        plays ??= readRawPlays(inner);
        return plays;
      },
    };
  };
  return { drawn: within("drawn"), published: within("published") };
}

/** Writes daily logs, with the rows that tell right from wrong in the last one. */
function writeInto(folder: string, texts: Map<string, string>): void {
  mkdirSync(folder, { recursive: true });
  const lines = rows.map(([person, session, item, artist, title, length]) =>
    [
      artist,
      "Logged In",
      person.firstName,
      person.gender,
      item,
      person.lastName,
      length,
      "paid",
      "Truth or Consequences, NM",
      "PUT",
      "NextSong",
      "1.54E+12",
      session,
      title,
      200,
      "1.54361E+12",
      person.userId,
    ]
      .map(field)
      .join(","),
  );
  const last = [...texts.keys()].at(-1);
  for (const [name, text] of texts)
    writeFileSync(join(folder, name), name === last ? `${text}${lines.join("\r\n")}\r\n` : text);
}

type LogRow = Record<string, string>;

/** A line of a log as it is written, and what it says. */
interface Line {
  record: LogRow;
  raw: string;
}

/**
 * The logs with other artists, titles and names in the answers to the exercise's questions. What is asked for stays, and a
 * user has one name everywhere. Lines that no answer is in stay as they are written.
 */
function withOtherAnswers(texts: Map<string, string>): Map<string, string> {
  const files = [...texts].map(([name, text]) => {
    const lines: Line[] = parse(text, { columns: true, raw: true, bom: true });
    const head = text.slice(0, text.indexOf("\n") + 1);
    return { name, head, end: head.endsWith("\r\n") ? "\r\n" : "\n", lines };
  });
  const questions = asked.map(({ question, example }) => {
    const values = Object.entries(example).map(([raw, value]) => [raw, String(value)] as const);
    const isAbout = (row: LogRow) => row.artist !== "" && values.every(([raw, value]) => row[raw] === value);
    return { isAbout, drawn: question.answer.filter((raw) => raw === "artist" || raw === "song"), question };
  });
  const all = files.flatMap(({ lines }) => lines.map(({ record }) => record));
  const named = questions.filter(({ question }) => question.answer.includes("firstName"));
  const users = new Map<string, [first: string, last: string]>();
  for (const row of all)
    if (named.some(({ isAbout }) => isAbout(row))) users.set(row.userId ?? "", [word(), word()]);
  const changed = ({ record, raw }: Line): string => {
    const other: LogRow = {};
    for (const { isAbout, drawn } of questions)
      if (isAbout(record)) for (const column of drawn) other[column] ??= `${word()} ${word()}`;
    const name = users.get(record.userId ?? "");
    if (name) [other.firstName, other.lastName] = name as [string, string];
    if (Object.keys(other).length === 0) return raw.replace(/^[\r\n]+|[\r\n]+$/g, "");
    const values = Object.values({ ...record, ...other });
    return values.map((value) => (/[",\r\n]/.test(value) ? field(value) : value)).join(",");
  };
  return new Map(
    files.map(({ name, head, end, lines }) => [
      name,
      head + lines.map((line) => `${changed(line)}${end}`).join(""),
    ]),
  );
}

/** A word of letters alone, such as nobody's name is: there are some two million. */
function word(): string {
  const letterOf = (letters: string) => letters[randomInt(letters.length)];
  const syllable = () => `${letterOf("bdfgklmnprstvz")}${letterOf("aeiou")}`;
  const text = `${syllable()}${syllable()}${syllable()}${letterOf("lnrsx")}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
