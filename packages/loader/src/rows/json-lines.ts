// Reads JSON lines, an object in each line, as records of the log's columns.

import { isUtf8 } from "node:buffer";
import { type Column, columnOf, eventColumns, streamlinedColumns } from "./columns.js";
import { CsvCursor } from "./csv-cursor.js";
import { longestRecord, reasons } from "./rules.js";

const lineFeed = 0x0a;
const byteOrderMark = Buffer.from("\uFEFF");
const blank = new Set(Buffer.from(" \t\r\n"));

/** The others are left empty: nothing asks for them. */
const needed = new Set<Column>([...streamlinedColumns, "page"]);

/**
 * The objects as records of {@link eventColumns}. A key that is missing, or null, makes an empty field. Lines that are
 * no object, and values in a needed column that are neither text nor number, are the problem of their record.
 */
export class JsonCursor extends CsvCursor {
  #text = Buffer.alloc(0);
  #at = 0;
  #whole = false;
  #line = 1;
  #row = Buffer.alloc(0);
  #isLast = false;
  #inLongLine = false;

  override feed(chunk: Buffer, last: boolean): void {
    this.#text = Buffer.concat([this.#text.subarray(this.#at), chunk]);
    this.#at = 0;
    this.#whole = last;
  }

  override next(): boolean {
    this.continued = this.#inLongLine;
    this.problem = undefined;
    this.problemField = -1;
    if (!this.#inLongLine && !this.#toNextLine()) return false;
    const end = this.#text.indexOf(lineFeed, this.#at);
    const goesOn = end < 0 && !this.#whole;
    const size = (end < 0 ? this.#text.length : end) - this.#at;
    if (this.continued ? size === 0 && goesOn : goesOn && size <= longestRecord) return false;
    this.#row = this.#text.subarray(this.#at, this.#at + size);
    this.#at += size;
    this.#inLongLine = goesOn;
    this.#isLast = end < 0 && this.#whole;
    this.line = this.#line;
    if (this.continued) this.problem = "";
    else if (size > longestRecord) this.problem = reasons.tooLong;
    else this.#readObject();
    return true;
  }

  override get row(): Buffer {
    return this.#row;
  }

  override get isLast(): boolean {
    return this.#isLast;
  }

  /** An object is one line: nothing of it is read again. */
  override reject(problem: string): void {
    this.problem = problem;
  }

  /** @returns false where no line with an object begins in what is here */
  #toNextLine(): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      const byte = text[this.#at] as number;
      const here = text.subarray(this.#at, this.#at + byteOrderMark.length);
      if (byte === lineFeed) this.#line++;
      if (blank.has(byte)) this.#at++;
      else if (!here.equals(byteOrderMark)) return true;
      else {
        if (this.#line > 1) this.marks++;
        this.#at += here.length;
      }
    }
    return false;
  }

  #readObject(): void {
    const texts = isUtf8(this.#row) ? textsIn(this.#row.toString("utf8")) : { reason: reasons.notUtf8 };
    if (!(texts instanceof Map)) {
      this.problem = texts.reason;
      this.problemField = texts.column === undefined ? -1 : eventColumns.indexOf(texts.column);
      return;
    }
    const fields = eventColumns.map((column) => `"${(texts.get(column) ?? "").replaceAll('"', '""')}"`);
    const { line } = this;
    this.hold(Buffer.from(fields.join(",")));
    super.next();
    this.line = line;
  }
}

/** The object that a text is; undefined where it is none. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The values of a line by their columns, or what is wrong with it. */
function textsIn(line: string): Map<Column, string> | { column?: Column; reason: string } {
  const object = objectIn(line);
  if (!object) return { reason: reasons.notJson };
  const texts = new Map<Column, string>();
  for (const [key, value] of Object.entries(object)) {
    const column = columnOf(key);
    if (column === undefined || !needed.has(column)) continue;
    if (texts.has(column)) return { column, reason: reasons.twoKeys };
    if (value !== null && typeof value !== "string" && typeof value !== "number")
      return { column, reason: reasons.notJsonValue };
    const text = value === null ? "" : String(value);
    if (text.includes("\0")) return { column, reason: reasons.nul };
    if (/\p{Surrogate}/u.test(text)) return { column, reason: reasons.notUtf8 };
    texts.set(column, text);
  }
  return texts;
}
