// Reads CSV files record by record, as bytes. Two things are asked of it that the CSV libraries for Node do not do:
// damage costs the damaged line and never a line after it, and a year of logs is read at the speed of the disk.

import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { StringDecoder } from "node:string_decoder";
import { format } from "node:util";
import { createGunzip } from "node:zlib";
import { SparkifyError } from "../project";
import { largestWholeNumber, longestRecord, reasons } from "./rules";

const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from("\uFEFF");

const chunkBytes = 256 * 1024;

/** Zipped bytes may become a thousand times as many. */
const zippedChunkBytes = 16 * 1024;

/** So many bytes, at most, are lost before a place that cannot be unzipped. */
const unzippedChunkBytes = 64 * 1024;

/**
 * A place in a CSV file: the fields of one record after the other, as ranges of `bytes`.
 *
 * The rules are those of RFC 4180, with `\n`, `\r\n` and `\r` as line ends, in any mixture. Empty lines and a byte
 * order mark are passed over. A quote inside a field that does not begin with one is a character like others; but in
 * a record of several lines it is a problem, because a stray quote joins lines and turns the quotes after it around.
 * What is valid until the next call of `next()`: everything.
 */
export class CsvCursor {
  /** The bytes that the ranges below belong to. */
  bytes = Buffer.alloc(2 * chunkBytes);
  /** The line on which the record begins, from 1. */
  line = 0;
  /** The record's own range, without its line end. */
  start = 0;
  end = 0;
  /** How many fields it has. Their ranges, without the quotes around them: */
  fields = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 where a field holds doubled quotes, which stand for one each. */
  doubled = new Uint8Array(64);
  /** Why the record cannot be used; its fields are not to be looked at then. */
  problem: string | undefined;
  /** The field in which the problem was found, or -1. */
  problemField = -1;
  /** True for a further piece of the rejected record before, which is too long to be held as a whole. */
  continued = false;
  /** How many fields a record must have; any number will do while it is 0. */
  width = 0;
  /** Bytes of the file that were read so far; of the compressed one where it is compressed. */
  bytesRead = 0;

  #before = 0;
  #filled = 0;
  #position = 0;
  #nextLine: number;
  #last = false;
  #inLongLine = false;
  #suspicious = false;
  #present = this.bytes;
  #suspectAt = -1;

  constructor(from = { offset: 0, line: 1 }) {
    this.#before = from.offset;
    this.#nextLine = from.line;
  }

  /** Takes more of the file. What was not read yet stays. */
  feed(chunk: Buffer, last: boolean): void {
    const rest = this.#filled - this.#position;
    const size = rest + chunk.length;
    if (size > this.bytes.length) {
      const larger = Buffer.alloc(2 * size);
      this.bytes.copy(larger, 0, this.#position, this.#filled);
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, this.#position, this.#filled);
    }
    chunk.copy(this.bytes, rest);
    this.#before += this.#position;
    this.#filled = size;
    this.#position = 0;
    this.#present = this.bytes.subarray(0, size);
    this.#suspectAt = -1;
    this.#last = last;
    // One look at all of it is far cheaper than a look at each record.
    const whole = this.#present.subarray(0, last ? size : this.#lastLineEnd());
    this.#suspicious = whole.length === 0 || !isUtf8(whole) || whole.includes(0);
  }

  #lastLineEnd(): number {
    return Math.max(this.#present.lastIndexOf(lineFeed), this.#present.lastIndexOf(carriageReturn), 0);
  }

  /** Goes to the next record. @returns false where more of the file is needed first, or at its end */
  next(): boolean {
    this.continued = false;
    this.problem = undefined;
    this.problemField = -1;
    if (this.#inLongLine) return this.#goOnWithLongLine();
    if (!this.#toNextRecord()) return false;
    this.start = this.#position;
    this.line = this.#nextLine;
    const after = this.#scan();
    if ((after < 0 ? this.#filled : after) - this.start > longestRecord) {
      this.#rejectFirstLine("");
      const long = this.#inLongLine || this.end - this.start > longestRecord;
      this.problem = long ? reasons.tooLong : reasons.openTooLong;
      this.problemField = -1; // it would depend on how much of the file was here
      return true;
    }
    if (after < 0) return false;
    if (this.problem === undefined && this.width > 0 && this.fields !== this.width) {
      this.problem = format(reasons.fields, this.fields, this.width);
    }
    if (this.problem === undefined && this.#suspicious) this.#checkText();
    if (this.problem === undefined) this.#position = after;
    else this.#rejectFirstLine(this.problem);
    return true;
  }

  /** The line that is read next. */
  get nextLine(): number {
    return this.#nextLine;
  }

  /** How many bytes come before what is read next. Of the file itself, if it is neither compressed nor recoded. */
  get offset(): number {
    return this.#before + this.#position;
  }

  /** Whether the record ends with the file, and no line end closes it. */
  get isLast(): boolean {
    return this.#last && this.end === this.#filled;
  }

  /**
   * Rejects the record just read. If it spans several lines, a stray quote may have joined them: only its first
   * line is given up, and what follows is read again, line by line.
   */
  reject(problem: string): void {
    this.#rejectFirstLine(problem);
  }

  /** A field's text. */
  text(field: number): string {
    const text = this.bytes.toString("utf8", this.starts[field], this.ends[field]);
    return this.doubled[field] ? text.replaceAll('""', '"') : text;
  }

  /** The texts of all fields. */
  texts(): string[] {
    return Array.from({ length: this.fields }, (_, field) => this.text(field));
  }

  isEmpty(field: number): boolean {
    return this.starts[field] === this.ends[field];
  }

  /**
   * Whether the record may hold text that was encoded as UTF-8 more than once: a character that is the first byte
   * of a longer one (U+00C2 to U+00F4), and one that is a further byte (U+0080 to U+00BF) after it.
   */
  get mayBeEncodedTooOften(): boolean {
    const { bytes } = this;
    while (this.#suspectAt < this.end) {
      const at = this.#suspectAt;
      const second = bytes[at + 1] as number;
      const isSuspect = at >= this.start && second >= 0x82 && second <= 0xb4 && bytes[at + 2] === 0xc2;
      if (isSuspect) return true;
      const found = this.#present.indexOf(0xc3, Math.max(at + 1, this.start));
      this.#suspectAt = found < 0 ? this.#filled : found;
    }
    return false;
  }

  /** A field as a number of Cassandra's `int` that is not negative; -1 where it is anything else than digits. */
  wholeNumber(field: number): number {
    const { bytes } = this;
    const end = this.ends[field] as number;
    let position = this.starts[field] as number;
    if (position === end) return -1;
    let value = 0;
    for (; position < end; position++) {
      const digit = (bytes[position] as number) - 0x30;
      if (digit < 0 || digit > 9) return -1;
      value = value * 10 + digit;
      if (value > largestWholeNumber) return -1;
    }
    return value;
  }

  /**
   * Finds the fields of the record at `start`, and its problem.
   * @returns the position after the record's line end, or -1 where the record goes on after the bytes that are here
   */
  #scan(): number {
    const { bytes } = this;
    let { starts, ends, doubled } = this;
    const filled = this.#filled;
    let position = this.start;
    let field = 0;
    let lines = 1;
    for (;;) {
      if (field === starts.length) ({ starts, ends, doubled } = this.#makeRoom());
      let byte = 0;
      if (bytes[position] === quote && position < filled) {
        // A quoted field: up to a quote that is not doubled.
        starts[field] = ++position;
        doubled[field] = 0;
        for (;;) {
          if (position >= filled) {
            if (!this.#last) return -1;
            this.problem = reasons.neverCloses;
            this.problemField = field;
            return filled;
          }
          byte = bytes[position] as number;
          if (byte === quote) {
            if (position + 1 >= filled && !this.#last) return -1;
            if (position + 1 >= filled || bytes[position + 1] !== quote) break;
            doubled[field] = 1;
            position++;
          } else if (byte === lineFeed || (byte === carriageReturn && bytes[position + 1] !== lineFeed)) {
            lines++;
          }
          position++;
        }
        ends[field] = position++;
        byte = position < filled ? (bytes[position] as number) : lineFeed;
        if (byte !== comma && byte !== lineFeed && byte !== carriageReturn) {
          this.problem = reasons.strayQuote;
          this.problemField = field;
          return position;
        }
      } else {
        starts[field] = position;
        doubled[field] = 0;
        while (position < filled) {
          byte = bytes[position] as number;
          // Letters and digits come after the comma: one comparison is enough for them.
          if (byte <= comma && (byte === comma || byte === lineFeed || byte === carriageReturn)) break;
          position++;
        }
        ends[field] = position;
      }
      field++;
      if (lines > 1 && field > this.width && this.width > 0) {
        // Looking on for its end would be in vain, and costs much where every line has such a quote.
        this.problem = format(reasons.joinedFields, this.width);
        return position;
      }
      if (position >= filled) {
        if (!this.#last) return -1;
        break;
      }
      if (byte !== comma) break;
      position++;
    }
    this.fields = field;
    this.end = position;
    this.#nextLine = this.line + lines - 1; // its line end is counted when it is passed over
    if (lines > 1) this.#checkJoinedLines();
    return position;
  }

  #checkJoinedLines(): void {
    for (let field = 0; field < this.fields && this.problem === undefined; field++) {
      const [start, end] = [this.starts[field] as number, this.ends[field] as number];
      const isQuoted = start > this.start && this.bytes[start - 1] === quote;
      if (isQuoted || !this.bytes.subarray(start, end).includes(quote)) continue;
      this.problem = reasons.joinedQuote;
      this.problemField = field;
    }
  }

  #makeRoom(): this {
    const wider = <Numbers extends Int32Array | Uint8Array>(old: Numbers, fresh: Numbers) => {
      fresh.set(old);
      return fresh;
    };
    const size = 2 * this.starts.length;
    this.starts = wider(this.starts, new Int32Array(size));
    this.ends = wider(this.ends, new Int32Array(size));
    this.doubled = wider(this.doubled, new Uint8Array(size));
    return this;
  }

  /** Passes over line ends, and a byte order mark. @returns false where no record begins in what is here */
  #toNextRecord(): boolean {
    if (this.offset === 0) {
      if (this.#filled < byteOrderMark.length && !this.#last) return false;
      if (this.#present.subarray(0, byteOrderMark.length).equals(byteOrderMark))
        this.#position = byteOrderMark.length;
    }
    for (; this.#position < this.#filled; this.#position++) {
      const byte = this.bytes[this.#position];
      if (byte !== lineFeed && byte !== carriageReturn) return true;
      if (byte === carriageReturn) {
        const following = this.#position + 1;
        if (following === this.#filled && !this.#last) return false; // a line feed may come with the next chunk
        if (following < this.#filled && this.bytes[following] === lineFeed) this.#position++;
      }
      this.#nextLine++;
    }
    return false;
  }

  #rejectFirstLine(problem: string): void {
    this.problem = problem;
    this.#position = this.start;
    this.#nextLine = this.line;
    this.#toLineEnd();
  }

  #goOnWithLongLine(): boolean {
    if (this.#position === this.#filled) return false;
    this.continued = true;
    this.problem = "";
    this.start = this.#position;
    this.#toLineEnd();
    return true;
  }

  /** Ends the record at the end of its line, or of what is here of it. */
  #toLineEnd(): void {
    let position = this.#position;
    while (
      position < this.#filled &&
      this.bytes[position] !== lineFeed &&
      this.bytes[position] !== carriageReturn
    ) {
      position++;
    }
    this.end = this.#position = position;
    this.#inLongLine = position === this.#filled && !this.#last;
  }

  #checkText(): void {
    const record = this.bytes.subarray(this.start, this.end);
    const nul = record.indexOf(0);
    if (nul < 0 && isUtf8(record)) return;
    this.problem = nul < 0 ? reasons.notUtf8 : reasons.nul;
    for (let field = 0; field < this.fields && this.problemField < 0; field++) {
      const text = this.bytes.subarray(this.starts[field], this.ends[field]);
      if (text.includes(0) || !isUtf8(text)) this.problemField = field;
    }
  }
}

/** A file that could not be read to its end. */
export class UnreadableFile extends SparkifyError {
  constructor(path: string, cause: Error) {
    super(`The file ${path} cannot be read: ${cause.message}`, { cause });
  }
}

/**
 * Reads a CSV file, gzipped where its name ends in `.gz`, UTF-8 or, where a byte order mark says so, UTF-16.
 * @param from where to begin: the offset of the first byte of a line, and that line's number
 * @returns the same cursor for each piece of the file; its records are to be read before the next piece is asked for
 * @throws UnreadableFile after all that could be read was given out, but for a last record that may be cut off
 */
export async function* readCsv(path: string, from = { offset: 0, line: 1 }): AsyncGenerator<CsvCursor> {
  const cursor = new CsvCursor(from);
  const isZipped = /\.gz$/i.test(path);
  const bytes = readBytes(path, from.offset, isZipped ? zippedChunkBytes : chunkBytes, cursor);
  const unzipped = isZipped ? unzip(bytes) : bytes;
  try {
    for await (const chunk of from.offset > 0 ? unzipped : toUtf8(unzipped)) {
      cursor.feed(chunk, false);
      yield cursor;
    }
  } catch (error) {
    throw new UnreadableFile(path, error as Error);
  }
  cursor.feed(Buffer.alloc(0), true);
  yield cursor;
}

/** Gives the bytes of a file in chunks; each is valid until the next one is asked for. */
async function* readBytes(
  path: string,
  from: number,
  size: number,
  cursor: CsvCursor,
): AsyncGenerator<Buffer> {
  const file = await open(path);
  const read = (chunk: Buffer) => {
    const reading = file.read(chunk, 0, size, from + cursor.bytesRead);
    reading.catch(() => {}); // it is awaited later
    return reading;
  };
  let reading = read(Buffer.alloc(size));
  let spare: Buffer = Buffer.alloc(size);
  try {
    for (;;) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return;
      cursor.bytesRead += bytesRead;
      reading = read(spare); // the next chunk, while this one is looked at
      yield buffer.subarray(0, bytesRead);
      spare = buffer;
    }
  } finally {
    await reading.catch(() => {});
    await file.close();
  }
}

/** Not a pipeline of streams: one that fails throws away what it has read before. */
async function* unzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: unzippedChunkBytes });
  const pieces: Buffer[] = [];
  gunzip.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<Error | undefined>((resolve) => {
    gunzip.once("error", resolve);
    gunzip.once("end", () => resolve(undefined));
  });
  try {
    for await (const chunk of chunks) {
      const written = new Promise<Error | null | undefined>((resolve) => gunzip.write(chunk, resolve));
      const error = await Promise.race([written, ended]);
      yield* pieces.splice(0);
      if (error) throw error;
      if (gunzip.readableEnded) return; // what follows is not zipped: padding, mostly
    }
    gunzip.end();
    const error = await ended;
    yield* pieces.splice(0);
    if (error) throw error;
  } finally {
    gunzip.destroy();
  }
}

/** Makes UTF-8 of UTF-16 that begins with a byte order mark; all else is left as it is. */
async function* toUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  let recode: (bytes: Buffer, last?: boolean) => Buffer = (bytes) => bytes;
  for await (const chunk of chunks) {
    const bytes: Buffer = head ? Buffer.concat([head, chunk]) : chunk;
    if (head) {
      head = bytes;
      if (head.length < 2) continue;
      const mark = head.readUInt16BE();
      if (mark === 0xfffe || mark === 0xfeff) recode = utf16ToUtf8(mark === 0xfeff);
      head = undefined;
    }
    yield recode(bytes);
  }
  yield recode(head ?? Buffer.alloc(0), true);
}

function utf16ToUtf8(bigEndian: boolean): (bytes: Buffer, last?: boolean) => Buffer {
  const decoder = new StringDecoder("utf16le");
  let rest = Buffer.alloc(0);
  return (bytes, last = false) => {
    const all = Buffer.concat([rest, bytes]);
    const whole = all.subarray(0, all.length - (all.length % 2));
    rest = all.subarray(whole.length);
    if (bigEndian) whole.swap16();
    const text = decoder.write(whole) + (last ? decoder.end() + (rest.length > 0 ? "\ud800" : "") : "");
    // Half a character becomes a byte that UTF-8 does not have, so that its row is found out.
    const parts = text.split(/(\p{Surrogate})/u);
    return Buffer.concat(parts.map((part, index) => (index % 2 === 0 ? Buffer.from(part) : Buffer.of(0xff))));
  };
}
