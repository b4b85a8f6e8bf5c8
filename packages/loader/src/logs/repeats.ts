// Finds events that were logged more than once, in little memory however many rows there are.

import { createHash } from "node:crypto";
import { readLog } from "./dialect.js";
import { EventLog, type LogFile } from "./event-log.js";
import { UnreadableFile } from "./text-file.js";

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
  const repeated: Repeated = { sameEvent: 0, differentContent: 0, examples: [] };
  if (positions.size === 0) return repeated;
  const last = new Map<string, { content: string; place: string }>();
  for (const file of files) {
    const log = new EventLog(file);
    try {
      for await (const record of readLog(file.path, file.dialect)) {
        signal?.throwIfAborted();
        while (record.next()) {
          if (log.judge(record) !== "kept") continue;
          const { sessionId, itemInSession } = log;
          const position = `${sessionId} ${itemInSession}`;
          if (!positions.has(position)) continue;
          const texts = JSON.stringify(log.playFields.map((field) => record.text(field)));
          const content = createHash("sha1").update(texts).digest("base64"); // a row may be long
          const place = `${file.path}:${record.line}`;
          const earlier = last.get(position);
          last.set(position, { content, place });
          if (!earlier) continue;
          if (earlier.content === content) repeated.sameEvent++;
          else {
            repeated.differentContent++;
            if (repeated.examples.length < 5) {
              repeated.examples.push({ sessionId, itemInSession, earlier: earlier.place, later: place });
            }
          }
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error; // the first reading has reported it
    }
  }
  return repeated;
}

/**
 * Remembers which positions of which sessions were seen. Positions in a session are mostly dense, so 32 of them
 * share one entry of an open-addressing hash table: about 20 bytes a session, not a row.
 */
export class SeenItems {
  #capacity = 1 << 16;
  #used = 0;
  #sessions = new Int32Array(this.#capacity);
  #groups = new Int32Array(this.#capacity).fill(-1);
  #bits = new Int32Array(this.#capacity);

  /** The positions that were added more than once, as "session item". */
  readonly repeated = new Set<string>();
  /** Rows that repeat a position which is not in `repeated`, because that is full. */
  left = 0;

  /** @param most how many positions `repeated` may hold */
  constructor(readonly most = mostRepeats) {}

  /** @param session from 0 to 2^31 - 1, as is `item` */
  add(session: number, item: number): void {
    const slot = this.#slot(session, item >>> 5);
    const bit = 1 << (item & 31);
    const bits = this.#bits[slot] as number;
    if ((bits & bit) === 0) {
      this.#bits[slot] = bits | bit;
      return;
    }
    const position = `${session} ${item}`;
    if (this.repeated.size < this.most) this.repeated.add(position);
    else if (!this.repeated.has(position)) this.left++;
  }

  #slot(session: number, group: number): number {
    const mask = this.#capacity - 1;
    let slot = (Math.imul(session, 0x9e3779b1) ^ Math.imul(group, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;;) {
      const found = this.#groups[slot];
      if (found === group && this.#sessions[slot] === session) return slot;
      if (found === -1) break;
      slot = (slot + 1) & mask;
    }
    if (this.#used * 4 > this.#capacity * 3) {
      this.#grow();
      return this.#slot(session, group);
    }
    this.#used++;
    this.#groups[slot] = group;
    this.#sessions[slot] = session;
    return slot;
  }

  #grow(): void {
    const [sessions, groups, bits] = [this.#sessions, this.#groups, this.#bits];
    this.#capacity *= 2;
    this.#used = 0;
    this.#sessions = new Int32Array(this.#capacity);
    this.#groups = new Int32Array(this.#capacity).fill(-1);
    this.#bits = new Int32Array(this.#capacity);
    for (let old = 0; old < groups.length; old++) {
      if (groups[old] === -1) continue;
      const slot = this.#slot(sessions[old] as number, groups[old] as number);
      this.#bits[slot] = bits[old] as number;
    }
  }
}
