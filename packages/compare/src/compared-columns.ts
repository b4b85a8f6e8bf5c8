// Which column of a table is which column of the streamlined CSV, and how their values are compared.

import { SparkifyError } from "@sparkify/base/errors";
import { csvColumnOf } from "@sparkify/cql";
import { shortPath } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import { hashText, hashWords } from "./hash64.js";

export type Kind = "int" | "bigint" | "float" | "double" | "text";

/** A value as the driver gives it. */
export type Value = string | number | bigint | types.Long | null | undefined;

export interface ComparedColumn {
  name: string;
  /** Position of its column in the CSV, from 0. */
  csvPosition: number;
  csvName: string;
  kind: Kind;
}

export interface ComparedTable {
  /** As it was given: `sparkify.users_by_song`. */
  name: string;
  /** The primary key's columns first, in its order. */
  columns: ComparedColumn[];
  partitionKeys: string[];
  /** How many of the columns are the primary key. */
  keyLength: number;
}

const kinds = new Map<number, Kind>([
  [types.dataTypes.int, "int"],
  [types.dataTypes.bigint, "bigint"],
  [types.dataTypes.float, "float"],
  [types.dataTypes.double, "double"],
  [types.dataTypes.text, "text"],
  [types.dataTypes.varchar, "text"],
]);

/**
 * Finds a table's columns in the CSV: `session_id` is `sessionId` there.
 * @param table with its keyspace; it must exist
 * @param header the CSV's column names
 * @throws SparkifyError where a column is not in the CSV or has a type that cannot be compared
 */
export async function comparedTable(
  client: Client,
  table: string,
  csv: string,
  header: string[],
): Promise<ComparedTable> {
  const [keyspace = "", name = ""] = table.split(".");
  const { columns, partitionKeys, clusteringKeys } = await client.metadata.getTable(keyspace, name);
  const keys = [...partitionKeys, ...clusteringKeys].map((column) => column.name);
  const names = [...keys, ...columns.map((column) => column.name).filter((column) => !keys.includes(column))];
  return {
    name: table,
    partitionKeys: partitionKeys.map((column) => column.name),
    keyLength: keys.length,
    columns: names.map((column) => {
      const csvName = csvColumnOf(column);
      const csvPosition = header.indexOf(csvName);
      if (csvPosition < 0) {
        throw new SparkifyError(
          `The column ${column} of ${table} would be ${csvName} in ${shortPath(csv)}, which has no such column.\n` +
            `  found: ${header.join(", ")}`,
        );
      }
      const type = columns.find((other) => other.name === column)?.type.code ?? -1;
      const kind = kinds.get(type);
      if (!kind) {
        const typeName = Object.entries(types.dataTypes).find(([, code]) => code === type)?.[0] ?? type;
        throw new SparkifyError(
          `The column ${column} of ${table} is of type ${typeName}, which cannot be compared with a CSV.\n` +
            "Types that can: int, bigint, float, double, text.",
        );
      }
      return { name: column, csvName, csvPosition, kind };
    }),
  };
}

const wholeNumber = /^-?\d+$/;
const decimalNumber = /^-?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?$/;

/**
 * A field of the CSV as the value that the database should hold. An empty field is an empty text, and no number
 * (null). A float gets the precision of one.
 * @returns undefined where the field is not of the kind
 */
export function parseValue(kind: Kind, field: string): Value {
  if (kind === "text") return field;
  if (field === "") return null;
  if (kind === "float" || kind === "double") {
    if (!decimalNumber.test(field)) return undefined;
    return kind === "float" ? Math.fround(Number(field)) : Number(field);
  }
  if (!wholeNumber.test(field)) return undefined;
  if (kind === "int") {
    const value = Number(field);
    return value === (value | 0) ? value | 0 : undefined; // | 0 also makes -0 a 0
  }
  const value = BigInt(field);
  return value === BigInt.asIntN(64, value) ? types.Long.fromString(value.toString()) : undefined;
}

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/** Hashes a value of the database, or one of {@link parseValue}. Numbers are hashed bit by bit: -0 is not 0. */
export function hashValue(kind: Kind, value: Value, out: Int32Array, at: number): void {
  if (value === null || value === undefined) {
    // No text and no number is likelier than any other to have this hash.
    out[at] = 0x2545f491;
    out[at + 1] = 0x4f6cdd1d;
  } else if (kind === "text") {
    hashText(value as string, out, at);
  } else if (kind === "int") {
    hashWords(value as number, 0, out, at);
  } else if (kind === "bigint") {
    const { low, high } =
      typeof value === "bigint" ? types.Long.fromString(value.toString()) : (value as types.Long);
    hashWords(low, high, out, at);
  } else {
    const number = value as number;
    double[0] = Number.isNaN(number) ? Number.NaN : number; // of the many NaNs one
    hashWords(words[0] as number, words[1] as number, out, at);
  }
}

/** A value for people and for JSON, which knows neither -0 nor numbers of 64 bits. */
export function shownValue(value: Value): string | number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value) && !Object.is(value, -0)) return value;
  return Object.is(value, -0) ? "-0" : value.toString();
}
