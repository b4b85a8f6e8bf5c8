// The tables of the walkthrough. Their one definition is the CQL in the cells of notebook 03.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { createKeyspaceIfMissing, projectRoot } from "@sparkify/lib";
import type { Client } from "cassandra-driver";

export interface TableDefinition {
  /** With its keyspace. */
  name: string;
  createCql: string;
}

/** Reads the CREATE TABLE statements out of a notebook's code cells. */
export function tableDefinitions(
  notebook = join(projectRoot, "notebooks", "03-create-tables.ipynb"),
): TableDefinition[] {
  const { cells } = JSON.parse(readFileSync(notebook, "utf8")) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const code = cells.filter((cell) => cell.cell_type === "code").map((cell) => [cell.source].flat().join(""));
  const found = code.flatMap((source) => [...source.matchAll(/`\s*(CREATE TABLE (\w+\.\w+)[^`$]*?)\s*`/g)]);
  if (found.length === 0) throw new SparkifyError(`There is no CREATE TABLE in the cells of ${notebook}.`);
  return found.map(([, createCql = "", name = ""]) => ({ name, createCql }));
}

/** The definitions that the names ask for, with or without their keyspace; all of them for none. */
export function chooseTables(names: string[]): TableDefinition[] {
  const all = tableDefinitions();
  if (names.length === 0) return all;
  return names.map((wanted) => {
    const found = all.find(({ name }) => name === wanted || name.split(".")[1] === wanted);
    if (found) return found;
    throw new SparkifyError(
      `There is no table ${wanted}. The tables are: ${all.map(({ name }) => name).join(", ")}`,
    );
  });
}

/** Creates what does not exist; what exists stays as it is. */
export async function createMissingTables(client: Client, tables: TableDefinition[]): Promise<void> {
  for (const { name, createCql } of tables) {
    const [keyspace = "", table = ""] = name.split(".");
    await createKeyspaceIfMissing(client, keyspace);
    if (!(await client.metadata.getTable(keyspace, table))) await client.execute(createCql);
  }
}
