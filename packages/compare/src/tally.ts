// What a comparison has found in one table so far.

import type { types } from "cassandra-driver";
import type { HashedRows } from "./hashed-rows.js";

/** Examples of each kind of difference. */
const examplesAtMost = 3;

export interface Example {
  key1: number;
  key2: number;
  /** The row as it was found, or undefined where none was. */
  row: types.Row | undefined;
}

/** Counts differences, and keeps those whose keys have the lowest hashes: the same ones whatever the order. */
export class Differences {
  count = 0;
  readonly examples: Example[] = [];

  add(key1: number, key2: number, row?: types.Row): void {
    this.count++;
    const { examples } = this;
    const at = examples.findIndex((other) => key1 < other.key1 || (key1 === other.key1 && key2 < other.key2));
    if (at < 0 && examples.length === examplesAtMost) return;
    examples.splice(at < 0 ? examples.length : at, 0, { key1, key2, row });
    if (examples.length > examplesAtMost) examples.pop();
  }
}

export class Tally {
  expectedRows = 0;
  rows = 0;
  readonly missing = new Differences();
  readonly altered = new Differences();
  readonly extra = new Differences();

  /** Takes in a row of the table, given with its hashes as {@link HashedRows.put} takes them. */
  meet(expected: HashedRows, hashes: Int32Array, row: types.Row): void {
    this.rows++;
    const finding = expected.meet(hashes);
    if (finding !== "equal") this[finding].add(hashes[0] as number, hashes[1] as number, row);
  }

  /** Ends the comparison with some of the expected rows: what was not met is missing. */
  close(expected: HashedRows): void {
    this.expectedRows += expected.size;
    expected.eachMissing((key1, key2) => this.missing.add(key1, key2));
  }
}
