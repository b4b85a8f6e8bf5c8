// The one shell of the pages that commands write: each loads nothing, is readable light or dark, on a phone and on paper, by
// keyboard and with a screen reader.

/** @type {Record<string, string>} */
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Text for HTML or XML, also within an attribute.
 * @param {string} text
 */
export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => /** @type {string} */ (entities[character]));
}

const style = `
  :root { color-scheme: light dark; --ink: #1f2933; --paper: #fff; --soft: #f0f3f6; --line: #c3ccd5; --link: #1b5faa; --quiet: #4a5560;
    --right: #1f6f54; --partly: #8a5200; --wrong: #a3211a; --right-back: #e3f4ec; --wrong-back: #fbe4e2; --odd-back: #fdf1d8; }
  @media screen and (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --paper: #14191f; --soft: #1f2730; --line: #3c4855; --link: #8ab8f0; --quiet: #aab6c2;
    --right: #6fcfa8; --partly: #e9b26a; --wrong: #ff9a92; --right-back: #16382b; --wrong-back: #45201e; --odd-back: #40341a; } }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 68rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; }
  a, summary { color: var(--link); } summary { cursor: pointer; }
  .right { color: var(--right); } .wrong { color: var(--wrong); } .quiet { color: var(--quiet); }
  .sum { padding: .75rem 1rem; border-radius: .5rem; background: var(--soft); } .sum b { font-size: 1.3rem; }
  .wide { overflow-x: auto; max-width: 100%; margin: .5rem 0 1rem; }
  table { border-collapse: collapse; font-size: .9rem; }
  caption { text-align: left; padding: .25rem 0; }
  th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; overflow-wrap: normal; }
  thead th { background: var(--soft); }
  pre { background: var(--soft); padding: .75rem; border-radius: .4rem; font-size: .85rem; white-space: pre-wrap; }
  .drawing { background: #fff; display: inline-block; border-radius: .3rem; max-width: 100%; overflow-x: auto; }
  .drawing svg { display: block; max-width: 100%; height: auto; }
  details { margin: .5rem 0; }
  @page { margin: 15mm; }
  @media print { body { max-width: none; padding: 0; font-size: 11pt; } .wide, .drawing { overflow: visible; } td { overflow-wrap: anywhere; }
    tr, .drawing { break-inside: avoid; } h2, h3 { break-after: avoid; } details::details-content { content-visibility: visible; block-size: auto; } }
`;

/**
 * Programs take a page with control characters for no text.
 * @param {string} html
 */
const withoutControls = (html) => html.replace(/[^\P{Cc}\t\r\n]/gu, "\ufffd");

/**
 * Text for an SVG element. A control character, or half of a pair, would make the whole drawing invalid.
 * @param {string} text
 */
export function drawnText(text) {
  const whole = Buffer.from(text, "utf8").toString("utf8");
  return escapeHtml(whole.replace(/\p{Cc}|\ufffe|\uffff/gu, "\ufffd"));
}

/**
 * A whole page.
 * @param {object} parts
 * @param {string} parts.title
 * @param {string} parts.body HTML, its heading first
 * @param {string} [parts.style] what only this page needs
 * @param {string} [parts.script] code of our own
 */
export function page({ title, body, style: more = "", script = "" }) {
  const policy = `default-src 'none'; style-src 'unsafe-inline'${script ? "; script-src 'unsafe-inline'" : ""}`;
  return withoutControls(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${style}${more}</style>
</head>
<body>
<main>
${body}
</main>
${script ? `<script>${script}</script>\n` : ""}</body>
</html>
`);
}

/**
 * The mark of a verdict in a cell. It brings its own ground, so that it is readable on light and dark themes.
 * @param {"pass" | "fail" | "undecided"} verdict
 */
export function markHtml(verdict) {
  const marks = { pass: ["✔", "#1f6f54"], fail: ["✘", "#a3211a"], undecided: ["?", "#7a5600"] };
  const [mark, colour] = marks[verdict];
  return `<span style="color:#fff;background:${colour};border-radius:3px;padding:0 .25em">${mark}</span>`;
}

/**
 * What may be wider than the page: it scrolls within it, by keyboard too.
 * @param {string} html
 * @param {string} label what it is, for who does not see it
 */
export const wide = (html, label) =>
  `<div class="wide" role="group" tabindex="0" aria-label="${escapeHtml(label)}">${html}</div>`;

/**
 * A drawing with a title and a description, for who does not see it.
 * @param {string} svg
 * @param {string} title
 * @param {string} description
 */
export const namedSvg = (svg, title, description) =>
  svg.replace(
    /^<svg ([^>]*)>/,
    (_, attributes) =>
      `<svg role="img" ${attributes}><title>${drawnText(title)}</title><desc>${drawnText(description)}</desc>`,
  );
