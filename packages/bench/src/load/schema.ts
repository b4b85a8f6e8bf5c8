// What every contender needs to know of the tables, taken from their definitions.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { csvColumnOf } from "@sparkify/cql";
import { workDirectory } from "@sparkify/lib";
import type { TableDefinition } from "@sparkify/loader";

export type CqlType = "int" | "double" | "text";

export interface Column {
  name: string;
  type: CqlType;
  /** The column of the streamlined CSV: session_id comes from sessionId. */
  csv: string;
}

export interface BenchTable {
  /** Without the keyspace. */
  name: string;
  createCql: string;
  columns: Column[];
  /** Names of CSV columns. */
  partitionKey: string[];
  primaryKey: string[];
  insertCql: string;
}

export const keyspace = "sparkify";

const definitions = join(workDirectory, "tables.json");

/** Keeps the definitions of the tables for the contenders, which are processes of their own. */
export function keepTables(tables: TableDefinition[]): void {
  mkdirSync(workDirectory, { recursive: true });
  writeFileSync(definitions, JSON.stringify(tables));
}

export const keptTables = () => JSON.parse(readFileSync(definitions, "utf8")) as TableDefinition[];

/** @param into the keyspace, where they are to be made another time beside the first ones */
export function benchTables(into = keyspace): BenchTable[] {
  return keptTables().map(({ name: fullName, createCql }) => {
    const name = fullName.split(".")[1] as string;
    const key = createCql.match(/PRIMARY KEY \(\(([^)]+)\)([^)]*)\)/);
    const columns = [...createCql.matchAll(/^\s*(\w+)\s+(int|double|text)\b/gm)].map(
      ([, column = "", type]): Column => ({
        name: column,
        type: type as CqlType,
        csv: csvColumnOf(column),
      }),
    );
    if (!key || columns.length === 0) throw new SparkifyError(`Not understood:\n${createCql}`);
    const names = (list = "") =>
      list
        .split(",")
        .map((part) => csvColumnOf(part.trim()))
        .filter(Boolean);
    const partitionKey = names(key[1]);
    return {
      name,
      createCql: createCql.replace(fullName, `${into}.${name}`),
      columns,
      partitionKey,
      primaryKey: [...partitionKey, ...names(key[2])],
      insertCql:
        `INSERT INTO ${into}.${name} (${columns.map((column) => column.name).join(", ")}) ` +
        `VALUES (${columns.map(() => "?").join(", ")})`,
    };
  });
}
