// The hashes of a CSV row's fields: each is made once a row, for all tables that hold it.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import type { Shown } from "@sparkify/cql";
import type { ComparedColumn, ComparedTable } from "./columns.js";
import { hashKey } from "./hash64.js";

export class CsvFields {
  /** Two words for each field that some table holds: those of the row that was hashed last. */
  readonly hashes: Int32Array;
  /** A field that is a float in one table and a double in another counts twice. */
  readonly #fields: ComparedColumn[] = [];

  /**
   * @param advice what makes the CSV
   * @param nullText the field that stands for no value
   */
  constructor(
    tables: ComparedTable[],
    readonly csv: string,
    readonly advice: string,
    readonly nullText?: string,
  ) {
    for (const column of tables.flatMap(({ columns }) => columns)) {
      if (this.#position(column) < 0) this.#fields.push(column);
    }
    this.hashes = new Int32Array(2 * this.#fields.length);
  }

  /** Which of the hashes, from 0, are those of a table's primary key and of its other columns. */
  positions({ columns, keyLength }: ComparedTable): { keys: number[]; others: number[] } {
    const all = columns.map((column) => this.#position(column));
    return { keys: all.slice(0, keyLength), others: all.slice(keyLength) };
  }

  /** What a table should show for a row. */
  shown(row: string[], number: number, { columns, keyLength }: ComparedTable): Record<string, Shown> {
    return Object.fromEntries(
      columns.map((column, index) => [
        column.name,
        column.values.shown(this.#value(row, number, column, index < keyLength)),
      ]),
    );
  }

  #position({ csvPosition, values }: ComparedColumn): number {
    return this.#fields.findIndex(
      (field) => field.csvPosition === csvPosition && field.values.name === values.name,
    );
  }

  /** Hashes the fields at `positions` of a row. Those of `keys` must not be null. */
  hash(row: string[], number: number, positions: readonly number[], keys: readonly number[]): void {
    for (const position of positions) {
      const field = this.#fields[position] as ComparedColumn;
      const value = this.#value(row, number, field, keys.includes(position));
      hashKey(field.values.key(value), this.hashes, 2 * position);
    }
  }

  /**
   * The value that a row's field stands for.
   * @throws SparkifyError where it is none of the column's type
   */
  #value(
    row: string[],
    number: number,
    { csvPosition, csvName, values }: ComparedColumn,
    isKey: boolean,
  ): unknown {
    const text = row[csvPosition] as string;
    const value = text === this.nullText ? null : values.parse(text);
    if (value !== undefined && !(isKey && value === null)) return value;
    throw new SparkifyError(
      `Row ${number} of ${shortPath(this.csv)} cannot be in the table: ${csvName} is "${text}", ` +
        `${isKey ? "in the primary key and " : ""}not of type ${values.name}.\n${this.advice} again.`,
      { where: { file: this.csv, line: number } },
    );
  }
}
