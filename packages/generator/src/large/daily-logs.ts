// Daily logs of any size: made as a stream, in the order of time, with a memory that grows with the listeners only.

import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { columnNames } from "../generate.js";
import { type Random, seededRandom, weighted } from "../random.js";
import { type Listener, makeListeners } from "./listeners.js";
import { RowHash } from "./row-hash.js";
import { days, month, monthSeconds, planSessions, startsOf } from "./sessions.js";
import { songAt, songPlaces } from "./songs.js";
import { csvField, scientific } from "./text.js";

export interface LogFacts {
  seed: number;
  plays: number;
  /** Plays, and pages on which nothing was played. */
  rows: number;
  sessions: number;
  /** The hash of the rows that the streamlined CSV must have, whatever their order. */
  playsHash: string;
}

/** A session that is going on. */
interface Session {
  id: number;
  listener: Listener;
  playsLeft: number;
  item: number;
  /** When its next row is logged, in seconds of the month. */
  next: number;
  /** Pages that are seen before the next song, the next one last. */
  pages: Page[];
}

interface Page {
  name: string;
  method: "GET" | "PUT";
  status: 200 | 307 | 404;
  loggedOut?: boolean;
}

const home: Page = { name: "Home", method: "GET", status: 200 };
const loggedOutHome: Page = { ...home, loggedOut: true };
const login: Page = { name: "Login", method: "PUT", status: 307, loggedOut: true };
const logout: Page = { name: "Logout", method: "PUT", status: 307 };
const seen = (name: string): Page => ({ name, method: "GET", status: 200 });
/** What people do besides listening, in reversed order, and how often: one row in seven in the end. */
const detours: readonly (readonly [Page[], number])[] = [
  [[home], 60],
  [[home, login, loggedOutHome], 12],
  [[home, login, loggedOutHome, logout], 8],
  [[seen("Settings")], 8],
  [[home, { name: "Save Settings", method: "PUT", status: 307 }, seen("Settings")], 3],
  [[seen("Help")], 8],
  [[seen("About")], 5],
  [[{ name: "Error", method: "GET", status: 404 }], 2],
];
const detourOf = weighted(detours.map(([, weight]) => weight));
const detourBeforeSong = 0.105;

const pieceBytes = 1 << 20;
/** More than any row takes, with the headers of all days. */
const spareBytes = 1 << 14;

/**
 * Writes one log for each day of the month into `folder`.
 * @param plays how many rows have an artist, exactly
 */
export async function writeDailyLogs(
  folder: string,
  plays: number,
  { seed = 1751, onProgress }: { seed?: number; onProgress?: (playsDone: number) => void } = {},
): Promise<LogFacts> {
  // The plans are drawn twice from one seed: first to know how many sessions there are.
  const plans = () => planSessions(seededRandom(seed + 1), listenerOf, plays);
  const listenerOf = makeListeners(seededRandom(seed), plays);
  let sessions = 0;
  for (const _ of plans()) sessions++;

  const random = seededRandom(seed + 2);
  const nextStart = startsOf(random, sessions);
  const placeOf = songPlaces(plays);
  const hash = new RowHash();
  const output = new DayFiles(folder);
  const going = new SessionHeap();
  let rows = 0;
  let id = 2;

  /** Logs everything that happens before a time. */
  const logUntil = async (time: number) => {
    for (let session = going.first(); session && session.next < time; session = going.first()) {
      const line = step(session, random, placeOf, hash);
      if (output.add(session.next, line.text)) {
        await output.write();
        onProgress?.(hash.rows);
      }
      rows++;
      session.next += line.seconds;
      if (session.playsLeft === 0 && session.pages.length === 0) going.removeFirst();
      else going.firstChanged();
    }
  };
  for (const { listener, plays: playsLeft } of plans()) {
    const next = nextStart();
    await logUntil(next);
    id += random.chance(0.3) ? 2 : 1; // some visitors never play anything
    going.add({ id, listener, playsLeft, item: 0, next, pages: [] });
  }
  await logUntil(Number.POSITIVE_INFINITY);
  await output.close();
  return { seed, plays: hash.rows, rows, sessions, playsHash: hash.toString() };
}

/** One row of a session: a page if one is due, or else a song. */
function step(session: Session, random: Random, placeOf: (random: Random) => number, hash: RowHash) {
  if (session.pages.length === 0 && random.chance(detourBeforeSong)) {
    session.pages.push(...(detours[detourOf(random)]?.[0] ?? []));
  }
  const { listener, id } = session;
  const item = session.item++;
  const time = scientific(month + Math.min(session.next, monthSeconds - 1) * 1000);
  const page = session.pages.pop();
  const { firstName, lastName, gender, level, locationText, registrationText } = listener;
  if (page) {
    const { name, method, status } = page;
    const text = page.loggedOut
      ? `,Logged Out,,,${item},,,${level},,${method},${name},,${id},,${status},${time},\r\n`
      : `,Logged In,${firstName},${gender},${item},${lastName},,${level},${locationText},${method},${name},${registrationText},${id},,${status},${time},${listener.id}\r\n`;
    return { text, seconds: random.whole(2, 60) };
  }
  const { artist, title, length } = songAt(placeOf(random));
  session.playsLeft--;
  const user = String(listener.id);
  hash.add([
    artist,
    firstName,
    gender,
    String(item),
    lastName,
    length,
    level,
    listener.location,
    String(id),
    title,
    user,
  ]);
  const text =
    `${csvField(artist)},Logged In,${firstName},${gender},${item},${lastName},${length},${level},${locationText},` +
    `PUT,NextSong,${registrationText},${id},${csvField(title)},200,${time},${user}\r\n`;
  return { text, seconds: Number(length) };
}

/** The sessions that go on, the one whose next row comes first on top: a binary heap. */
class SessionHeap {
  readonly #heap: Session[] = [];

  first(): Session | undefined {
    return this.#heap[0];
  }

  add(session: Session): void {
    let place = this.#heap.push(session) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#heap[parent] as Session;
      if (above.next <= session.next) break;
      this.#heap[place] = above;
      place = parent;
    }
    this.#heap[place] = session;
  }

  removeFirst(): void {
    const last = this.#heap.pop();
    if (last && this.#heap.length > 0) {
      this.#heap[0] = last;
      this.firstChanged();
    }
  }

  /** Moves the first down to its place. */
  firstChanged(): void {
    const heap = this.#heap;
    const session = heap[0] as Session;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Session).next < (heap[child] as Session).next)
        child++;
      if ((heap[child] as Session).next >= session.next) break;
      heap[place] = heap[child] as Session;
      place = child;
    }
    heap[place] = session;
  }
}

/**
 * The file of the day. Rows are gathered as bytes: gathered as one long text, half of the time would go into
 * collecting what is left of its parts.
 */
class DayFiles {
  readonly #folder: string;
  #day = -1;
  #stream: WriteStream | undefined;
  #bytes = Buffer.allocUnsafe(pieceBytes);
  #used = 0;
  /** Where in the bytes another day begins. */
  #begins: { day: number; at: number }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns true when there is enough for a `write` */
  add(seconds: number, text: string): boolean {
    const day = Math.min(days - 1, Math.floor(seconds / 86_400));
    // A day on which nothing happened still has its file.
    while (this.#day < day) {
      this.#begins.push({ day: ++this.#day, at: this.#used });
      this.#used += this.#bytes.write(header, this.#used);
    }
    this.#used += this.#bytes.write(text, this.#used);
    return this.#used > pieceBytes - spareBytes;
  }

  async write(): Promise<void> {
    let done = 0;
    for (const { day, at } of this.#begins.splice(0)) {
      await this.#append(done, at);
      await this.#end();
      const name = `${new Date(month + day * 86_400_000).toISOString().slice(0, 10)}-events.csv`;
      this.#stream = createWriteStream(join(this.#folder, name));
      done = at;
    }
    await this.#append(done, this.#used);
    this.#bytes = Buffer.allocUnsafe(pieceBytes); // the stream may still read the old one
    this.#used = 0;
  }

  async close(): Promise<void> {
    await this.write();
    await this.#end();
  }

  async #append(from: number, to: number): Promise<void> {
    if (this.#stream && to > from && !this.#stream.write(this.#bytes.subarray(from, to)))
      await once(this.#stream, "drain");
  }

  async #end(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await finished(this.#stream);
    this.#stream = undefined;
  }
}

const header = `${columnNames.join(",")}\r\n`;
