// The event data that submissions are run with: the project's own, and rows that tell right from wrong which no
// published notebook has seen.

import { appendFileSync, copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type RawPlay, readRawPlays } from "@sparkify/lib";

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

/** Copies daily logs into a folder, with the rows that tell right from wrong. */
export function writeEventData(logsFolder: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const logs = readdirSync(logsFolder).filter((name) => name.endsWith(".csv"));
  for (const name of logs) copyFileSync(join(logsFolder, name), join(folder, name));
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
  appendFileSync(join(folder, logs.sort().at(-1) as string), `${lines.join("\r\n")}\r\n`);
}

/** The song plays of a folder's logs. */
export const readPlays = (folder: string): RawPlay[] => readRawPlays(folder);
