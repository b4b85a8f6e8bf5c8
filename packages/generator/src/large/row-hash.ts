// A hash of a set of rows in which their order does not count: the sum of the rows' own hashes.

export class RowHash {
  #low = 0;
  #high = 0;
  rows = 0;

  add(fields: readonly string[]): void {
    let low = 0x811c9dc5;
    let high = 0x9747b28c;
    for (const field of fields) {
      for (let i = 0; i < field.length; i++) {
        const code = field.charCodeAt(i);
        low = Math.imul(low ^ code, 0x01000193);
        high = Math.imul(high ^ code, 0x5bd1e995);
      }
      // A field's end counts too: "ab","c" is another row than "a","bc".
      low = Math.imul(low ^ 0x1f, 0x01000193);
      high = Math.imul(high ^ (low >>> 15), 0x5bd1e995);
    }
    this.#low = (this.#low + low) | 0;
    this.#high = (this.#high + (high ^ (high >>> 13))) | 0;
    this.rows++;
  }

  toString(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
