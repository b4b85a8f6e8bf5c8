// The smallest sets of columns that tell rows apart. A part of the rows rules most out; what is left is counted on all rows.

import { sqlName } from "../source/duckdb.js";
import { rowsTable, type Source } from "../source/source.js";
import type { ColumnProfile, Keys } from "./profile.js";

const sampleTable = "key_sample";
const half = 100_000;
/** Columns that are tried: those with the most values. */
const mostColumns = 15;
/** Sets that are counted on all rows. */
const mostCounted = 12;
const mostFound = 8;
/** So many rows at once are told apart in memory. */
const atOnce = 2_000_000;

/** Numbers with fractions are measured, and tell rows apart by accident only. */
const isKeyType = (type: string) => !/^(frozen|list|set|map)<|^(double|float|duration|blob)$/i.test(type);

/** @param onSet called before each set that is counted */
export async function findKeys(
  source: Source,
  columns: ColumnProfile[],
  onSet: (names: string[]) => void,
): Promise<{ keys: Keys; duplicates: number }> {
  const all = columns.map(({ name }) => name);
  onSet(["all columns"]);
  const different = await countOf(source, all);
  const able = columns
    .filter(({ empty, distinct, type }) => empty === 0 && distinct > 1 && isKeyType(type))
    .sort((one, other) => other.distinct - one.distinct);
  const tried = able.slice(0, mostColumns);
  await makeSample(source, all, tried);
  const sets: string[][] = [];
  let counted = 0;
  let isBounded = able.length > mostColumns;
  try {
    for (const size of [1, 2, 3]) {
      if (size === 3 && sets.length > 0) break;
      for (const set of await likely(source, tried, size, different, sets)) {
        if (counted >= mostCounted || sets.length >= mostFound) {
          isBounded = true;
          break;
        }
        const names = set.map(({ name }) => name);
        onSet(names);
        counted++;
        if ((await countOf(source, names)) === different) sets.push(inOrder(names, all));
      }
    }
  } finally {
    await source.database.run(`DROP TABLE IF EXISTS ${sampleTable}`).catch(() => {});
  }
  return { keys: { sets, isBounded }, duplicates: source.rows - different };
}

const inOrder = (names: string[], all: string[]) => all.filter((name) => names.includes(name));

/** How many different values a set has, of all rows. */
async function countOf(source: Source, names: string[]): Promise<number> {
  const hash = `hash(${names.map(sqlName).join(", ")})`;
  const parts = Math.floor(source.rows / atOnce) + 1;
  let count = 0;
  for (let place = 0; place < parts; place++) {
    const { n } = await source.database.one(
      `SELECT count(DISTINCT h) AS n FROM (SELECT ${hash} AS h FROM ${rowsTable}) WHERE h % ${parts} = ${place}`,
    );
    count += Number(n);
  }
  return count;
}

/** Hashes of rows that lie together, and of rows from everywhere. */
async function makeSample(source: Source, all: string[], tried: ColumnProfile[]): Promise<void> {
  const hashes = [
    ...tried.map(({ name }, index) => `hash(${sqlName(name)}) AS "${index}"`),
    `hash(${all.map(sqlName).join(", ")}) AS whole`,
  ].join(", ");
  const spread =
    source.rows > half
      ? `UNION ALL (SELECT ${hashes} FROM ${rowsTable} USING SAMPLE ${half} ROWS (reservoir, 42))`
      : "";
  await source.database.run(
    `CREATE OR REPLACE TEMP TABLE ${sampleTable} AS (SELECT ${hashes} FROM ${rowsTable} LIMIT ${half}) ${spread}`,
  );
}

type ColumnSet = ColumnProfile[];

function combinations(columns: ColumnProfile[], size: number): ColumnSet[] {
  if (size === 0) return [[]];
  return columns.flatMap((column, place) =>
    combinations(columns.slice(place + 1), size - 1).map((rest) => [column, ...rest]),
  );
}

/** Sets that may tell all rows apart: large enough (estimates can be a fifth off), no larger than one that is known, and right for the sample. */
async function likely(
  source: Source,
  tried: ColumnProfile[],
  size: number,
  different: number,
  known: string[][],
): Promise<ColumnSet[]> {
  const possible = combinations(tried, size).filter((set) => {
    const most = set.reduce(
      (product, { distinct, isEstimate }) => product * distinct * (isEstimate ? 1.5 : 1),
      1,
    );
    const names = set.map(({ name }) => name);
    return most >= different && !known.some((key) => key.every((name) => names.includes(name)));
  });
  const right: ColumnSet[] = [];
  for (let from = 0; from < possible.length; from += 20) {
    const some = possible.slice(from, from + 20);
    const counts = some.map((set, index) => {
      const hashes = set.map((column) => `"${tried.indexOf(column)}"`).join(", ");
      return `count(DISTINCT hash(${hashes})) AS s${index}`;
    });
    const row = await source.database.one(
      `SELECT count(DISTINCT whole) AS whole, ${counts.join(", ")} FROM ${sampleTable}`,
    );
    right.push(...some.filter((_, index) => row[`s${index}`] === row.whole));
  }
  return right.sort((one, other) => preference(one) - preference(other));
}

/** Names that sound like keys, and few values, come first. */
const preference = (set: ColumnSet) =>
  set.reduce(
    (sum, { name, distinct }) =>
      sum + Math.log10(distinct) + (/(id|key|no|number|ts|time|at|date)$/i.test(name) ? 0 : 5),
    0,
  );
