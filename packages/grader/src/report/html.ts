// What the pages share. Everything a submission says is escaped.

import { escapeHtml, page as shell, wide } from "@sparkify/base/page";
import type { Detail, Verdict } from "../grade.js";

/** How verdicts are shown. */
export const marks: Record<Verdict, { sign: string; word: string }> = {
  pass: { sign: "✔", word: "right" },
  partial: { sign: "◐", word: "partly" },
  fail: { sign: "✘", word: "wrong" },
  ask: { sign: "?", word: "to be read" },
};

const style = `
  .bad { background: var(--wrong-back); } .odd { background: var(--odd-back); }
  .item { border-left: .35rem solid var(--line); padding: .1rem 0 .1rem .9rem; margin: 1rem 0; }
  .item h2 { margin: 0; font-size: 1rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; justify-content: space-between; }
  .item p { margin: .25rem 0; white-space: pre-line; }
  .pass { border-color: var(--right); } .partial { border-color: var(--partly); } .fail { border-color: var(--wrong); } .ask { border-color: var(--quiet); }
  .sign-pass { color: var(--right); } .sign-partial { color: var(--partly); } .sign-fail { color: var(--wrong); } .sign-ask { color: var(--quiet); }
  .hint { color: var(--quiet); font-style: italic; }
  .beside { display: flex; flex-wrap: wrap; gap: 1rem; } .beside > div { flex: 1 1 18rem; min-width: 0; }
  button { font: inherit; color: inherit; border: 0; background: none; padding: 0; cursor: pointer; font-weight: bold; }
  .upright button { writing-mode: vertical-rl; transform: rotate(180deg); }
  th.upright { padding: .3rem .2rem; vertical-align: bottom; } .name { overflow-wrap: anywhere; min-width: 8rem; max-width: 45vw; }
  fieldset { border-width: 0 0 0 .35rem; border-style: solid; } legend { font-weight: bold; padding-top: .5rem; }
  .stays { position: sticky; top: 0; } .save { border: 1px solid var(--link); border-radius: .3rem; padding: .2rem .8rem; }
  input, textarea { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--quiet); border-radius: .3rem; padding: .2rem .4rem; } input { width: 6rem; } textarea { width: 100%; }
  footer { margin-top: 3rem; color: var(--quiet); font-size: .85rem; }
`;

/** A whole page. @param script code of our own; none where a page needs none */
export const page = (title: string, body: string, script = "") => shell({ title, body, style, script });

/** The sign of a verdict. */
export const sign = (verdict: Verdict) =>
  `<span class="sign-${verdict}" role="img" aria-label="${marks[verdict].word}" title="${marks[verdict].word}">${marks[verdict].sign}</span>`;

/** What a reviewer can look at. */
export function detailHtml(detail: Detail): string {
  const title = escapeHtml(detail.title);
  if ("text" in detail) return `<h3>${title}</h3><pre>${escapeHtml(detail.text)}</pre>`;
  if ("rows" in detail) return `<h3>${title}</h3>${rowsHtml(detail.rows)}`;
  const { got, expected } = detail;
  return (
    `<h3>${title}</h3><div class="beside"><div><p><b>Got</b></p>${rowsHtml(got, expected)}</div>` +
    `<div><p><b>Expected</b>, computed from the logs, in the types of the table</p>${rowsHtml(expected, got)}</div></div>`
  );
}

const mostText = 300;

/** @param others rows beside them: what is not among those is marked */
function rowsHtml(rows: Record<string, unknown>[], others?: Record<string, unknown>[]): string {
  const known = others && new Set(others.map((row) => JSON.stringify(row)));
  if (rows.length === 0) return "<p>No rows.</p>";
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (value: unknown) => {
    const plain =
      value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value);
    return escapeHtml(plain.length > mostText ? `${plain.slice(0, mostText)} …` : plain);
  };
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const body = rows
    .map(
      (row) =>
        `<tr${known && !known.has(JSON.stringify(row)) ? ' class="odd"' : ""}>${columns.map((column) => `<td>${text(row[column])}</td>`).join("")}</tr>`,
    )
    .join("\n");
  return wide(`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`, "Rows");
}
