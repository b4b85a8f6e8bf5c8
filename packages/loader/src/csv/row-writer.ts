// The streamlined CSV: every field in quotes, `\n` at the end of each line.

import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { streamlinedColumns } from "../rows/columns.js";
import type { CsvCursor } from "../rows/csv-cursor.js";

const quote = 0x22;
const comma = 0x2c;

/** Writes rows of quoted fields, gathered to large pieces. */
export class RowWriter {
  #bytes = Buffer.alloc(1024 * 1024);
  #filled = 0;
  #spare = Buffer.alloc(1024 * 1024);
  #writing: Promise<void> = Promise.resolve();

  private constructor(readonly file: FileHandle) {}

  /** @param header false for a file that is put behind another one. @default true */
  static async create(path: string, header = true): Promise<RowWriter> {
    const writer = new RowWriter(await open(path, "w"));
    if (header) writer.addTexts(streamlinedColumns);
    return writer;
  }

  /** Takes over the rows of another file. */
  async append(path: string): Promise<void> {
    await this.flush();
    await this.#writing;
    for await (const bytes of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      await this.#write(bytes);
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

  /** Begins to write what is here, when all before is written: so memory stays flat where the disk is slower. */
  async flush(): Promise<void> {
    await this.#writing;
    const full = this.#bytes.subarray(0, this.#filled);
    [this.#bytes, this.#spare] = [this.#spare, this.#bytes];
    this.#filled = 0;
    this.#writing = this.#write(full);
    this.#writing.catch(() => {}); // it is awaited later
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      written += (await this.file.write(bytes, written)).bytesWritten;
    }
  }

  async close(): Promise<void> {
    try {
      await this.flush();
      await this.#writing;
    } finally {
      await this.#writing.catch(() => {});
      await this.file.close();
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#filled + bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(2 * (this.#filled + bytes));
    this.#bytes.copy(larger, 0, 0, this.#filled);
    this.#bytes = larger;
  }
}
