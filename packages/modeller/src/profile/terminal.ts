// The profile as a table on the terminal.

import type { Profile } from "./profile.js";
import { adviceOf, count, keyText, pathText, percent, shortened } from "./words.js";

/** Lines of at most `width` signs, as far as names allow. */
export function profileLines(profile: Profile, width = 100): string[] {
  const { rows, columns, determines, keys, duplicates, files, rejected } = profile;
  const cells = columns.map((column) => [
    shortened(column.name, 30),
    shortened(column.type, 24),
    column.empty === 0 ? "" : percent(column.empty, rows),
    `${column.isEstimate ? "about " : ""}${count(column.distinct)}`,
    column.frequent[0]?.rows === 1
      ? "each once"
      : column.frequent
          .slice(0, 3)
          .map(({ value, rows: some }) => `${shortened(value, 20)} (${percent(some, rows)})`)
          .join(", "),
  ]);
  const lines = tableLines(["column", "type", "empty", "different", "most frequent"], cells, width);
  const advice = columns.flatMap((column) => {
    const text = adviceOf(column);
    return text ? [`  ${column.name}: ${text}`] : [];
  });
  if (advice.length > 0) lines.push("", "texts that are none:", ...advice);
  if (determines.length > 0) lines.push("", "determines:");
  for (const { column, others } of determines) lines.push(`  ${column}: ${others.join(", ")}`);
  lines.push(
    "",
    `tells rows apart: ${keys.sets.length > 0 ? keys.sets.map(keyText).join("; ") : "no set of up to three columns"}`,
  );
  if (duplicates > 0) lines.push(`${count(duplicates)} rows are the same as another one in every column`);
  for (const { path, notes } of files) for (const note of notes) lines.push(`${pathText(path)}: ${note}`);
  for (const [reason, some] of Object.entries(rejected.byReason))
    lines.push(`${count(some)} rows rejected: ${reason}`);
  return lines;
}

function tableLines(head: string[], cells: string[][], width: number): string[] {
  const widths = head.map((name, place) =>
    Math.max(...[name, ...cells.map((row) => row[place] ?? "")].map(signs)),
  );
  const line = (row: string[]) =>
    row
      .map((cell, place) => cell + " ".repeat(Math.max(0, (widths[place] ?? 0) - signs(cell))))
      .join("  ")
      .trimEnd();
  const all = [head, widths.map((wide) => "-".repeat(wide)), ...cells].map(line);
  return all.map((text) => (signs(text) > width ? `${[...text].slice(0, width - 1).join("")}…` : text));
}

const signs = (text: string) => [...text].length;
