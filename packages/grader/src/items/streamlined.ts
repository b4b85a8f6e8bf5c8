// The one CSV that a submission makes of the logs, whatever its name, its quoting and the order of its columns and rows.

import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { RawPlay } from "@sparkify/lib";
import { parse } from "csv-parse/sync";
import { plain, rawColumns } from "../columns.js";
import type { Finding } from "../grade.js";

/** Larger ones are not those of 30 days. */
const largest = 64 * 2 ** 20;

/** The columns of the exercise. */
const wanted = rawColumns.filter((column) => column !== "date");
const numbers = new Set(["length", "sessionId", "itemInSession", "userId"]);

const valueText = (column: string, value: unknown) =>
  numbers.has(column) && String(value).trim() !== "" ? String(Number(value)) : String(value);

interface Judged {
  finding: Finding;
  /** The more the better. */
  score: number;
}

/** Judges the best of the files. */
export function judgeStreamlined(files: string[], plays: RawPlay[]): Finding {
  const judged = files.flatMap((file) => judgeFile(file, plays) ?? []).sort((a, b) => b.score - a.score);
  return (
    judged[0]?.finding ?? {
      verdict: "fail",
      evidence:
        files.length === 0
          ? "no CSV was made in the submission's folder"
          : `none of the files it made is a CSV of the logs' columns: ${files
              .slice(0, 5)
              .map((file) => basename(file))
              .join(", ")}`,
    }
  );
}

function judgeFile(file: string, plays: RawPlay[]): Judged | undefined {
  if (statSync(file).size > largest) return undefined;
  const text = readFileSync(file, "utf8").replace(/^\ufeff/, "");
  const [first = ""] = text.split(/\r?\n/, 1);
  const delimiter = [",", ";", "\t", "|"].sort(
    (a, b) => first.split(b).length - first.split(a).length,
  )[0] as string;
  let rows: string[][];
  try {
    rows = parse(text, { delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true });
  } catch {
    return undefined;
  }
  const header = (rows.shift() ?? []).map(plain);
  const columns = wanted.filter((column) => header.includes(plain(column)));
  if (columns.length < 3) return undefined;
  const name = basename(file);
  const places = columns.map((column) => header.indexOf(plain(column)));
  const left = new Map<string, { count: number; play: RawPlay }>();
  for (const play of plays) {
    const key = JSON.stringify(columns.map((column) => valueText(column, play[column])));
    const known = left.get(key);
    if (known) known.count++;
    else left.set(key, { count: 1, play });
  }
  let extra = 0;
  const extras: Record<string, unknown>[] = [];
  for (const row of rows) {
    const key = JSON.stringify(
      columns.map((column, index) => valueText(column, row[places[index] as number] ?? "")),
    );
    const known = left.get(key);
    if (known && known.count > 0) known.count--;
    else {
      extra++;
      if (extras.length < 5)
        extras.push(
          Object.fromEntries(columns.map((column, index) => [column, row[places[index] as number]])),
        );
    }
  }
  const missingRows = [...left.values()].filter(({ count }) => count > 0);
  const missing = missingRows.reduce((sum, { count }) => sum + count, 0);
  const without = wanted.filter((column) => !columns.includes(column));
  const others = header.filter((name) => name !== "" && !wanted.some((column) => plain(column) === name));
  const more = others.length > 0 ? `; besides the exercise's columns it has ${others.join(", ")}` : "";
  const problems = [
    ...(without.length > 0 ? [`the columns ${without.join(", ")} are missing`] : []),
    ...(missing > 0 ? [`${missing} of ${plays.length} rows are missing`] : []),
    ...(extra > 0
      ? [
          `${extra} rows are there that should not be (no song was played, or a value differs, or a row is there twice)`,
        ]
      : []),
  ];
  const score = columns.length / wanted.length - (missing + extra) / (plays.length + 1);
  if (problems.length === 0)
    return {
      score,
      finding: {
        verdict: "pass",
        evidence: `${name}: ${rows.length} rows, all columns, every value as in the logs${more}`,
      },
    };
  const right = plays.length - missing;
  return {
    score,
    finding: {
      verdict: right === 0 ? "fail" : "partial",
      evidence: `${name}: ${rows.length} rows; ${problems.join("; ")}${more}`,
      details: [
        ...(missing > 0
          ? [
              {
                title: "Rows that are missing",
                rows: missingRows.slice(0, 5).map(({ play }) => ({ ...play })),
              },
            ]
          : []),
        ...(extra > 0 ? [{ title: "Rows that should not be there", rows: extras }] : []),
      ],
    },
  };
}
