// The tables of the walkthrough, as notebook 03 defines them: nowhere else are they written down.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot, SparkifyError } from "@sparkify/lib";

export interface TableDefinition {
  /** Without the keyspace. */
  name: string;
  createCql: string;
}

/** Reads the CREATE TABLE statements out of the code cells of notebook 03. */
export function tableDefinitions(): TableDefinition[] {
  const file = join(projectRoot, "notebooks", "03-create-tables.ipynb");
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  const definitions = cells
    .filter((cell) => cell.cell_type === "code")
    .flatMap(({ source }) => [
      ...[source]
        .flat()
        .join("")
        .matchAll(/`\s*(CREATE TABLE \w+\.(\w+) [^`]*)`/g),
    ])
    .map(([, createCql = "", name = ""]) => ({ name, createCql: createCql.trim() }));
  if (definitions.length === 0) throw new SparkifyError(`${file} has no CREATE TABLE statement in its code.`);
  return definitions;
}
