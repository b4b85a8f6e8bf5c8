/** The fields of a record, as ranges of bytes without the quotes around them. */
export class Fields {
  count = 0;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #doubled: boolean[] = [];

  start(field: number): number {
    return this.#starts[field] as number;
  }

  end(field: number): number {
    return this.#ends[field] as number;
  }

  /** Whether a field holds doubled quotes, which stand for one each. */
  hasDoubledQuotes(field: number): boolean {
    return this.#doubled[field] as boolean;
  }

  isEmpty(field: number): boolean {
    return this.#starts[field] === this.#ends[field];
  }

  add(start: number, end: number, hasDoubledQuotes = false): void {
    this.#starts[this.count] = start;
    this.#ends[this.count] = end;
    this.#doubled[this.count++] = hasDoubledQuotes;
  }

  /** Leaves of a field only its first bytes. */
  shorten(field: number, length: number): void {
    this.#ends[field] = this.start(field) + length;
  }
}
