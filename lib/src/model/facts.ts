// What the raw rows say about a key: facts that it makes one, facts that it keeps twice, partitions and their sizes,
// and the rows that the table should hold. Of each row only hashes are kept: a million rows in some 100 MB.

import { hashText } from "../compare/hash64";
import { HashedRows } from "../compare/hashedRows";
import { factOf, type Question, type RawRow, rawValue, textOf } from "./question";
import { atMost, eachRow, type RawRows } from "./rows";
import { type PartitionSize, partitionSize, valueBytes } from "./size";
import { asStored, type ModelColumn, type ModelTable } from "./table";

const words = new Int32Array(2);

/** 53 bits of a text's hash: two of a million texts share one with a chance of 1 in 18,000. */
export function hashOf(text: string): number {
  hashText(text, words, 0);
  return ((words[0] as number) & 0x1fffff) * 2 ** 32 + ((words[1] as number) >>> 0);
}

export const storedText = (columns: ModelColumn[], row: RawRow): string =>
  JSON.stringify(columns.map(({ from, type }) => asStored(from?.(row), type)));

interface Partition {
  rows: number;
  keyBytes: number;
  rowBytes: number;
  /** One of its rows. */
  sample: RawRow;
}

/** Rows whose questions are asked in the end: every so many, so that they come from everywhere. */
const asked = 16;

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
  /** Sizes of all partitions, the largest first, with one raw row each. */
  partitions: (PartitionSize & { keyBytes: number; sample: RawRow })[] = [];
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
    const mayCollapse = fact.some((column) => !rawKey.has(column));
    const mayDouble = keyColumns.some(({ raw }) => !raw || !fact.includes(raw));
    const factOfKey = new Map<number, { fact: number; row: RawRow }>();
    const keyOfFact = new Map<number, { key: number; row: RawRow }>();
    const partitions = new Map<number, Partition>();
    const every = Math.max(1, Math.floor(count / asked));
    const hashes = new Int32Array(4);

    await eachRow(rows, (row) => {
      const keyText = storedText(keyColumns, row);
      hashText(keyText, hashes, 0);
      hashText(storedText(others, row), hashes, 2);
      const before = this.expected.size;
      this.expected.put(hashes);
      if (this.expected.size > before) this.#intoPartition(partitions, row);
      if (mayCollapse || mayDouble) {
        const key = hashOf(keyText);
        const ofFact = hashOf(textOf(row, fact));
        const sameKey = factOfKey.get(key);
        if (!sameKey) factOfKey.set(key, { fact: ofFact, row });
        else if (sameKey.fact !== ofFact) this.collapsed ??= [sameKey.row, row];
        const sameFact = keyOfFact.get(ofFact);
        if (!sameFact) keyOfFact.set(ofFact, { key, row });
        else if (sameFact.key !== key) this.doubled ??= [sameFact.row, row];
      }
      this.#checkTypes(row);
      if (this.rows % every === 0) this.telling.push(row);
      this.rows++;
    });
    this.keys = this.expected.size;
    this.facts = mayCollapse || mayDouble ? keyOfFact.size : this.keys;
    this.partitions = [...partitions.values()]
      .map(({ sample, ...size }) => ({ ...partitionSize(table, size), keyBytes: size.keyBytes, sample }))
      .sort((a, b) => b.bytes - a.bytes || b.rows - a.rows);
    this.telling = [
      ...this.partitions.slice(0, 4).map(({ sample }) => sample),
      ...(this.collapsed ?? []),
      ...(this.doubled ?? []),
      ...this.telling,
    ];
  }

  #intoPartition(partitions: Map<number, Partition>, row: RawRow): void {
    const { partitionKey, columns } = this.table;
    const bytes = (some: ModelColumn[]) =>
      some.reduce((sum, { from, type }) => sum + valueBytes(from?.(row), type), 0);
    const hash = hashOf(storedText(partitionKey, row));
    let partition = partitions.get(hash);
    if (!partition) {
      const keyBytes = bytes(columns.filter(({ kind }) => kind === "partition_key" || kind === "static"));
      partition = { rows: 0, keyBytes, rowBytes: 0, sample: row };
      partitions.set(hash, partition);
    }
    partition.rows++;
    partition.rowBytes += bytes(columns.filter(({ kind }) => kind === "clustering" || kind === "regular"));
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
