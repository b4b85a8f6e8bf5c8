// What the pages share. Everything a submission says is escaped, and the pages may load nothing.

import { escapeHtml } from "@sparkify/lib/show";
import type { Detail, Verdict } from "../grade.js";

/** How verdicts are shown. */
export const marks: Record<Verdict, { sign: string; word: string }> = {
  pass: { sign: "✔", word: "right" },
  partial: { sign: "◐", word: "partly" },
  fail: { sign: "✘", word: "wrong" },
  ask: { sign: "?", word: "to be read" },
};

const style = `
  :root { color-scheme: light; }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; color: #1f2933; max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
  a { color: #1b5faa; }
  .sum { padding: .75rem 1rem; border-radius: .5rem; background: #eef2f6; }
  .sum b { font-size: 1.4rem; }
  .bad { background: #fbe4e2; }
  .wide { overflow-x: auto; max-width: 100%; }
  table { border-collapse: collapse; font-size: .9rem; }
  th, td { border-bottom: 1px solid #cbd2d9; padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: normal; }
  th { background: #f5f7fa; }
  pre { background: #f5f7fa; padding: .75rem; border-radius: .4rem; overflow-x: auto; font-size: .85rem; white-space: pre-wrap; max-height: 30rem; overflow-y: auto; }
  .item { border-left: .35rem solid #cbd2d9; padding: .1rem 0 .1rem .9rem; margin: 1rem 0; }
  .item h3 { margin: 0; font-size: 1rem; display: flex; flex-wrap: wrap; gap: .25rem .75rem; justify-content: space-between; }
  .item p { margin: .25rem 0; white-space: pre-line; }
  .pass { border-color: #2a7f62; } .partial { border-color: #c77d0a; } .fail { border-color: #b3261e; } .ask { border-color: #6b7785; }
  .sign-pass { color: #2a7f62; } .sign-partial { color: #a8660a; } .sign-fail { color: #b3261e; } .sign-ask { color: #55606e; }
  .hint { color: #4a5560; font-style: italic; }
  .beside { display: flex; flex-wrap: wrap; gap: 1rem; } .beside > div { flex: 1 1 18rem; min-width: 0; }
  summary { cursor: pointer; color: #1b5faa; }
  button { font: inherit; border: 0; background: none; padding: 0; cursor: pointer; font-weight: bold; }
  .odd { background: #fdf1d8; }
  .upright button { writing-mode: vertical-rl; transform: rotate(180deg); }
  th.upright { padding: .3rem .2rem; vertical-align: bottom; } .name { overflow-wrap: anywhere; min-width: 8rem; max-width: 45vw; }
  fieldset { border-width: 0 0 0 .35rem; border-style: solid; } legend { font-weight: bold; padding-top: .5rem; }
  .stays { position: sticky; top: 0; } .save { border: 1px solid #1b5faa; border-radius: .3rem; padding: .2rem .8rem; background: #fff; }
  input, textarea { font: inherit; border: 1px solid #6b7785; border-radius: .3rem; padding: .2rem .4rem; } input { width: 6rem; } textarea { width: 100%; }
  footer { margin-top: 3rem; color: #55606e; font-size: .85rem; }
`;

/** What a submission printed may hold characters that no text has, which programs then take the page for no text. */
const withoutControls = (html: string) => html.replace(/[^\P{Cc}\t\r\n]/gu, "\ufffd");

/** A whole page. @param script code of our own; none where a page needs none */
export function page(title: string, body: string, script = ""): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'${script ? "; script-src 'unsafe-inline'" : ""}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${withoutControls(body)}
${script ? `<script>${script}</script>` : ""}
</body>
</html>
`;
}

/** The sign of a verdict. */
export const sign = (verdict: Verdict) =>
  `<span class="sign-${verdict}" title="${marks[verdict].word}">${marks[verdict].sign}</span>`;

/** What a reviewer can look at. */
export function detailHtml(detail: Detail): string {
  const title = escapeHtml(detail.title);
  if ("text" in detail) return `<h4>${title}</h4><pre>${escapeHtml(detail.text)}</pre>`;
  if ("rows" in detail) return `<h4>${title}</h4>${rowsHtml(detail.rows)}`;
  const { got, expected } = detail;
  return (
    `<h4>${title}</h4><div class="beside"><div><p><b>Got</b></p>${rowsHtml(got, expected)}</div>` +
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
  return `<div class="wide"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
