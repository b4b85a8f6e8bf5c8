// What the raw rows say about a key: facts that it makes one, facts that it keeps twice, partitions and their sizes,
// and the rows that the table should hold. Of each row only hashes and its number are kept: a million rows in some 100 MB.

import { HashedRows, HashIndex, hashText } from "@sparkify/compare";
import { Partitions, type SampledPartition } from "./partitions.js";
import { factOf, type Question, type RawRow, rawValue, textOf } from "./question.js";
import { atMost, eachRow, type RawRows, rowsAt } from "./rows.js";
import type { PartitionSize } from "./size.js";
import { asStored, type ModelColumn, type ModelTable } from "./table.js";

export const storedText = (columns: ModelColumn[], row: RawRow): string =>
  JSON.stringify(columns.map(({ from, type }) => asStored(from?.(row), type)));

/** Rows whose questions are asked in the end: every so many, so that they come from everywhere. */
const asked = 16;
/** Partitions that are named and asked for. */
const largestKept = 4;

export class Facts {
  rows = 0;
  /** Different facts that the question is about. */
  facts = 0;
  /** Different primary keys: the rows that the table should hold. */
  keys = 0;
  /** Two raw rows of different facts and one primary key. */
  collapsed: [RawRow, RawRow] | undefined;
  /** Two raw rows of one fact and different primary keys. */
  doubled: [RawRow, RawRow] | undefined;
  /** The largest partitions, the largest first. */
  largest: SampledPartition[] = [];
  /** The size that one of a hundred partitions passes. */
  percentile99: PartitionSize | undefined;
  /** For each column whose type alters values: one that it alters. */
  altered = new Map<string, { value: unknown; stored: unknown }>();
  /** Raw rows to ask the question for: the largest partitions', some others'. */
  telling: RawRow[] = [];
  /** The rows that the table should hold. */
  readonly expected: HashedRows;

  private constructor(
    readonly table: ModelTable,
    rows: number,
  ) {
    this.expected = new HashedRows(rows);
  }

  static async of(table: ModelTable, question: Question, rows: RawRows): Promise<Facts> {
    const count = await atMost(rows);
    const facts = new Facts(table, count);
    await facts.#read(question, rows, count);
    return facts;
  }

  async #read(question: Question, rows: RawRows, count: number): Promise<void> {
    const { table } = this;
    const fact = factOf(question);
    const keyColumns = table.primaryKey;
    const others = table.columns.filter((column) => !keyColumns.includes(column) && column.from);
    const rawKey = new Set(keyColumns.map(({ raw }) => raw));
    const keyIsFact = fact.length === rawKey.size && fact.every((column) => rawKey.has(column));
    const keys = new HashIndex(count);
    const facts = new HashIndex(keyIsFact ? 0 : count);
    // Of the first row of each key and of each fact: the other's number, and the row's.
    const [factOfKey, rowOfKey] = [new Int32Array(count), new Int32Array(count)];
    const [keyOfFact, rowOfFact] = [new Int32Array(count), new Int32Array(count)];
    let collapsed: [number, number] | undefined;
    let doubled: [number, number] | undefined;
    const partitions = new Partitions(table, count, largestKept);
    const every = Math.max(1, Math.floor(count / asked));
    const sampled: RawRow[] = [];
    const hashes = new Int32Array(6);
    const [key1, fact1] = [0, 4];

    await eachRow(rows, (row) => {
      const number = this.rows++;
      hashText(storedText(keyColumns, row), hashes, key1);
      hashText(storedText(others, row), hashes, 2);
      this.expected.put(hashes);
      const known = keys.size;
      const key = keys.numberOf(hashes[key1] as number, hashes[key1 + 1] as number);
      if (key === known) partitions.add(row, storedText(table.partitionKey, row));
      if (!keyIsFact) {
        hashText(textOf(row, fact), hashes, fact1);
        const knownFacts = facts.size;
        const itsFact = facts.numberOf(hashes[fact1] as number, hashes[fact1 + 1] as number);
        if (key === known) {
          factOfKey[key] = itsFact;
          rowOfKey[key] = number;
        } else if (factOfKey[key] !== itsFact) collapsed ??= [rowOfKey[key] as number, number];
        if (itsFact === knownFacts) {
          keyOfFact[itsFact] = key;
          rowOfFact[itsFact] = number;
        } else if (keyOfFact[itsFact] !== key) doubled ??= [rowOfFact[itsFact] as number, number];
      }
      this.#checkTypes(row);
      if (number % every === 0) sampled.push(row);
    });
    this.keys = keys.size;
    this.facts = keyIsFact ? keys.size : facts.size;
    this.largest = partitions.largest();
    this.percentile99 = partitions.percentile99();
    const found = await rowsAt(rows, [...(collapsed ?? []), ...(doubled ?? [])]);
    const rowsOf = (pair: [number, number] | undefined) =>
      pair && ([found.get(pair[0]), found.get(pair[1])] as [RawRow, RawRow]);
    this.collapsed = rowsOf(collapsed);
    this.doubled = rowsOf(doubled);
    this.telling = [
      ...this.largest.map(({ sample }) => sample),
      ...(this.collapsed ?? []),
      ...(this.doubled ?? []),
      ...sampled,
    ];
  }

  /** A type that a value does not survive: 495.3073 as float, 10 as text. */
  #checkTypes(row: RawRow): void {
    for (const { name, raw, type } of this.table.columns) {
      if (!raw || type === "timestamp" || this.altered.has(name)) continue;
      const value = rawValue(row, raw);
      const stored = asStored(value, type);
      if (stored !== value) this.altered.set(name, { value, stored });
    }
  }
}
