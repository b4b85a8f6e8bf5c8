// Numbers for texts that are met again and again, without keeping the texts.

/** Gives each different 64-bit hash a number, 0 for the first that it meets: a hash table in typed arrays, 18 bytes a number. */
export class HashIndex {
  /** Different hashes met so far. */
  size = 0;
  /** Two words a slot. */
  readonly #words: Int32Array;
  /** The slot's number plus one; 0 where the slot is free. */
  readonly #numbers: Int32Array;
  readonly #slots: number;

  /** @param most as many hashes as it is made for; a third of the slots stays free, so that searches are short */
  constructor(most: number) {
    this.#slots = Math.ceil(most * 1.5) + 1024;
    this.#words = new Int32Array(2 * this.#slots);
    this.#numbers = new Int32Array(this.#slots);
  }

  /** The hash's number; that of a new one is the {@link size} before. */
  numberOf(low: number, high: number): number {
    let slot = Math.floor(((low >>> 0) / 2 ** 32) * this.#slots);
    for (let number = this.#numbers[slot]; number; number = this.#numbers[slot]) {
      if (this.#words[2 * slot] === low && this.#words[2 * slot + 1] === high) return number - 1;
      if (++slot === this.#slots) slot = 0;
    }
    if (this.size >= this.#slots - 1) throw new RangeError(`more than ${this.size} different hashes`);
    this.#words[2 * slot] = low;
    this.#words[2 * slot + 1] = high;
    this.#numbers[slot] = ++this.size;
    return this.size - 1;
  }
}
