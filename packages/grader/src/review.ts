// What a reviewer enters: points and comments in a CSV beside the grades, which outlives every run.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { parse } from "csv-parse/sync";
import { type Grade, type Item, sumOf } from "./grade.js";
import { csvLine } from "./report/csv.js";

export const columns = ["submission", "item", "points", "comment"] as const;

/** A line of the file: points and a comment, or one of them. */
export type Entry = Record<(typeof columns)[number], string>;

/**
 * Puts in what the reviewer has entered, and adds a line to the file for each item that waits to be read.
 * @param file made where it is not there; lines of other submissions stay
 * @returns the grades, and all that was entered
 * @throws SparkifyError where a line cannot be meant
 */
export function reviewed(file: string, grades: Grade[]): { grades: Grade[]; entries: Entry[] } {
  const entries = existsSync(file) ? read(file) : [];
  const entryOf = (submission: string, item: string) =>
    entries.find((one) => one.submission === submission && one.item === item);
  const open = grades.flatMap(({ submission, items }) =>
    items
      .filter(({ id, verdict }) => verdict === "ask" && !entryOf(submission, id))
      .map(({ id }): Entry => ({ submission, item: id, points: "", comment: "" })),
  );
  const all = [...entries, ...open];
  if (open.length > 0 || !existsSync(file))
    writeFileSync(
      file,
      [columns, ...all.map((one) => columns.map((name) => one[name]))].map(csvLine).join(""),
    );
  const withEntries = grades.map((grade) => {
    const items = grade.items.map((item) => withEntry(item, entryOf(grade.submission, item.id), file));
    return { ...grade, items, points: sumOf(items, "points"), maxPoints: sumOf(items, "maxPoints") };
  });
  return { grades: withEntries, entries: all };
}

function read(file: string): Entry[] {
  const wrong = (what: string) =>
    new SparkifyError(`${file} cannot be read: ${what}. Expected are the columns ${columns.join(", ")}.`, {
      where: { file },
    });
  let lines: string[][];
  try {
    lines = parse(readFileSync(file, "utf8"), {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const [header = [], ...rest] = lines;
  if (!columns.every((name) => header.includes(name))) throw wrong(`its first line is ${header.join(",")}`);
  return rest.map((line) => {
    const value = (name: string) => (line[header.indexOf(name)] ?? "").trim();
    // A name that a spreadsheet would take for a formula has a sign before it.
    const plain = (text: string) => text.replace(/^'(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/, "");
    return {
      submission: plain(value("submission")),
      item: value("item"),
      points: value("points"),
      comment: plain(value("comment")),
    };
  });
}

/** The item with what was entered. @throws SparkifyError where the points are none */
function withEntry(item: Item, entry: Entry | undefined, file: string): Item {
  if (!entry) return item;
  const comment = entry.comment === "" ? {} : { comment: entry.comment };
  if (entry.points === "") return { ...item, ...comment };
  const points = Number(entry.points.replace(",", "."));
  if (!(points >= 0 && points <= item.maxPoints))
    throw new SparkifyError(
      `${file}: ${entry.submission}, ${entry.item}: expected points from 0 to ${item.maxPoints}, got "${entry.points}".`,
      { where: { file } },
    );
  const verdict = points === item.maxPoints ? "pass" : points === 0 ? "fail" : "partial";
  return {
    ...item,
    ...comment,
    points,
    verdict,
    hint: verdict === "pass" ? "" : item.hint,
    byReviewer: true,
  };
}
