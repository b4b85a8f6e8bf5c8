// Reads CSV files record by record, as bytes. Two things are asked of it that the CSV libraries for Node do not do:
// damage costs the damaged line and never a line after it, and a year of logs is read at the speed of the disk.

import { isUtf8 } from "node:buffer";
import { format } from "node:util";
import { TextFile } from "../files/text-file.js";
import { Fields } from "./fields.js";
import { largestWholeNumber, longestRecord, reasons } from "./rules.js";

const quote = 0x22;
const space = 0x20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from("\uFEFF");
const firstOfMark = 0xef;

/** How the fields of a file are set apart. */
export interface CsvForm {
  /** One ASCII character. */
  delimiter: string;
  /** Spaces after each delimiter are no part of the field that follows. */
  spaceAfter: boolean;
  /** The same for spaces before each delimiter. */
  spaceBefore: boolean;
}

/** As RFC 4180 has it. */
export const plainForm: CsvForm = { delimiter: ",", spaceAfter: false, spaceBefore: false };

/**
 * A place in a CSV file: the fields of one record after the other, as ranges of `bytes`.
 *
 * The rules are those of RFC 4180, with `\n`, `\r\n` and `\r` as line ends, in any mixture. Empty lines are passed
 * over, and so is a byte order mark wherever a record begins: files that were appended have them inside. A quote inside
 * a field that does not begin with one is a character like others; but in a record of several lines it is a problem,
 * because a stray quote joins lines and turns the quotes after it around.
 *
 * Everything here is about the current record, and changes with the next call of `next()`.
 */
export class CsvCursor {
  /** The bytes that the ranges below belong to. */
  bytes: Buffer = Buffer.alloc(0);
  /** The line on which the record begins, from 1. */
  line = 0;
  /** The record's own range, without its line end. */
  start = 0;
  end = 0;
  readonly fields = new Fields();
  /** Why the record cannot be used; its fields are not to be looked at then. */
  problem: string | undefined;
  /** The field in which the problem was found, or -1. */
  problemField = -1;
  /** True for a further piece of the rejected record before, which is too long to be held as a whole. */
  continued = false;
  /** How many fields a record must have; any number will do while it is 0. */
  width = 0;
  /** It may have fewer, down to this: the header's last names are empty. */
  least = 0;
  /** It may have one more at its end, if that is empty. */
  mayEndEmpty = false;
  /** Whether this record has one more. */
  endsEmpty = false;
  /** How many byte order marks were passed over since the file's begin. */
  marks = 0;
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
  /** How many lines the record has so far. */
  #lines = 1;
  readonly #delimiter: number;
  /** No byte that ends a field is larger. */
  readonly #largestEnd: number;
  readonly #spaceAfter: boolean;
  readonly #spaceBefore: boolean;

  constructor(from = { offset: 0, line: 1 }, form = plainForm) {
    this.#before = from.offset;
    this.#nextLine = from.line;
    this.#delimiter = form.delimiter.charCodeAt(0);
    this.#largestEnd = Math.max(this.#delimiter, carriageReturn);
    this.#spaceAfter = form.spaceAfter;
    this.#spaceBefore = form.spaceBefore;
  }

  /** Takes more of the file. What was not read yet stays. */
  feed(chunk: Buffer, last: boolean): void {
    this.#take(chunk, last);
  }

  #take(chunk: Buffer, last: boolean): void {
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
    this.endsEmpty = false;
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
    if (this.problem === undefined && this.width > 0 && this.fields.count !== this.width && !this.#fits()) {
      this.problem = format(reasons.fields, this.fields.count, this.width);
    }
    if (this.problem === undefined && this.#suspicious) this.#checkText();
    if (this.problem === undefined) this.#position = after;
    else this.#rejectFirstLine(this.problem);
    return true;
  }

  /** Takes one record in place of all that is here. */
  protected hold(record: Buffer): void {
    this.#position = this.#filled;
    this.#inLongLine = false;
    this.#take(record, true);
  }

  /** Whether a record of another width than the header's has only one reading. */
  #fits(): boolean {
    const { fields, width } = this;
    if (fields.count < width) return this.least > 0 && fields.count >= this.least;
    this.endsEmpty = this.mayEndEmpty && fields.count === width + 1 && fields.isEmpty(width);
    if (this.endsEmpty) fields.count = width;
    return this.endsEmpty;
  }

  /** The record just read, as it is in the file. */
  get row(): Buffer {
    return this.bytes.subarray(this.start, this.end);
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
    const text = this.bytes.toString("utf8", this.fields.start(field), this.fields.end(field));
    return this.fields.hasDoubledQuotes(field) ? text.replaceAll('""', '"') : text;
  }

  /** The texts of all fields. */
  texts(): string[] {
    return Array.from({ length: this.fields.count }, (_, field) => this.text(field));
  }

  /** Whether a field has none but ASCII's characters. */
  isAscii(field: number): boolean {
    const { bytes } = this;
    const end = this.fields.end(field);
    for (let position = this.fields.start(field); position < end; position++)
      if ((bytes[position] as number) > 0x7f) return false;
    return true;
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
    const end = this.fields.end(field);
    let position = this.fields.start(field);
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
   * @returns the position after the record, or -1 where it goes on after the bytes that are here
   */
  #scan(): number {
    const { bytes, fields } = this;
    const filled = this.#filled;
    const hasSpaces = this.#spaceAfter || this.#spaceBefore;
    let position = this.start;
    fields.count = 0;
    this.#lines = 1;
    for (;;) {
      if (hasSpaces) position = this.#passSpaces(position);
      const isQuoted = position < filled && bytes[position] === quote;
      position = isQuoted ? this.#scanQuoted(position + 1) : this.#scanPlain(position);
      if (position < 0 || this.problem !== undefined) return position;
      if (this.#lines > 1 && fields.count > this.width && this.width > 0 && !this.#mayEndAt(position)) {
        // Looking on for its end would be in vain, and costs much where every line has such a quote.
        this.problem = format(reasons.joinedFields, this.width);
        return position;
      }
      if (position >= filled) {
        if (!this.#last) return -1;
        break;
      }
      if (bytes[position] !== this.#delimiter) break;
      position++;
    }
    this.end = position;
    this.#nextLine = this.line + this.#lines - 1; // its line end is counted when it is passed over
    if (this.#lines > 1) this.#checkJoinedLines();
    return position;
  }

  /** Finds the end of a field without quotes around it. @returns the position after it */
  #scanPlain(start: number): number {
    const { bytes } = this;
    const filled = this.#filled;
    // So the compiler knows them to be small whole numbers.
    const delimiter = this.#delimiter | 0;
    const largestEnd = this.#largestEnd | 0;
    let position = start;
    for (; position < filled; position++) {
      const byte = bytes[position] as number;
      // Letters and digits come after the comma: one comparison is enough for them.
      if (byte <= largestEnd && (byte === delimiter || byte === lineFeed || byte === carriageReturn)) break;
    }
    this.fields.add(start, this.#spaceBefore ? this.#withoutSpaces(start, position) : position);
    return position;
  }

  /** Finds the end of a field, a quote that is not doubled. @returns the position after it, or -1 as `#scan` does */
  #scanQuoted(start: number): number {
    const { bytes } = this;
    const filled = this.#filled;
    let isDoubled = false;
    let position = start;
    for (; ; position++) {
      if (position >= filled) return this.#last ? this.#fail(reasons.neverCloses, filled) : -1;
      const byte = bytes[position] as number;
      if (byte === quote) {
        if (position + 1 >= filled && !this.#last) return -1;
        if (position + 1 >= filled || bytes[position + 1] !== quote) break;
        isDoubled = true;
        position++;
      } else if (byte === lineFeed || (byte === carriageReturn && bytes[position + 1] !== lineFeed)) {
        this.#lines++;
      }
    }
    const end = position++;
    if (this.#spaceAfter || this.#spaceBefore) position = this.#passSpaces(position);
    const byte = position < filled ? bytes[position] : lineFeed;
    if (byte !== this.#delimiter && byte !== lineFeed && byte !== carriageReturn)
      return this.#fail(reasons.strayQuote, position);
    this.fields.add(start, end, isDoubled);
    return position;
  }

  /** The field that would be the next one is the problem. */
  #fail(problem: string, position: number): number {
    this.problem = problem;
    this.problemField = this.fields.count;
    return position;
  }

  /** The place after spaces that come before a field, or after a closing quote. */
  #passSpaces(position: number): number {
    const isAfterQuote = position > this.start && this.bytes[position - 1] === quote;
    if (!this.#spaceAfter && !isAfterQuote) return position;
    while (position < this.#filled && this.bytes[position] === space) position++;
    return position;
  }

  /** The end of a field without the spaces before the delimiter. */
  #withoutSpaces(start: number, end: number): number {
    while (end > start && this.bytes[end - 1] === space) end--;
    return end;
  }

  /** Whether the last field found may be the empty one at a record's end. */
  #mayEndAt(position: number): boolean {
    const goesOn = position < this.#filled && this.bytes[position] === this.#delimiter;
    return (
      this.mayEndEmpty && this.fields.count === this.width + 1 && this.fields.isEmpty(this.width) && !goesOn
    );
  }

  #checkJoinedLines(): void {
    for (let field = 0; field < this.fields.count; field++) {
      const start = this.fields.start(field);
      const isQuoted = start > this.start && this.bytes[start - 1] === quote;
      if (isQuoted || !this.bytes.subarray(start, this.fields.end(field)).includes(quote)) continue;
      this.problem = reasons.joinedQuote;
      this.problemField = field;
      return;
    }
  }

  /** Passes over line ends and byte order marks. @returns false where no record begins in what is here */
  #toNextRecord(): boolean {
    for (; this.#position < this.#filled; this.#position++) {
      const byte = this.bytes[this.#position];
      if (byte === firstOfMark) {
        const here = this.#present.subarray(this.#position, this.#position + byteOrderMark.length);
        if (!here.equals(byteOrderMark.subarray(0, here.length))) return true;
        if (here.length < byteOrderMark.length) return this.#last; // its end may come with the next chunk
        if (this.offset > 0) this.marks++;
        this.#position += byteOrderMark.length - 1;
        continue;
      }
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
    this.problemField = Array.from({ length: this.fields.count }, (_, field) =>
      this.bytes.subarray(this.fields.start(field), this.fields.end(field)),
    ).findIndex((text) => text.includes(0) || !isUtf8(text));
  }
}

/**
 * Reads a CSV file of a known form, unzipped and recoded as `TextFile` does.
 * @param from where to begin: the offset of the first byte of a line, and that line's number
 * @returns the same cursor for each piece of the file; its records are to be read before the next piece is asked for
 * @throws UnreadableFile after all that could be read was given out, but for a last record that may be cut off
 */
export async function* readCsv(
  path: string,
  from = { offset: 0, line: 1 },
  cursor = new CsvCursor(from),
): AsyncGenerator<CsvCursor> {
  const file = new TextFile(path, from.offset);
  for await (const chunk of file.chunks()) {
    cursor.feed(chunk, false);
    cursor.bytesRead = file.bytesRead;
    yield cursor;
  }
  cursor.feed(Buffer.alloc(0), true);
  yield cursor;
}
