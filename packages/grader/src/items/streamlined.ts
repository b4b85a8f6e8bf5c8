// The one CSV that a submission makes of the logs, whatever its name, its quoting, the names and the order of its columns, and the
// order of its rows.

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Row } from "@sparkify/compare";
import type { RawPlay } from "@sparkify/lib";
import { parse } from "csv-parse/sync";
import { heldBy, plain, rawColumns } from "../columns.js";
import type { Assessment, Detail } from "../grade.js";

/** Larger ones are not those of 30 days. */
const largest = 64 * 2 ** 20;

/** The columns of the exercise. */
const wanted: (keyof RawPlay)[] = rawColumns.filter((column) => column !== "date");
const numbers = new Set(["length", "sessionId", "itemInSession", "userId"]);

const valueText = (column: string, value: unknown) =>
  numbers.has(column) && String(value).trim() !== "" ? String(Number(value)) : String(value);

/** A file with what is thought of it. */
interface JudgedFile {
  assessment: Assessment;
  /** The more the better. */
  score: number;
}

/** Judges the best of the files. */
export function judgeStreamlined(files: string[], plays: RawPlay[]): Assessment {
  const judged = files.flatMap((file) => judgeFile(file, plays) ?? []).sort((a, b) => b.score - a.score);
  const names = files.slice(0, 5).map((file) => basename(file));
  return (
    judged[0]?.assessment ?? {
      verdict: "fail",
      evidence:
        files.length === 0
          ? "no CSV was made in the submission's folder"
          : `none of the files it made is a CSV of the logs' columns: ${names.join(", ")}`,
    }
  );
}

/** Where the raw columns are in a file: by their names, and where those are others by what is in them. */
function placesIn(names: string[], rows: string[][], plays: RawPlay[]): Map<keyof RawPlay, number> {
  const header = names.map(plain);
  const places = new Map(
    wanted.flatMap((column) =>
      header.includes(plain(column)) ? [[column, header.indexOf(plain(column))]] : [],
    ),
  );
  // A row that was read and cut may be shorter than the header.
  const others = names.filter((name, place) => name !== "" && ![...places.values()].includes(place));
  if (others.length === 0) return places;
  const some = rows.map((row) => Object.fromEntries(names.map((name, place) => [name, row[place] ?? ""])));
  for (const [name, { raw }] of heldBy(others, some, plays)) {
    const [column] = raw;
    if (column && raw.length === 1 && wanted.includes(column) && !places.has(column))
      places.set(column, names.indexOf(name));
  }
  return new Map(
    wanted.flatMap((column) => (places.has(column) ? [[column, places.get(column) as number]] : [])),
  );
}

function judgeFile(file: string, plays: RawPlay[]): JudgedFile | undefined {
  const [names = [], ...rows] = readRows(file) ?? [];
  if (names.length < 3) return undefined;
  const found = placesIn(names, rows, plays);
  const columns = [...found.keys()];
  if (columns.length < 3) return undefined;
  const places = [...found.values()];
  const { missing, missingCount, extra } = compareRows(
    columns,
    rows.map((row) => places.map((place) => row[place] ?? "")),
    plays,
  );
  const without = wanted.filter((column) => !columns.includes(column));
  const others = names.filter((name, place) => name !== "" && !places.includes(place));
  const problems = [
    without.length > 0 && `the columns ${without.join(", ")} are missing`,
    missingCount > 0 && `${missingCount} of ${plays.length} rows are missing`,
    extra.length > 0 &&
      `${extra.length} rows are there that should not be (no song was played, or a value differs, or a row is there twice)`,
  ].filter((problem) => problem !== false);
  const isRight = problems.length === 0;
  const what = isRight ? ", all columns, every value as in the logs" : `; ${problems.join("; ")}`;
  const more = others.length > 0 ? `; besides the exercise's columns it has ${others.join(", ")}` : "";
  return {
    score: columns.length / wanted.length - (missingCount + extra.length) / (plays.length + 1),
    assessment: {
      verdict: isRight ? "pass" : missingCount === plays.length ? "fail" : "partial",
      evidence: `${basename(file)}: ${rows.length} rows${what}${more}`,
      details: [
        ...examplesOf("Rows that are missing", missing),
        ...examplesOf("Rows that should not be there", extra),
      ],
    },
  };
}

const examplesOf = (title: string, rows: Row[]): Detail[] =>
  rows.length > 0 ? [{ title, rows: rows.slice(0, 5) }] : [];

/** The fields of a CSV with any delimiter; undefined for what is none. */
function readRows(file: string): string[][] | undefined {
  if (statSync(file).size > largest) return undefined;
  const text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const [first = ""] = text.split(/\r?\n/, 1);
  const [delimiter = ","] = [",", ";", "\t", "|"].sort(
    (a, b) => first.split(b).length - first.split(a).length,
  );
  try {
    return parse(text, {
      delimiter,
      // Both in one file, where a header was written by itself.
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    });
  } catch {
    return undefined;
  }
}

/** The plays that have no row, and the rows that are no play's; each row is one play's alone. */
function compareRows(columns: (keyof RawPlay)[], rows: string[][], plays: RawPlay[]) {
  const keyOf = (values: unknown[]) =>
    JSON.stringify(values.map((value, index) => valueText(columns[index] ?? "", value)));
  const left = new Map<string, RawPlay[]>();
  for (const play of plays) {
    const key = keyOf(columns.map((column) => play[column]));
    const alike = left.get(key);
    if (alike) alike.push(play);
    else left.set(key, [play]);
  }
  const extra = rows.filter((row) => left.get(keyOf(row))?.pop() === undefined);
  const missing = [...left.values()].filter((alike) => alike.length > 0);
  return {
    missing: missing.map(([play]): Row => ({ ...play })),
    missingCount: missing.flat().length,
    extra: extra.map((row): Row => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
  };
}
