// A comparison as text for the terminal.

import type { Comparison } from "./compare.js";
import type { ComparedRow, TableComparison } from "./examples.js";

/**
 * One line a table, then the examples of what differs, then the verdict.
 * @param anew what makes the tables anew, as a sentence
 */
export function comparisonText({ ok, seconds, tables }: Comparison, anew: string): string {
  const width = Math.max(...tables.map(({ name }) => name.length));
  const lines = tables.map((table) => {
    const { name, rows, missing, altered, extra } = table;
    const equal = missing + altered + extra === 0;
    const counts = equal ? "every value as in the CSV" : differenceCounts(table);
    return `  ${equal ? "✔" : "✘"} ${name.padEnd(width)}  ${rows.toLocaleString("en")} rows: ${counts}`;
  });
  const verdict = ok
    ? `✔ Every row of every table is right. ${seconds.toFixed(1)} s`
    : `✘ Not every row is right. ${seconds.toFixed(1)} s\n  ${anew}`;
  return ["", ...lines, ...tables.flatMap(examples), "", verdict].join("\n");
}

function differenceCounts({ expectedRows, missing, altered, extra }: TableComparison): string {
  const text = (count: number) => count.toLocaleString("en");
  return `${text(expectedRows)} expected, ${text(missing)} missing, ${text(altered)} altered, ${text(extra)} not expected`;
}

function examples({ name, examples }: TableComparison): string[] {
  const { missing, altered, extra } = examples;
  const lines = [
    ...missing.map((row) => `  missing       ${valuesText(row)}`),
    ...altered.flatMap(({ expected, found }) => [
      `  expected      ${valuesText(expected, found)}`,
      `  but found     ${valuesText(found, expected)}`,
    ]),
    ...extra.map((row) => `  not expected  ${valuesText(row)}`),
  ];
  return lines.length > 0 ? ["", `  ${name}, for instance:`, ...lines] : [];
}

/** A row in one line. Text that looks like `other`'s but is not is spelt out: é may be one character or two. */
function valuesText(row: ComparedRow, other: ComparedRow = row): string {
  return Object.entries(row)
    .map(([column, value]) => {
      const against = other[column];
      const text = JSON.stringify(value);
      const alike =
        typeof value === "string" &&
        typeof against === "string" &&
        value !== against &&
        visible(value) === visible(against);
      return `${column} ${alike ? spelt(text) : text}`;
    })
    .join(", ");
}

/** What an eye can tell apart: without accents, blanks and characters that show nothing. */
function visible(text: string): string {
  return text.normalize("NFKD").replace(/[\p{M}\p{Z}\p{C}]/gu, "");
}

function spelt(text: string): string {
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
