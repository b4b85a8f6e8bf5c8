// The results on the terminal.

import { type Result, type Target, targets } from "./results.js";

const unit = (number: number | null, digits: number, name: string) =>
  number === null ? "?" : `${number.toLocaleString("en", { maximumFractionDigits: digits })} ${name}`;

const cells = (result: Result): string[] => [
  result.ok ? "✔" : "✘",
  result.job,
  result.contender,
  unit(result.rows, 0, "rows"),
  unit(result.secondsMedian, 1, "s"),
  unit(result.rowsPerSecond, 0, "rows/s"),
  `CPU ${unit(result.cpuSeconds, 1, "s")}`,
  result.cassandraCpuSeconds === null ? "" : `Cassandra ${unit(result.cassandraCpuSeconds, 1, "s")}`,
  unit(result.peakRssMb, 0, "MB"),
];

/** One run, as soon as it is done. */
export function resultLine(result: Result): string {
  const [mark, , name = "", , ...rest] = cells(result);
  const fault = result.runs.find((run) => run.fault)?.fault;
  return `  ${mark} ${name.padEnd(18)} ${rest.map((cell) => cell.padStart(17)).join(" ")}${fault ? `\n    ${fault}` : ""}`;
}

export function resultTable(results: readonly Result[]): string {
  return aligned(results.map(cells));
}

/** What is not yet reached is marked, and so is what was not measured. */
export function targetTable(results: readonly Result[]): string {
  return aligned(
    targets(results).map((target) => [
      target.ok === undefined ? "-" : target.ok ? "✔" : "✘",
      target.job,
      unit(target.rows, 0, "rows"),
      target.text,
      targetText(target),
    ]),
  );
}

export function targetText({ value, limit }: Target): string {
  const number = (it: number) => it.toLocaleString("en", { maximumFractionDigits: it < 10 ? 2 : 0 });
  const measured = value === undefined ? "not measured" : number(value);
  return limit === undefined ? measured : `${measured} (at most ${number(limit)})`;
}

function aligned(lines: string[][]): string {
  const widths = lines.reduce<number[]>(
    (most, line) => line.map((cell, column) => Math.max(cell.length, most[column] ?? 0)),
    [],
  );
  return lines
    .map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
