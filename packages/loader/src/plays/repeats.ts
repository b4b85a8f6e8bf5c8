// Finds events that were logged more than once, in little memory however many rows there are.

import { createHash } from "node:crypto";
import { UnreadableFile } from "../files/unreadable-file.js";
import type { CsvCursor } from "../rows/csv-cursor.js";
import { readLog } from "../rows/dialect.js";
import { EventLog, type LogFile } from "./event-log.js";

export interface Repeated {
  /** Rows that say the same as the one before: loading them again changes nothing. */
  sameEvent: number;
  /** Rows that say something else. The CSV keeps both; in a table the later one overwrites the earlier. */
  differentContent: number;
  /** Some of the latter, with both places. */
  examples: { sessionId: number; itemInSession: number; earlier: string; later: string }[];
  /** Rows that repeat a position and were not compared; there only where too many positions come again. */
  notCompared?: number;
}

/** So many positions are remembered for the comparison; there are more only where whole logs are there twice. */
const mostRepeats = 300_000;

/**
 * Reads the files once more and compares the rows that share a session and a position. Normal logs have none, and
 * are not read twice.
 * @param positions as `SeenItems` found them
 */
export async function compareRepeats(
  files: LogFile[],
  positions: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Repeated> {
  const comparison = new Comparison(positions);
  for (const file of positions.size === 0 ? [] : files) {
    const log = new EventLog(file);
    try {
      for await (const record of readLog(file.path, file.dialect)) {
        signal?.throwIfAborted();
        while (record.next()) if (log.judge(record) === "kept") comparison.add(log, record);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error; // the first reading has reported it
    }
  }
  return comparison.repeated;
}

class Comparison {
  readonly repeated: Repeated = { sameEvent: 0, differentContent: 0, examples: [] };
  /** What was found last at a position. */
  readonly #last = new Map<string, { content: string; place: string }>();

  constructor(readonly positions: ReadonlySet<string>) {}

  add({ sessionId, itemInSession, playFields, file }: EventLog, record: CsvCursor): void {
    const position = `${sessionId} ${itemInSession}`;
    if (!this.positions.has(position)) return;
    const texts = JSON.stringify(playFields.map((field) => record.text(field)));
    const content = createHash("sha1").update(texts).digest("base64"); // a row may be long
    const place = `${file.path}:${record.line}`;
    const earlier = this.#last.get(position);
    this.#last.set(position, { content, place });
    if (!earlier) return;
    const { repeated } = this;
    if (earlier.content === content) repeated.sameEvent++;
    else if (repeated.differentContent++ < 5)
      repeated.examples.push({ sessionId, itemInSession, earlier: earlier.place, later: place });
  }
}

/**
 * Remembers which positions of which sessions were seen. Positions in a session are mostly dense, so 32 of them
 * share one entry of an open-addressing hash table: about 20 bytes a session, not a row.
 */
export class SeenItems {
  #slots = new Slots(1 << 16);
  /** What was taken over last: it joins the others when more comes, which after the last rows is never. */
  #waiting: Seen["slots"] | undefined;

  /** The positions that were added more than once, as "session item". */
  readonly repeated = new Set<string>();
  /** Rows that repeat a position which is not in `repeated`, because that is full. */
  left = 0;

  /** @param most how many positions `repeated` may hold */
  constructor(readonly most = mostRepeats) {}

  get all(): Seen {
    this.#joinWaiting();
    const { sessions, groups, bits } = this.#slots;
    return { slots: { sessions, groups, bits }, repeated: this.repeated, left: this.left };
  }

  /**
   * Adds what was seen in the rows that come next.
   * @returns false where too many positions come again, and nothing was changed
   */
  takeOver({ slots, repeated, left }: Seen): boolean {
    if (left > 0 || this.left > 0) return false;
    this.#joinWaiting();
    const again = new Set(repeated);
    eachSlot(slots, (session, group, bits) => {
      const both = this.#slots.marked(session, group) & bits;
      for (let bit = 0; both !== 0 && bit < 32; bit++)
        if (both & (1 << bit)) again.add(`${session} ${32 * group + bit}`);
    });
    if (this.repeated.size + again.size > this.most) return false;
    for (const position of again) this.repeated.add(position);
    this.#waiting = slots;
    return true;
  }

  #joinWaiting(): void {
    const slots = this.#waiting;
    if (!slots) return;
    this.#waiting = undefined;
    eachSlot(slots, (session, group, bits) => {
      if (this.#slots.areScarce) this.#slots = this.#slots.larger();
      this.#slots.markAll(session, group, bits);
    });
  }

  /** @param session from 0 to 2^31 - 1, as is `item` */
  add(session: number, item: number): void {
    if (this.#waiting) this.#joinWaiting();
    if (this.#slots.areScarce) this.#slots = this.#slots.larger();
    if (this.#slots.mark(session, item)) return;
    const position = `${session} ${item}`;
    if (this.repeated.size < this.most) this.repeated.add(position);
    else if (!this.repeated.has(position)) this.left++;
  }
}

/** What `SeenItems` has seen, for another thread. */
export interface Seen {
  slots: Pick<Slots, "sessions" | "groups" | "bits">;
  repeated: Set<string>;
  left: number;
}

/** Calls `each` with the slots that are taken. */
function eachSlot(
  { sessions, groups, bits }: Seen["slots"],
  each: (session: number, group: number, bits: number) => void,
): void {
  for (let slot = 0; slot < groups.length; slot++) {
    const group = groups[slot] as number;
    if (group !== -1) each(sessions[slot] as number, group, bits[slot] as number);
  }
}

/** Which of 32 neighbouring positions of a session were seen, in a slot each. */
class Slots {
  #used = 0;
  readonly sessions: Int32Array;
  /** Which 32 positions; -1 where the slot is free. */
  readonly groups: Int32Array;
  readonly bits: Int32Array;

  /** @param capacity a power of two */
  constructor(readonly capacity: number) {
    this.sessions = new Int32Array(capacity);
    this.groups = new Int32Array(capacity).fill(-1);
    this.bits = new Int32Array(capacity);
  }

  get areScarce(): boolean {
    return this.#used * 4 > this.capacity * 3;
  }

  /** @returns false where the position was marked before */
  mark(session: number, item: number): boolean {
    const slot = this.#slot(session, item >>> 5);
    const bits = this.bits[slot] as number;
    this.bits[slot] = bits | (1 << (item & 31));
    return bits !== this.bits[slot];
  }

  /** Which positions of a group were marked, a bit for each. */
  marked(session: number, group: number): number {
    const slot = this.#find(session, group);
    return this.groups[slot] === -1 ? 0 : (this.bits[slot] as number);
  }

  markAll(session: number, group: number, bits: number): void {
    (this.bits[this.#slot(session, group)] as number) |= bits;
  }

  /** The same in twice as many slots. */
  larger(): Slots {
    const larger = new Slots(2 * this.capacity);
    eachSlot(this, (session, group, bits) => larger.markAll(session, group, bits));
    return larger;
  }

  /** The slot of a group, which it takes if it has none. */
  #slot(session: number, group: number): number {
    const slot = this.#find(session, group);
    if (this.groups[slot] === -1) {
      this.#used++;
      this.groups[slot] = group;
      this.sessions[slot] = session;
    }
    return slot;
  }

  /** The slot that a group has, or would take. */
  #find(session: number, group: number): number {
    const mask = this.capacity - 1;
    let slot = (Math.imul(session, 0x9e3779b1) ^ Math.imul(group, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    while (this.groups[slot] !== -1 && (this.groups[slot] !== group || this.sessions[slot] !== session))
      slot = (slot + 1) & mask;
    return slot;
  }
}
