// The bytes of a file, piece by piece.

import { readSync } from "node:fs";
import { open } from "node:fs/promises";
import { setImmediate as others } from "node:timers/promises";

/** After so many milliseconds others get their turn: signals, timers, messages of threads. */
const turn = 20;

/**
 * Reads a file in pieces, each of which is valid until the next one is asked for. A piece is read when it is asked for and
 * not in the background: the system has read ahead, and to be woken by another thread costs more than to copy the bytes.
 * @param from the offset of the first byte
 * @param size of the next piece, at most
 */
export async function* piecesOf(path: string, from: number, size: () => number): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    let piece = Buffer.alloc(0);
    let position = from;
    let begun = performance.now();
    for (;;) {
      if (performance.now() - begun > turn) {
        await others();
        begun = performance.now();
      }
      if (piece.length !== size()) piece = Buffer.alloc(size());
      const bytes = readSync(file.fd, piece, 0, piece.length, position);
      if (bytes === 0) return;
      position += bytes;
      yield piece.subarray(0, bytes);
    }
  } finally {
    await file.close();
  }
}
