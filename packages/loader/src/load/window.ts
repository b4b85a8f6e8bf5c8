// Some ten thousand rows of the CSV, held as the bytes that Cassandra wants: no strings, no objects.

import type { CsvCursor } from "../logs/csv.js";
import type { Insert, Value } from "./insert.js";

/**
 * How many rows are gathered before they are grouped and sent: enough that the rows of a session, and of a hit, meet.
 */
export const windowRows = 64_000;

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

  #bytes = Buffer.alloc(1024 * 1024);
  #filled = 0;
  /** For each row, where each of its values begins; and where the last one ends. */
  readonly #places: Int32Array;

  constructor(
    readonly capacity: number,
    readonly values: Value[],
  ) {
    this.lines = new Int32Array(capacity);
    this.#places = new Int32Array(capacity * values.length + 1);
  }

  get isFull(): boolean {
    return this.rows === this.capacity;
  }

  clear(from: Position): void {
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
    this.#makeRoom(record.end - record.start + 8 * fields.length);
    const first = this.rows * fields.length;
    let filled = this.#filled;
    for (let index = 0; index < fields.length; index++) {
      this.#places[first + index] = filled;
      filled = this.#encode(record, fields[index] as number, this.values[index] as Value, filled);
      if (filled < 0) return index;
    }
    this.#places[first + fields.length] = filled;
    this.#filled = filled;
    this.lines[this.rows++] = record.line;
    return -1;
  }

  /** A value of a row, as Cassandra wants it: a view of the window's bytes. */
  value(row: number, value: number): Buffer {
    const place = row * this.values.length + value;
    return this.#bytes.subarray(this.#places[place], this.#places[place + 1]);
  }

  /** Some values of a row as a text that differs where one of them differs. */
  key(row: number, values: readonly number[]): string {
    let key = "";
    for (const value of values) {
      const place = row * this.values.length + value;
      const [start, end] = [this.#places[place] as number, this.#places[place + 1] as number];
      if (key !== "") key += `${end - start}:`;
      key += this.#bytes.toString("latin1", start, end);
    }
    return key;
  }

  /** How many bytes the values of a row take in a table. */
  size(row: number, { markers }: Insert): number {
    let size = 0;
    for (const value of markers) {
      const place = row * this.values.length + value;
      size += (this.#places[place + 1] as number) - (this.#places[place] as number);
    }
    return size;
  }

  /** @returns where the encoded value ends, or -1 */
  #encode(record: CsvCursor, field: number, { type }: Value, at: number): number {
    const bytes = this.#bytes;
    const start = record.starts[field] as number;
    const end = record.ends[field] as number;
    if (type === "text") {
      if (record.doubled[field]) return at + bytes.write(record.text(field), at);
      return at + record.bytes.copy(bytes, at, start, end);
    }
    const whole = record.wholeNumber(field);
    if (whole >= 0 && type === "int") return bytes.writeInt32BE(whole, at);
    const text = record.bytes.toString("latin1", start, end);
    if (type === "int" || type === "bigint") {
      if (!/^-?\d+$/.test(text)) return -1;
      const number = BigInt(text);
      const bits = type === "int" ? 32 : 64;
      if (BigInt.asIntN(bits, number) !== number) return -1;
      return type === "int" ? bytes.writeInt32BE(Number(number), at) : bytes.writeBigInt64BE(number, at);
    }
    const number = Number(text);
    if (text.trim() === "" || !Number.isFinite(number)) return -1;
    return type === "float" ? bytes.writeFloatBE(number, at) : bytes.writeDoubleBE(number, at);
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#filled + bytes));
    this.#bytes.copy(larger, 0, 0, this.#filled);
    this.#bytes = larger;
  }
}
