// What the raw rows say about a key: facts that it makes one, facts that it keeps twice, partitions and their sizes,
// and the rows that the table should hold. Of each row only hashes and its number are kept: a million rows in some 100 MB.

import { HashedRows, HashIndex, hashText, RowHasher } from "@sparkify/compare";
import { wordsOf } from "./names.js";
import { Partitions, type SampledPartition } from "./partitions.js";
import { factOf, type Question, type RawRow, rawValue, textOf } from "./question.js";
import { atMost, eachRow, type RawRows, rowsAt } from "./rows.js";
import type { PartitionSize } from "./size.js";
import { keyText, type ModelColumn, type ModelTable } from "./table.js";

/** The columns that are compared: the primary key's, then the others whose making is known. */
export const comparedColumns = ({ columns, primaryKey }: ModelTable): ModelColumn[] => [
  ...primaryKey,
  ...columns.filter((column) => column.from && !primaryKey.includes(column)),
];

/** Hashes rows as {@link Facts.expected} has them. */
export const hasherOf = (table: ModelTable) =>
  new RowHasher(
    comparedColumns(table).map(({ values }) => values),
    table.primaryKey.length,
  );

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
  /** Columns that are named an id, have a type with fractions, and hold whole numbers alone. */
  wholeIds: ModelColumn[] = [];
  /** The first row. Each null in it is replaced by the first value of its column, or any of the column's type. */
  sample: RawRow = {};
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
    const rawKey = new Set(table.primaryKey.map(({ raw }) => raw));
    const keyIsFact = fact.length === rawKey.size && fact.every((column) => rawKey.has(column));
    const compared = comparedColumns(table);
    const hasher = hasherOf(table);
    const keys = new FirstMet(count);
    const facts = new FirstMet(keyIsFact ? 0 : count);
    let collapsed: [number, number] | undefined;
    let doubled: [number, number] | undefined;
    const partitions = new Partitions(table, count, largestKept);
    const every = Math.max(1, Math.floor(count / asked));
    const sampled: RawRow[] = [];
    const factHash = new Int32Array(2);
    const sample = new Sample();
    const ids = table.columns.filter(isFractionalId);
    const held = new Map(ids.map((column) => [column, { whole: false, other: false }]));

    await eachRow(rows, (row) => {
      const number = this.rows++;
      const hashes = hasher.hash((position) => compared[position]?.from?.(row));
      this.expected.put(hashes);
      const known = keys.size;
      const key = keys.numberOf(hashes);
      if (key === known) partitions.add(row, keyText(table.partitionKey, row));
      if (!keyIsFact) {
        hashText(textOf(row, fact), factHash, 0);
        const itsFact = facts.numberOf(factHash);
        collapsed ??= keys.meet(key, itsFact, number);
        doubled ??= facts.meet(itsFact, key, number);
      }
      this.#checkTypes(row);
      sample.add(row);
      for (const [{ from }, values] of held) noteNumber(from?.(row), values);
      if (number % every === 0) sampled.push(row);
    });
    this.sample = sample.filled(table);
    this.wholeIds = ids.filter((column) => held.get(column)?.whole && !held.get(column)?.other);
    this.keys = keys.size;
    this.facts = keyIsFact ? keys.size : facts.size;
    this.largest = partitions.largest();
    this.percentile99 = partitions.percentile99();
    const found = await rowsAt(rows, [...(collapsed ?? []), ...(doubled ?? [])]);
    const rowsOf = (pair: [number, number] | undefined) =>
      pair?.map((number) => found.get(number)) as [RawRow, RawRow] | undefined;
    this.collapsed = rowsOf(collapsed);
    this.doubled = rowsOf(doubled);
    const pairs = [...(this.collapsed ?? []), ...(this.doubled ?? [])];
    this.telling = [...this.largest.map(({ sample }) => sample), ...pairs, ...sampled];
  }

  /** A type that a value does not survive: 495.3073 as float, 10 as text. */
  #checkTypes(row: RawRow): void {
    for (const { name, raw, type, values } of this.table.columns) {
      if (raw === undefined || !altering.has(type) || this.altered.has(name)) continue;
      const value = rawValue(row, raw) ?? null;
      const stored = values.shown(value);
      if (stored !== value) this.altered.set(name, { value, stored });
    }
  }
}

/** Types that numbers and texts may not survive as they are. */
const altering = new Set(
  "ascii text tinyint smallint int bigint counter varint decimal float double".split(" "),
);

const isFractionalId = ({ raw, type }: ModelColumn) =>
  raw !== undefined && ["float", "double", "decimal"].includes(type) && wordsOf(raw).includes("id");

function noteNumber(value: unknown, values: { whole: boolean; other: boolean }): void {
  if (value === null || value === undefined) return;
  if (typeof value === "number" ? Number.isInteger(value) : /^-?\d+$/.test(String(value)))
    values.whole = true;
  else values.other = true;
}

/** A row without nulls. */
class Sample {
  readonly #row: Record<string, unknown> = {};
  /** Columns without a value so far; undefined before the first row. */
  #missing: string[] | undefined;

  add(row: RawRow): void {
    this.#missing ??= Object.keys(row);
    if (this.#missing.length === 0) return;
    this.#missing = this.#missing.filter((column) => {
      this.#row[column] = rawValue(row, column) ?? null;
      return this.#row[column] === null;
    });
  }

  filled({ columns }: ModelTable): RawRow {
    for (const { raw, values } of columns) if (raw !== undefined) this.#row[raw] ??= values.examples()[0];
    return this.#row;
  }
}

/** Numbers for hashes, and for each number its partner (of a key the fact, of a fact the key) when it was met first. */
class FirstMet {
  readonly #index: HashIndex;
  /** The partner plus one; 0 where none was met. */
  readonly #partners: Int32Array;
  readonly #rows: Int32Array;

  constructor(most: number) {
    this.#index = new HashIndex(most);
    this.#partners = new Int32Array(most);
    this.#rows = new Int32Array(most);
  }

  get size(): number {
    return this.#index.size;
  }

  /** The number of a hash, which is its first two words. */
  numberOf(hash: Int32Array): number {
    return this.#index.numberOf(hash[0] as number, hash[1] as number);
  }

  /** @returns this row and the first one with the number, where that had another partner */
  meet(number: number, partner: number, row: number): [first: number, row: number] | undefined {
    if (this.#partners[number] === 0) {
      this.#partners[number] = partner + 1;
      this.#rows[number] = row;
    }
    return this.#partners[number] === partner + 1 ? undefined : [this.#rows[number] as number, row];
  }
}
