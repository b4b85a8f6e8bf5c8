// The CSV that a reader's own cells wrote, beside that of the loader.

import { readFileSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { escapeHtml } from "@sparkify/base/page";
import { shortPath, streamlinedCsv } from "@sparkify/lib";
import { showHtml, showVerdict, tableHtml, verdictLine } from "@sparkify/lib/show";
import { type DenormalizeReport, notPlainLogs } from "@sparkify/loader";
import { rowsInWords } from "./rows-in-words.js";

export interface OwnCsvOptions {
  /** Whether the loader was to repair text that was encoded too often. @default false */
  repair?: boolean;
  /** How often the reader's parser complained. @default 0 */
  complaints?: number;
  /** What the loader wrote. @default the streamlined CSV */
  csv?: string;
}

/**
 * Compares a CSV that was written by other code with the one that the loader wrote of the same logs. Of plain, whole logs both
 * must be the same, byte for byte. Where the loader had to do more (rejected rows, other forms, repaired text), it is said
 * what that was, and which rows differ.
 * @param own the bytes of the other CSV
 * @throws SparkifyError where they differ, and nothing in the logs is a reason
 * @example
 * const own = readFileSync(streamlinedCsv);
 * const report = await denormalize({ files, target: streamlinedCsv });
 * checkOwnCsv(own, report);
 */
export function checkOwnCsv(
  own: Buffer,
  report: DenormalizeReport,
  { repair = false, complaints = 0, csv = streamlinedCsv }: OwnCsvOptions = {},
): void {
  const name = "the loader writes the same file, byte for byte";
  const loaders = readFileSync(csv);
  const more = moreThanPlain(report, repair, complaints);
  const ok = own.equals(loaders);
  if (!ok && more.length > 0) {
    showHtml(
      `<div>The loader wrote another file, because it did more: ${escapeHtml(more.join("; "))}.</div>${differencesHtml(own, loaders)}`,
    );
    return;
  }
  const bytes = (buffer: Buffer) => `${buffer.length.toLocaleString("en")} bytes`;
  const evidence = ok ? bytes(own) : `${bytes(own)} by the cells above, ${bytes(loaders)} by the loader`;
  const details = ok ? "" : differencesHtml(own, loaders);
  showVerdict({ kind: "check", name, ok, evidence }, verdictLine(ok, name, evidence) + details);
  if (!ok)
    throw new SparkifyError(
      `The file of the cells above is not the one that the loader wrote: ${evidence}.`,
      {
        where: { file: csv },
      },
    );
}

/** What only the loader does with these logs, in words. */
function moreThanPlain(report: DenormalizeReport, repair: boolean, complaints: number): string[] {
  const { rejected, encodedTooOften } = report;
  return [
    ...(rejected > 0 ? [`it rejected ${rowsInWords(rejected)}`] : []),
    ...(repair && encodedTooOften.rows > 0
      ? [`it repaired the text of ${rowsInWords(encodedTooOften.rows)}`]
      : []),
    ...(complaints > 0
      ? [`the parser of the cells above complained ${complaints.toLocaleString("en")} times`]
      : []),
    ...notPlainLogs(report)
      .slice(0, 5)
      .map(({ file, how }) => `${shortPath(file)} was read as: ${how.join(", ")}`),
  ];
}

/** Lines that only one of the files has, some of each. */
function differencesHtml(own: Buffer, loaders: Buffer): string {
  const [mine, others] = [own, loaders].map((bytes) => bytes.toString("utf8").split("\n")) as [
    string[],
    string[],
  ];
  const only = (lines: string[], rest: string[]) => {
    const known = new Set(rest);
    return lines.filter((line) => !known.has(line)).map((line) => ({ line: line.slice(0, 200) }));
  };
  return (
    tableHtml(only(mine, others), { caption: "Only in the file of the cells above", limit: 3 }) +
    tableHtml(only(others, mine), { caption: "Only in the loader's", limit: 3 })
  );
}
