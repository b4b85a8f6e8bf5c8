// The bytes of a log as UTF-8. Whether it is zipped, and how its text is encoded, is told by its content, never by its name.

import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { piecesOf } from "./pieces.js";
import { UnreadableFile } from "./unreadable-file.js";

const chunkBytes = 256 * 1024;

/** Zipped bytes may become a thousand times as many. The first chunk is as small, because it says which they are. */
export const smallChunkBytes = 16 * 1024;

/** So many bytes, at most, are lost before a place that cannot be unzipped. */
const unzippedChunkBytes = 64 * 1024;

/** So many bytes tell how a text is encoded. */
const encodingBytes = 8;

export type Encoding = "UTF-8" | "UTF-16LE" | "UTF-16BE";

/** A file that could not be read to its end. */
export const cutShort = (path: string, cause: Error) =>
  new UnreadableFile(path, `The file ${path} cannot be read: ${cause.message}`, undefined, { cause });

const isZipped = (head: Buffer) => head[0] === 0x1f && head[1] === 0x8b;

/** A file that is read once, from a place on. What its content told is known with the first chunk. */
export class TextFile {
  /** Bytes of the file itself that were read so far. */
  bytesRead = 0;
  zipped = false;
  encoding: Encoding = "UTF-8";

  /**
   * @param from the offset of the first byte; what begins in the middle is taken for UTF-8 that is not zipped
   * @param chunk so many bytes are read at once
   */
  constructor(
    readonly path: string,
    readonly from = 0,
    readonly chunk = chunkBytes,
  ) {}

  /**
   * The text in chunks; each is valid until the next one is asked for.
   * @throws UnreadableFile after all that could be read was given out
   */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      const bytes = this.#bytes();
      yield* this.from > 0 ? bytes : this.#toUtf8(this.#unzip(bytes));
    } catch (error) {
      throw cutShort(this.path, error as Error);
    }
  }

  async *#bytes(): AsyncGenerator<Buffer> {
    const isStart = () => this.from === 0 && this.bytesRead === 0;
    const size = () => (isStart() || this.zipped ? smallChunkBytes : this.chunk);
    for await (const piece of piecesOf(this.path, this.from, size)) {
      if (isStart()) this.zipped = isZipped(piece);
      this.bytesRead += piece.length;
      yield piece;
    }
  }

  /** What is zipped, unzipped; all else is left as it is. */
  async *#unzip(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      if (this.zipped) {
        yield* unzip(chunk, chunks);
        return;
      }
      yield chunk;
    }
  }

  /** Makes UTF-8 of UTF-16; all else is left as it is. */
  async *#toUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let head: Buffer | undefined = Buffer.alloc(0);
    let recode: (bytes: Buffer, last?: boolean) => Buffer = (bytes) => bytes;
    const begin = (bytes: Buffer) => {
      head = undefined;
      this.encoding = encodingOf(bytes);
      if (this.encoding !== "UTF-8") recode = utf16ToUtf8(this.encoding === "UTF-16BE");
      return recode(bytes);
    };
    for await (const chunk of chunks) {
      if (!head) yield recode(chunk);
      else if (head.length + chunk.length >= encodingBytes)
        yield begin(head.length > 0 ? Buffer.concat([head, chunk]) : chunk);
      else head = Buffer.concat([head, chunk]);
    }
    if (head) yield begin(head);
    yield recode(Buffer.alloc(0), true);
  }
}

/** Not a pipeline of streams: one that fails throws away what it has read before. */
async function* unzip(first: Buffer, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: unzippedChunkBytes });
  const pieces: Buffer[] = [];
  gunzip.on("data", (piece: Buffer) => pieces.push(piece));
  const ended = new Promise<Error | undefined>((resolve) => {
    gunzip.once("error", resolve);
    gunzip.once("end", () => resolve(undefined));
  });
  try {
    for (let chunk: Buffer | undefined = first; chunk; chunk = (await chunks.next()).value) {
      const part = chunk;
      const written = new Promise<Error | null | undefined>((resolve) => gunzip.write(part, resolve));
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

/**
 * How a text is encoded. Without a byte order mark it is UTF-16 where it begins with English letters or signs, as a
 * header and a JSON object do, of two bytes each: no text in UTF-8 has a zero after each letter, or before it.
 */
function encodingOf(bytes: Buffer): Encoding {
  if (bytes.length < 2) return "UTF-8";
  const mark = bytes.readUInt16BE();
  if (mark === 0xfffe || mark === 0xfeff) return mark === 0xfffe ? "UTF-16LE" : "UTF-16BE";
  const head = bytes.subarray(0, encodingBytes);
  const isEnglish = (start: number) =>
    head.every((byte, place) => (place % 2 === start ? byte >= 0x09 && byte < 0x7f : byte === 0));
  if (head.length < encodingBytes) return "UTF-8";
  return isEnglish(0) ? "UTF-16LE" : isEnglish(1) ? "UTF-16BE" : "UTF-8";
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
