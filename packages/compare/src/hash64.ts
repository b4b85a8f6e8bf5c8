// Hashes of 64 bits, as two 32-bit numbers: JavaScript's fast integers. Nothing is allocated, as millions are made.

// Odd numbers without a pattern: the fractions of the golden ratio and of some square roots.
const first = 0x9e3779b1;
const second = 0x6a09e667;
const third = 0xbb67ae85;
const fourth = 0x3c6ef373;
const startA = 0x510e527f;
const startB = 0x1f83d9ab;

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** The two halves of the state take in a word differently, and each then depends on the other. */
const intoA = (a: number, b: number, word: number) =>
  (Math.imul(rotate(a ^ Math.imul(rotate(Math.imul(word, first), 15), second), 13), 5) + b) | 0;
const intoB = (a: number, b: number, word: number) =>
  (Math.imul(rotate(b ^ Math.imul(rotate(Math.imul(word, third), 17), fourth), 19), 9) + a + 0x5bd1e995) | 0;

/** Lets every bit of a word change every other. */
function stir(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

/** Each step can be undone, so that no two states become one. */
function finish(a: number, b: number, length: number, out: Int32Array, at: number): void {
  const left = stir(((a ^ length) + b) | 0);
  const right = stir(((b ^ length) + Math.imul(left, first)) | 0);
  out[at] = (left + right) | 0;
  out[at + 1] = right;
}

/** Hashes a text by its UTF-16 units: texts that look alike but are spelt differently get different hashes. */
export function hashText(text: string, out: Int32Array, at: number): void {
  let a = startA;
  let b = startB;
  const { length } = text;
  const pairs = length & ~1;
  for (let index = 0; index < pairs; index += 2) {
    const word = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    a = intoA(a, b, word);
    b = intoB(a, b, word);
  }
  if (pairs < length) {
    const word = text.charCodeAt(pairs);
    a = intoA(a, b, word);
    b = intoB(a, b, word);
  }
  finish(a, b, length, out, at);
}

/** Hashes a number that is given as two words of 32 bits. */
export function hashWords(low: number, high: number, out: Int32Array, at: number): void {
  let a = intoA(startA, startB, low);
  let b = intoB(a, startB, low);
  a = intoA(a, b, high);
  b = intoB(a, b, high);
  finish(a, b, 2, out, at);
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Hashes what tells a value from others, see `ValueType.key`. */
export function hashKey(key: string | number | null, out: Int32Array, at: number): void {
  if (key === null) {
    // No text and no number is likelier than any other to have this hash.
    out[at] = 0x2545f491;
    out[at + 1] = 0x4f6cdd1d;
  } else if (typeof key === "string") {
    hashText(key, out, at);
  } else {
    double[0] = Number.isNaN(key) ? Number.NaN : key; // of the many NaNs one
    hashWords(words[0] as number, words[1] as number, out, at);
  }
}

/**
 * Hashes hashes: those of `fields` at `positions` (counted in hashes), in that order. As each field comes as a hash
 * of its own, text cannot move from one field to the next unseen.
 */
export function hashFields(
  fields: Int32Array,
  positions: readonly number[],
  out: Int32Array,
  at: number,
): void {
  let a = startA;
  let b = startB;
  for (let index = 0; index < positions.length; index++) {
    const position = 2 * (positions[index] as number);
    const low = fields[position] as number;
    const high = fields[position + 1] as number;
    a = intoA(a, b, low);
    b = intoB(a, b, low);
    a = intoA(a, b, high);
    b = intoB(a, b, high);
  }
  finish(a, b, positions.length, out, at);
}
