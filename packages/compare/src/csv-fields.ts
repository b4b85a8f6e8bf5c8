// The hashes of a CSV row's fields: each is made once a row, for all tables that hold it.

import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/lib";
import {
  type ComparedColumn,
  type ComparedTable,
  hashValue,
  parseValue,
  shownValue,
  type Value,
} from "./compared-columns.js";

export class CsvFields {
  /** Two words for each field that some table holds: those of the row that was hashed last. */
  readonly hashes: Int32Array;
  /** A field that is a float in one table and a double in another counts twice. */
  readonly #fields: ComparedColumn[] = [];
  readonly #csv: string;

  constructor(tables: ComparedTable[], csv: string) {
    for (const column of tables.flatMap(({ columns }) => columns)) {
      if (this.#position(column) < 0) this.#fields.push(column);
    }
    this.hashes = new Int32Array(2 * this.#fields.length);
    this.#csv = csv;
  }

  /** Which of the hashes, from 0, are those of a table's primary key and of its other columns. */
  positions({ columns, keyLength }: ComparedTable): { keys: number[]; values: number[] } {
    const all = columns.map((column) => this.#position(column));
    return { keys: all.slice(0, keyLength), values: all.slice(keyLength) };
  }

  /** What a table should show for a row. */
  shown(
    row: string[],
    number: number,
    { columns, keyLength }: ComparedTable,
  ): Record<string, string | number | null> {
    return Object.fromEntries(
      columns.map((column, index) => [
        column.name,
        shownValue(this.#value(row, number, column, index < keyLength)),
      ]),
    );
  }

  #position({ csvPosition, kind }: ComparedColumn): number {
    return this.#fields.findIndex((field) => field.csvPosition === csvPosition && field.kind === kind);
  }

  /** Hashes the fields at `positions` of a row. Those of `keys` must not be null. */
  hash(row: string[], number: number, positions: readonly number[], keys: readonly number[]): void {
    for (const position of positions) {
      const field = this.#fields[position] as ComparedColumn;
      hashValue(
        field.kind,
        this.#value(row, number, field, keys.includes(position)),
        this.hashes,
        2 * position,
      );
    }
  }

  /**
   * The value that a row's field stands for.
   * @throws SparkifyError where it is none of the column's type
   */
  #value(
    row: string[],
    number: number,
    { csvPosition, csvName, kind }: ComparedColumn,
    isKey: boolean,
  ): Value {
    const text = row[csvPosition] as string;
    const value = parseValue(kind, text);
    if (value !== undefined && !(isKey && value === null)) return value;
    throw new SparkifyError(
      `Row ${number} of ${shortPath(this.#csv)} cannot be in the table: ${csvName} is "${text}", ` +
        `${isKey ? "in the primary key and " : ""}not of type ${kind}.\nRun the notebook 02-denormalize-csv again.`,
    );
  }
}
