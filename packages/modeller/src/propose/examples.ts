// A question's example, as conditions on the source's rows.

import { fileError, type ModelFile } from "../file/model-file.js";
import { sqlName, sqlText } from "../source/duckdb.js";
import type { Source, SourceColumn } from "../source/source.js";
import { sqlType } from "../source/types.js";
import type { Asked, Example } from "./asked.js";
import { soundRows } from "./facts.js";

const typedValue = ({ type }: SourceColumn, text: string) => sqlType(type).value(sqlText(text));

/** What rows fulfil that the example asks for. */
export function exampleSql({ given, between }: Asked, example: Example): string {
  const conditions = given.map(
    (column) => `${sqlName(column.name)} = ${typedValue(column, example.given[column.name] as string)}`,
  );
  if (between && example.from !== undefined && example.upTo !== undefined)
    conditions.push(
      `${sqlName(between.name)} BETWEEN ${typedValue(between, example.from)} AND ${typedValue(between, example.upTo)}`,
    );
  return conditions.join(" AND ");
}

/** @throws SparkifyError where an example finds no row: it would show nothing */
export async function checkExamples(file: ModelFile, source: Source, questions: Asked[]): Promise<void> {
  for (const [index, asked] of questions.entries()) {
    const { example, given, between } = asked;
    if (!example) continue;
    const [row] = await source.all(
      `SELECT 1 AS found FROM ${soundRows(asked)} WHERE ${exampleSql(asked, example)} LIMIT 1`,
    );
    if (row) continue;
    const values = given.map(({ name }) => `${name} ${example.given[name]}`);
    if (between) values.push(`${between.name} from ${example.from} to ${example.upTo}`);
    throw fileError(
      file,
      ["questions", index, "example"],
      `the example finds no row: there is none with ${values.join(" and ")}. Name values of a row that is there.`,
    );
  }
}
