// Tables by the statements that create them.

import { readFileSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { readTableName, tableOf, writtenTable } from "@sparkify/cql";
import type { Client } from "cassandra-driver";

export interface TableDefinition {
  /** With its keyspace. */
  name: string;
  createCql: string;
}

/**
 * Reads the CREATE TABLE statements out of a notebook: the texts between backquotes in its code cells.
 * @example await createMissingTables(client, tableDefinitions("notebooks/my-tables.ipynb"));
 */
export function tableDefinitions(notebook: string): TableDefinition[] {
  const { cells } = JSON.parse(readFileSync(notebook, "utf8")) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const code = cells.filter((cell) => cell.cell_type === "code").map((cell) => [cell.source].flat().join(""));
  const texts = code.flatMap((source) => [...source.matchAll(/`((?:[^\\`]|\\.)*)`/gs)]);
  const found = texts.flatMap(([, text = ""]) => {
    const name = text.includes("${") ? undefined : tableOf("CREATE TABLE", text);
    return name?.keyspace === undefined ? [] : { name: writtenTable(name), createCql: text.trim() };
  });
  if (found.length > 0) return found;
  throw new SparkifyError(`There is no CREATE TABLE in the cells of ${notebook}.`, {
    where: { file: notebook },
  });
}

/** The definitions that the names ask for, with or without their keyspace; all of them for none. */
export function chooseTables(all: TableDefinition[], names: string[] = []): TableDefinition[] {
  if (names.length === 0) return all;
  return names.map((wanted) => {
    const found = all.find(({ name }) => name === wanted || readTableName(name)?.table === wanted);
    if (found) return found;
    throw new SparkifyError(
      `There is no table ${wanted}. The tables are: ${all.map(({ name }) => name).join(", ")}`,
    );
  });
}

/**
 * Creates what does not exist; what exists stays as it is.
 * @param createKeyspace creates a keyspace if it does not exist
 */
export async function createMissingTables(
  client: Client,
  tables: TableDefinition[],
  createKeyspace: (client: Client, keyspace: string) => Promise<unknown>,
): Promise<void> {
  for (const { name, createCql } of tables) {
    const { keyspace = "", table = "" } = readTableName(name) ?? {};
    await createKeyspace(client, keyspace);
    if (!(await client.metadata.getTable(keyspace, table))) await client.execute(createCql);
  }
}
