// What the judge of models finds, and how it is shown.

import { escapeHtml, showHtml, tableHtml } from "@sparkify/lib/show";

export type Point =
  | "answers the query without filtering"
  | "loses nothing"
  | "no needless duplicates"
  | "right order"
  | "right types"
  | "right rows in right columns"
  | "right answers"
  | "partition size"
  | "key order and naming";

export interface Finding {
  point: Point;
  /** "undecided" where neither the data nor rows of our own could tell. */
  verdict: "pass" | "fail" | "undecided";
  /** What was seen, in words and numbers. */
  evidence: string;
  /** What to think about, where it is not a pass. */
  hint?: string;
  /** Rows that show it. */
  rows?: Record<string, unknown>[];
  /** Shown by rows of our own alone: the raw rows hold no such case. */
  probed?: true;
}

export const pass = (point: Point, evidence: string): Finding => ({ point, verdict: "pass", evidence });
export const fail = (point: Point, evidence: string, hint: string, rows: Finding["rows"] = []): Finding => ({
  point,
  verdict: "fail",
  evidence,
  hint,
  ...(rows.length > 0 && { rows }),
});
export const undecided = (point: Point, evidence: string): Finding => ({
  point,
  verdict: "undecided",
  evidence,
});

/** A number as it is read: 12,345. */
export const count = (number: number) => Math.round(number).toLocaleString("en");

/** Bytes as they are read: 1.2 MB. */
export function bytesText(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? count(value) : value.toFixed(1)} ${units[power]}`;
}

/** Shows findings that are expected, or wanted, to fail. */
export function showFindings(findings: Finding[], title: string): void {
  // A lab's wrong model is no failure of the run: nothing of it is kept for the report.
  showHtml(findingsHtml(findings, title));
}

const marks = { pass: ["✔", "#2a7f62"], fail: ["✘", "#b3261e"], undecided: ["?", "#8d6708"] } as const;

export function findingsHtml(findings: Finding[], title: string): string {
  const cells = findings.map(({ point, verdict, evidence, hint, rows = [] }) => {
    const [mark, colour] = marks[verdict];
    const more =
      verdict === "pass"
        ? ""
        : `${hint ? `<div><i>${escapeHtml(hint)}</i></div>` : ""}${rows.length > 0 ? `<div style="max-width:640px;overflow-x:auto">${tableHtml(rows, { limit: 6 })}</div>` : ""}`;
    return (
      `<tr><td style="color:${colour};vertical-align:top"><b>${mark}</b></td>` +
      `<td style="text-align:left;vertical-align:top;white-space:nowrap"><b>${point}</b></td>` +
      `<td style="text-align:left;max-width:640px">${escapeHtml(evidence)}${more}</td></tr>`
    );
  });
  return `<table><caption style="text-align:left"><b>${escapeHtml(title)}</b></caption><tbody>${cells.join("\n")}</tbody></table>`;
}
