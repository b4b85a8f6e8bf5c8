// The streamlined CSV: every field in quotes, `\n` at the end of each line.

import { closeSync, openSync, writeFileSync } from "node:fs";
import { piecesOf } from "../files/pieces.js";
import { streamlinedColumns } from "../rows/columns.js";
import type { CsvCursor } from "../rows/csv-cursor.js";

const quote = 0x22;
const comma = 0x2c;

const pieceBytes = 1024 * 1024;

/** Writes rows of quoted fields, gathered to large pieces. */
export class RowWriter {
  readonly #file: number;
  #isOpen = true;
  #bytes = Buffer.alloc(pieceBytes);
  #filled = 0;

  /** @param header false for a file that is put behind another one. @default true */
  constructor(path: string, header = true) {
    this.#file = openSync(path, "w");
    if (header) this.addTexts(streamlinedColumns);
  }

  /** Takes over the rows of another file. */
  async append(path: string): Promise<void> {
    this.flush();
    for await (const piece of piecesOf(path, 0, () => pieceBytes)) this.#write(piece);
  }

  addTexts(texts: readonly string[]): void {
    const line = `${texts.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")}\n`;
    this.#makeRoom(Buffer.byteLength(line));
    this.#filled += this.#bytes.write(line, this.#filled);
  }

  /** Copies fields as the bytes they are. */
  addFields(record: CsvCursor, fields: readonly number[]): void {
    this.#makeRoom(2 * (record.end - record.start) + 3 * fields.length);
    const source = record.bytes;
    const target = this.#bytes;
    let filled = this.#filled;
    for (const field of fields) {
      const start = record.fields.start(field);
      const end = record.fields.end(field);
      const wasQuoted = start > record.start && source[start - 1] === quote; // then inner quotes are doubled already
      target[filled++] = quote;
      for (let position = start; position < end; position++) {
        const byte = source[position] as number;
        if (byte === quote && !wasQuoted) target[filled++] = quote;
        target[filled++] = byte;
      }
      target[filled++] = quote;
      target[filled++] = comma;
    }
    target[filled - 1] = 0x0a;
    this.#filled = filled;
  }

  /** Writes what is here. Not in the background: where the disk is slower than the reading, it would fill the memory. */
  flush(): void {
    this.#write(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(bytes: Buffer): void {
    writeFileSync(this.#file, bytes); // all of it, behind what is there: `writeSync` may write less
  }

  /** Writes the rest, and closes the file. */
  finish(): void {
    this.flush();
    this.close();
  }

  /** Closes the file without what is still here. It may be closed already. */
  close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#filled + bytes));
    this.#bytes.copy(larger, 0, 0, this.#filled);
    this.#bytes = larger;
  }
}
