// The partitions that rows make, and the largest of them.

import { HashIndex, hashText } from "@sparkify/compare";
import type { RawRow } from "./question.js";
import { type PartitionSize, partitionSize, valueBytes } from "./size.js";
import type { ModelColumn, ModelTable } from "./table.js";

/** A partition and one of its raw rows. */
export interface SampledPartition extends PartitionSize {
  /** Of the partition key's values and of static ones. */
  keyBytes: number;
  sample: RawRow;
}

export class Partitions {
  readonly #index: HashIndex;
  readonly #rows: Int32Array;
  readonly #keyBytes: Float64Array;
  readonly #rowBytes: Float64Array;
  readonly #inKey: ModelColumn[];
  readonly #inRow: ModelColumn[];
  readonly #hash = new Int32Array(2);
  /** The largest so far: their numbers, each with a row. Only of these is a row kept. */
  readonly #leaders = new Map<number, { bytes: number; sample: RawRow }>();

  /**
   * @param most as many partitions as there can be
   * @param kept how many of the largest are kept with a row
   */
  constructor(
    readonly table: ModelTable,
    most: number,
    readonly kept: number,
  ) {
    this.#index = new HashIndex(most);
    this.#rows = new Int32Array(most);
    [this.#keyBytes, this.#rowBytes] = [new Float64Array(most), new Float64Array(most)];
    const isInKey = ({ kind }: ModelColumn) => kind === "partition_key" || kind === "static";
    this.#inKey = table.columns.filter(isInKey);
    this.#inRow = table.columns.filter((column) => !isInKey(column));
  }

  /** Takes in a row whose primary key is new, with its partition key as a text. */
  add(row: RawRow, partitionKey: string): void {
    hashText(partitionKey, this.#hash, 0);
    const known = this.#index.size;
    const partition = this.#index.numberOf(this.#hash[0] as number, this.#hash[1] as number);
    if (partition === known) this.#keyBytes[partition] = bytesOf(row, this.#inKey);
    this.#rows[partition] = (this.#rows[partition] as number) + 1;
    this.#rowBytes[partition] = (this.#rowBytes[partition] as number) + bytesOf(row, this.#inRow);
    this.#rank(partition, row);
  }

  /** One that ends among the largest passes the smallest of them with its last row at the latest. */
  #rank(partition: number, sample: RawRow): void {
    const { bytes } = this.#sizeOf(partition);
    const leader = this.#leaders.get(partition);
    if (leader) {
      leader.bytes = bytes;
      return;
    }
    if (this.#leaders.size === this.kept) {
      const [last, smallest] = [...this.#leaders].reduce((a, b) => (b[1].bytes < a[1].bytes ? b : a));
      if (bytes <= smallest.bytes) return;
      this.#leaders.delete(last);
    }
    this.#leaders.set(partition, { bytes, sample });
  }

  /** The largest of them, the largest first. */
  largest(): SampledPartition[] {
    return [...this.#leaders]
      .map(([partition, { sample }]) => ({
        ...this.#sizeOf(partition),
        keyBytes: this.#keyBytes[partition] as number,
        sample,
      }))
      .sort((a, b) => b.bytes - a.bytes);
  }

  /** The size that one of a hundred passes; undefined where there is no partition. */
  percentile99(): PartitionSize | undefined {
    const bytes = Float64Array.from(
      { length: this.#index.size },
      (_, partition) => this.#sizeOf(partition).bytes,
    );
    const passed = bytes
      .slice()
      .sort()
      .at(-1 - Math.floor(bytes.length / 100));
    return passed === undefined ? undefined : this.#sizeOf(bytes.indexOf(passed));
  }

  #sizeOf(partition: number): PartitionSize {
    return partitionSize(this.table, {
      rows: this.#rows[partition] as number,
      keyBytes: this.#keyBytes[partition] as number,
      rowBytes: this.#rowBytes[partition] as number,
    });
  }
}

const bytesOf = (row: RawRow, columns: ModelColumn[]): number =>
  columns.reduce((sum, { from, type }) => sum + valueBytes(from?.(row), type), 0);
