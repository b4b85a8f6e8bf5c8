// Columns whose value says the values of others. A part of the rows rules most out; what is left is tried on all rows, or on
// all rows of many values.

import { sqlName } from "../source/duckdb.js";
import { rowsTable, type Source } from "../source/source.js";
import type { ColumnProfile, Determines } from "./profile.js";

const part = `(SELECT * FROM ${rowsTable} LIMIT 50000)`;
/** Over so many rows values are taken by their hashes. */
const mostRows = 2_000_000;
const mostColumns = 40;
const mostMilliseconds = 20_000;
/** So many repeated values must agree before anything is said. */
const enough = 10;

/**
 * Looks for columns that determine others, from the one with the fewest values on.
 * @returns what was found, and whether all columns were tried
 */
export async function findDetermines(
  source: Source,
  columns: ColumnProfile[],
  onColumn: (name: string) => void,
): Promise<{ found: Determines[]; isBounded: boolean }> {
  const began = Date.now();
  const able = columns
    .filter(({ distinct, type }) => distinct > 1 && !/^(frozen|list|set|map)</i.test(type))
    .filter(({ distinct, empty }) => distinct < (source.rows - empty) * 0.9)
    .sort((one, other) => one.distinct - other.distinct);
  const found: Determines[] = [];
  for (const [place, column] of able.entries()) {
    if (place >= mostColumns || Date.now() - began > mostMilliseconds) return { found, isBounded: true };
    onColumn(column.name);
    const others = columns.filter((other) => mayFollow(other, column));
    const left = await agreeing(source, column, others, part);
    if (left.others.length === 0) continue;
    const sampled = sampleOf(source, column);
    const { others: all, repeated } = await agreeing(source, column, left.others, sampled ?? rowsTable);
    if (all.length > 0 && repeated >= Math.min(enough, column.distinct))
      found.push({
        column: column.name,
        others: all.map(({ name }) => name),
        repeated,
        isSample: sampled !== undefined,
      });
  }
  return { found, isBounded: false };
}

/** What follows from a column has no more values than it; estimates can be a fifth off. */
function mayFollow(other: ColumnProfile, column: ColumnProfile): boolean {
  if (other === column || other.distinct + (other.empty > 0 ? 1 : 0) < 2) return false;
  const margin = other.isEstimate || column.isEstimate ? 1.5 : 1;
  return other.distinct <= column.distinct * margin;
}

function sampleOf(source: Source, column: ColumnProfile): string | undefined {
  const parts = Math.floor(source.rows / mostRows) + 1;
  if (parts === 1 || column.distinct < parts * 1000) return undefined;
  return `(FROM ${rowsTable} WHERE hash(${sqlName(column.name)}) % ${parts} = 0)`;
}

/** The columns that have one value only for each value of a column; an empty one is a value here. */
async function agreeing(
  source: Source,
  column: ColumnProfile,
  others: ColumnProfile[],
  from: string,
): Promise<{ others: ColumnProfile[]; repeated: number }> {
  if (others.length === 0) return { others, repeated: 0 };
  const quoted = sqlName(column.name);
  const hashes = others.map(({ name }, index) => {
    const hash = `hash(${sqlName(name)})`;
    return `min(${hash}) = max(${hash}) AS "${index}"`;
  });
  const all = others.map((_, index) => `bool_and("${index}") AS "${index}"`);
  const row = await source.database.one(
    `SELECT count(*) FILTER (rows > 1) AS repeated, ${all.join(", ")}
      FROM (SELECT count(*) AS rows, ${hashes.join(", ")} FROM ${from} WHERE ${quoted} IS NOT NULL GROUP BY ${quoted})`,
  );
  return {
    others: others.filter((_, index) => row[String(index)] === true),
    repeated: Number(row.repeated),
  };
}
