// What every contender needs to know of the tables, taken from their definitions.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writableFolder } from "@sparkify/base/private-folder";
import {
  columnsOfCreate,
  csvColumnOf,
  nameOf,
  onTable,
  quoted,
  readTableName,
  type TableName,
  tokensOf,
} from "@sparkify/cql";
import { workDirectory } from "@sparkify/lib";
import type { TableDefinition } from "@sparkify/loader";

export interface Column {
  name: string;
  /** As CQL writes it. */
  type: string;
  /** The column of the streamlined CSV: session_id comes from sessionId. */
  csv: string;
}

export interface BenchTable {
  /** Without the keyspace. */
  name: string;
  createCql: string;
  columns: Column[];
  insertCql: string;
}

export const keyspace = "sparkify";

const definitions = join(workDirectory, "tables.json");

/** Keeps the definitions of the tables for the contenders, which are processes of their own. */
export function keepTables(tables: TableDefinition[]): void {
  writableFolder(workDirectory);
  writeFileSync(definitions, JSON.stringify(tables));
}

export const keptTables = () => JSON.parse(readFileSync(definitions, "utf8")) as TableDefinition[];

/** @param into the keyspace, where they are to be made another time beside the first ones */
export function benchTables(into = keyspace): BenchTable[] {
  return keptTables().map(({ name: fullName, createCql }) => {
    const from = readTableName(fullName) as TableName;
    const columns = columnsOf(createCql);
    const names = columns.map(({ name }) => quoted(name)).join(", ");
    return {
      name: from.table,
      createCql: onTable(createCql, from, `${into}.${from.table}`),
      columns,
      insertCql: `INSERT INTO ${into}.${from.table} (${names}) VALUES (${columns.map(() => "?").join(", ")})`,
    };
  });
}

/** A column's type stands behind its name. */
function columnsOf(createCql: string): Column[] {
  const tokens = tokensOf(createCql);
  const open = tokens.findIndex(({ text }) => text === "(");
  return columnsOfCreate(createCql).map((name) => {
    const place = tokens.findIndex(
      ({ text, kind }, at) => at > open && kind === "name" && nameOf(text) === name,
    );
    return { name, type: tokens[place + 1]?.text ?? "", csv: csvColumnOf(name) };
  });
}
