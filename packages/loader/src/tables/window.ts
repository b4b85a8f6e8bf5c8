// Some ten thousand rows of the CSV, held as the bytes that Cassandra wants: no strings, no objects.

import { types } from "cassandra-driver";
import type { CsvCursor } from "../rows/csv-cursor.js";
import type { Value } from "./insert.js";

/** Windows in memory: one that is read, one that is sent, and those whose last answers are awaited. */
const mostWindows = 4;

/** How many rows are gathered before they are grouped and sent: enough that those of a session, and of a hit, meet. */
export const windowRows = 64_000;

const plainNumber = /^-?\d{1,15}(\.\d+)?$/;

/** A place in a file: where a line begins. */
export interface Position {
  offset: number;
  line: number;
}

/** Rows that are sent together. Their values are encoded once, whichever tables want them. */
export class Window {
  rows = 0;
  /** Where its first row begins, and what comes after its last one. */
  from: Position = { offset: 0, line: 1 };
  to: Position = { offset: 0, line: 1 };
  /** True where its rows were sent before, and are counted already. */
  isRepeat = false;
  /** The line of each row. */
  readonly lines: Int32Array;

  #bytes: Buffer = Buffer.alloc(1024 * 1024);
  #framed: Buffer = Buffer.alloc(16 * 1024);
  #filled = 0;
  /** At least so many bytes the values of the current row may take. */
  #needed = 0;
  /** For each row, where each of its values begins; and where the last one ends. */
  readonly #places: Int32Array;
  /** Which fields have no value; none where no text stands for that. */
  readonly #unset: Uint8Array;
  readonly #nullText: Buffer | undefined;

  /** @param nullText the field that stands for no value. @default none does */
  constructor(
    readonly capacity: number,
    readonly values: Value[],
    nullText?: string,
  ) {
    this.#nullText = nullText === undefined ? undefined : Buffer.from(nullText);
    this.#unset = new Uint8Array(this.#nullText ? capacity * values.length : 0);
    this.lines = new Int32Array(capacity);
    this.#places = new Int32Array(capacity * values.length + 1);
  }

  get isFull(): boolean {
    return this.rows === this.capacity;
  }

  clear(from: Position, isRepeat = false): void {
    this.isRepeat = isRepeat;
    this.rows = 0;
    this.#filled = 0;
    this.from = from;
  }

  /**
   * Encodes a record and adds it.
   * @param fields where the values stand in the record
   * @returns the index of the value that cannot be encoded, or -1
   */
  add(record: CsvCursor, fields: number[]): number {
    this.#needed = record.end - record.start + 8 * fields.length;
    this.#makeRoom(this.#filled, this.#needed);
    const first = this.rows * fields.length;
    let filled = this.#filled;
    for (let index = 0; index < fields.length; index++) {
      this.#places[first + index] = filled;
      const field = fields[index] as number;
      const value = this.values[index] as Value;
      if (this.#nullText) {
        const isUnset = this.#isNull(record, field, this.#nullText);
        if (isUnset && value.inKey) return index;
        this.#unset[first + index] = Number(isUnset);
        if (isUnset) continue;
      }
      filled = this.#encode(record, field, value, filled);
      if (filled < 0) return index;
    }
    this.#places[first + fields.length] = filled;
    this.#filled = filled;
    this.lines[this.rows++] = record.line;
    return -1;
  }

  #isNull(record: CsvCursor, field: number, nullText: Buffer): boolean {
    const start = record.fields.start(field);
    const end = record.fields.end(field);
    return (
      end - start === nullText.length && record.bytes.compare(nullText, 0, nullText.length, start, end) === 0
    );
  }

  /** A value of a row as a parameter of a statement: where it has none, the column stays as it is, without a tombstone. */
  parameter(row: number, value: number): Buffer | typeof types.unset {
    return this.#unset[row * this.values.length + value] === 1 ? types.unset : this.value(row, value);
  }

  /**
   * Values of rows as a request holds them: each with its length in four bytes before it, -2 where it has none.
   * @returns a view of bytes that the next call uses again
   */
  framed(rows: readonly number[], values: readonly number[]): Buffer {
    const from = this.#bytes;
    let to = this.#framed;
    let filled = 0;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index] as number;
      to = withRoom(to, filled, 4 * values.length + this.size(row, values));
      for (let value = 0; value < values.length; value++) {
        const place = row * this.values.length + (values[value] as number);
        const end = this.#places[place + 1] as number;
        let at = this.#places[place] as number;
        filled = to.writeInt32BE(this.#unset[place] === 1 ? -2 : end - at, filled);
        // Byte by byte: most values are short, and the copy of a part is an object of its own.
        while (at < end) to[filled++] = from[at++] as number;
      }
    }
    this.#framed = to;
    return to.subarray(0, filled);
  }

  /** A value of a row, as Cassandra wants it: a view of the window's bytes. Empty where it has none. */
  value(row: number, value: number): Buffer {
    const place = row * this.values.length + value;
    return this.#bytes.subarray(this.#places[place], this.#places[place + 1]);
  }

  /**
   * A number that two rows share where some of their values are the same, and seldom else (FNV-1a).
   * @param seed a number that goes into it too
   */
  hash(row: number, values: readonly number[], seed = 0): number {
    const bytes = this.#bytes;
    let hash = 0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1);
    for (let index = 0; index < values.length; index++) {
      const place = row * this.values.length + (values[index] as number);
      const end = this.#places[place + 1] as number;
      for (let at = this.#places[place] as number; at < end; at++)
        hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    }
    return hash ^ (hash >>> 15);
  }

  /** Whether some of their values are the same in two rows. */
  areEqual(one: number, other: number, values: readonly number[]): boolean {
    const bytes = this.#bytes;
    for (let index = 0; index < values.length; index++) {
      const place = one * this.values.length + (values[index] as number);
      const otherPlace = other * this.values.length + (values[index] as number);
      const end = this.#places[place + 1] as number;
      let at = this.#places[place] as number;
      let there = this.#places[otherPlace] as number;
      if (end - at !== (this.#places[otherPlace + 1] as number) - there) return false;
      for (; at < end; at++, there++) if (bytes[at] !== bytes[there]) return false;
    }
    return true;
  }

  /** How many bytes some values of a row take. */
  size(row: number, values: readonly number[]): number {
    let size = 0;
    for (let index = 0; index < values.length; index++) {
      const place = row * this.values.length + (values[index] as number);
      size += (this.#places[place + 1] as number) - (this.#places[place] as number);
    }
    return size;
  }

  /** @returns where the encoded value ends, or -1 */
  #encode(record: CsvCursor, field: number, { type, encode }: Value, at: number): number {
    const bytes = this.#bytes;
    const start = record.fields.start(field);
    const end = record.fields.end(field);
    if (type === "text" || type === "ascii") {
      if (record.fields.hasDoubledQuotes(field)) return at + bytes.write(record.text(field), at);
      return at + record.bytes.copy(bytes, at, start, end);
    }
    // The usual numbers, without the detour by way of the driver.
    const whole = type === "int" ? record.wholeNumber(field) : -1;
    if (whole >= 0) return bytes.writeInt32BE(whole, at);
    const text = record.text(field);
    if (type === "double" && plainNumber.test(text)) return bytes.writeDoubleBE(Number(text), at);
    const value = encode(text);
    if (!value) return -1;
    this.#makeRoom(at, value.length + this.#needed);
    return at + value.copy(this.#bytes, at);
  }

  #makeRoom(used: number, bytes: number): void {
    this.#bytes = withRoom(this.#bytes, used, bytes);
  }
}

/** The bytes, or a copy of those in use with room for so many more. */
function withRoom(bytes: Buffer, used: number, more: number): Buffer {
  if (used + more <= bytes.length) return bytes;
  const larger = Buffer.alloc(2 * (used + more));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

/** The few windows that there are, over and over. */
export class WindowPool {
  #made = 0;
  readonly #free: Window[] = [];
  /** Those who wait for a window. */
  readonly #waiting: (() => void)[] = [];
  #isOpen = true;

  constructor(
    readonly values: Value[],
    readonly capacity = windowRows,
    readonly nullText?: string,
  ) {}

  /** Waits for an empty window. @throws Error where the pool is closed meanwhile */
  async take(from: Position, isRepeat: boolean): Promise<Window> {
    if (this.#free.length === 0 && this.#made < mostWindows) {
      this.#made++;
      this.#free.push(new Window(this.capacity, this.values, this.nullText));
    }
    while (this.#free.length === 0) {
      if (!this.#isOpen) throw new Error("The load has stopped.");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const window = this.#free.pop() as Window;
    window.clear(from, isRepeat);
    return window;
  }

  giveBack(window: Window): void {
    this.#free.push(window);
    this.#waiting.shift()?.();
  }

  open(): this {
    this.#isOpen = true;
    return this;
  }

  /** Nobody waits any longer. */
  close(): void {
    this.#isOpen = false;
    for (const go of this.#waiting.splice(0)) go();
  }
}
