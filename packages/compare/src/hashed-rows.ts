// A million rows in 25 MB: of each row only the hashes of its primary key and of its other values are kept.

import type { ValueType } from "@sparkify/cql";
import { hashFields, hashKey } from "./hash64.js";

/** What a found row is, compared with the expected ones. */
export type Likeness = "equal" | "altered" | "extra";

const free = 0;
const expected = 1;
const found = 2;

/**
 * The expected rows of a table by the 64-bit hash of their primary key, each with the 64-bit hash of its other values:
 * a hash table in typed arrays, 17 bytes a slot. A key is searched from the slot that its hash names onwards.
 */
export class HashedRows {
  /** Different keys that were put in. */
  size = 0;
  /** Four words a slot: two of the key, two of the values. */
  readonly #words: Int32Array;
  readonly #states: Uint8Array;
  readonly #slots: number;

  /** @param rows as many keys as it is made for; a third of the slots stays free, so that searches are short */
  constructor(rows: number) {
    this.#slots = Math.ceil(rows * 1.5) + 1024;
    this.#words = new Int32Array(4 * this.#slots);
    this.#states = new Uint8Array(this.#slots);
  }

  clear(): void {
    this.#states.fill(free);
    this.size = 0;
  }

  /**
   * Expects a row, given as two words of its key's hash and two of its other values'. One with the same key takes the place of the earlier one.
   * @returns false where there is no room left
   */
  put(hashes: Int32Array): boolean {
    const [key1, key2] = [hashes[0] as number, hashes[1] as number];
    const slot = this.#find(key1, key2);
    const word = 4 * slot;
    if (this.#states[slot] === free) {
      if (this.size >= this.#slots - 1) return false; // one free slot ends every search
      this.size++;
      this.#states[slot] = expected;
      this.#words[word] = key1;
      this.#words[word + 1] = key2;
    }
    this.#words[word + 2] = hashes[2] as number;
    this.#words[word + 3] = hashes[3] as number;
    return true;
  }

  /** Notes that a row was found, given as for {@link put}, and says what it is. */
  meet(hashes: Int32Array): Likeness {
    const slot = this.#find(hashes[0] as number, hashes[1] as number);
    if (this.#states[slot] !== expected) return "extra"; // also the second row of a key
    this.#states[slot] = found;
    const word = 4 * slot;
    return this.#words[word + 2] === hashes[2] && this.#words[word + 3] === hashes[3] ? "equal" : "altered";
  }

  /** Calls `each` with the key of every expected row that was not found. */
  eachMissing(each: (key1: number, key2: number) => void): void {
    for (let slot = 0; slot < this.#slots; slot++) {
      if (this.#states[slot] === expected)
        each(this.#words[4 * slot] as number, this.#words[4 * slot + 1] as number);
    }
  }

  /** The slot of a key, or the free one where it belongs. */
  #find(key1: number, key2: number): number {
    let slot = Math.floor(((key1 >>> 0) / 2 ** 32) * this.#slots);
    while (this.#states[slot] !== free) {
      if (this.#words[4 * slot] === key1 && this.#words[4 * slot + 1] === key2) return slot;
      if (++slot === this.#slots) slot = 0;
    }
    return slot;
  }
}

/** Hashes rows for {@link HashedRows}: those of columns of these types, the primary key's first. */
export class RowHasher {
  /** Two words of the key, two of the other values: those of the row that was hashed last. */
  readonly hashes = new Int32Array(4);
  readonly #fields: Int32Array;
  readonly #keys: number[];
  readonly #others: number[];

  constructor(
    readonly types: ValueType[],
    keyLength: number,
  ) {
    const positions = types.map((_, position) => position);
    this.#keys = positions.slice(0, keyLength);
    this.#others = positions.slice(keyLength);
    this.#fields = new Int32Array(2 * types.length);
  }

  /** @param valueAt gives the value at a position */
  hash(valueAt: (position: number) => unknown): Int32Array {
    for (let position = 0; position < this.types.length; position++)
      hashKey((this.types[position] as ValueType).key(valueAt(position)), this.#fields, 2 * position);
    hashFields(this.#fields, this.#keys, this.hashes, 0);
    hashFields(this.#fields, this.#others, this.hashes, 2);
    return this.hashes;
  }
}
