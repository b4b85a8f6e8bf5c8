// The profile as a page: it loads nothing, and everything that comes from the data is escaped.

import { escapeHtml, page, wide } from "@sparkify/base/page";
import type { ColumnProfile, Profile } from "./profile.js";
import { adviceOf, count, keyText, pathText, percent, shortened } from "./words.js";

const style = `
  .number { text-align: right; white-space: nowrap; }
  .bar { display: block; width: 6rem; height: .5rem; background: var(--soft); border-radius: .25rem; } .bar rect { fill: var(--link); }
  .values { list-style: none; margin: 0; padding: 0; min-width: 14rem; } .values li { margin-bottom: .25rem; }
  .quiet { font-size: .85rem; } code { background: var(--soft); padding: 0 .2rem; border-radius: .2rem; }
`;

/** A page of its own, for phones too, light or dark as the reader's system is. */
export function profilePage(profile: Profile): string {
  const { name, rows, columns, duplicates, files, rejected } = profile;
  const title = `What is in ${name}`;
  return page({
    title,
    style,
    body: `<h1>${escapeHtml(title)}</h1>
<p class="sum"><b>${count(rows)} rows</b> of ${columns.length} columns from ${files.length} file${files.length === 1 ? "" : "s"}; ${
      rejected.rows === 0 ? "none was rejected" : `${count(rejected.rows)} were rejected`
    }; ${duplicates === 0 ? "no two are the same" : `${count(duplicates)} are the same as another one in every column`}.</p>
${columnsHtml(profile)}
${determinesHtml(profile)}
${keysHtml(profile)}
${filesHtml(profile)}
${rejectedHtml(profile)}`,
  });
}

/** @param cells HTML; of the columns whose numbers are in `numbers` to the right */
function table(caption: string, columns: string[], cells: string[][], numbers: number[] = []): string {
  const side = (index: number) => (numbers.includes(index) ? ' class="number"' : "");
  const heads = columns
    .map((text, index) => `<th scope="col"${side(index)}>${escapeHtml(text)}</th>`)
    .join("");
  const rows = cells.map(([first = "", ...rest]) => {
    const others = rest.map((cell, index) => `<td${side(index + 1)}>${cell}</td>`).join("");
    return `<tr><th scope="row">${first}</th>${others}</tr>`;
  });
  const head = `<caption>${escapeHtml(caption)}</caption><thead><tr>${heads}</tr></thead>`;
  return wide(`<table>${head}<tbody>\n${rows.join("\n")}\n</tbody></table>`, caption);
}

/** A part of a whole; the text beside it says the same. */
const bar = (part: number) =>
  `<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}" height="8"/></svg>`;

function columnsHtml({ columns, rows }: Profile): string {
  const cells = columns.map((column) => [
    escapeHtml(column.name),
    `<code>${escapeHtml(column.type)}</code>${column.isWhole ? '<br><span class="quiet">all of them whole numbers, written with a point: name another type in the model where they are ids (int, bigint) or milliseconds (timestamp)</span>' : ""}${adviceHtml(column)}`,
    `${count(column.empty)}${column.empty > 0 ? `<br><span class="quiet">${percent(column.empty, rows)}</span>${bar(column.empty / rows)}` : ""}`,
    `${column.isEstimate ? "about " : ""}${count(column.distinct)}`,
    column.least === null ? "" : `${text(column.least)} to ${text(column.greatest ?? "")}`,
    valuesHtml(column, rows),
  ]);
  const estimate = columns.some(({ isEstimate }) => isEstimate)
    ? '<p class="quiet">"about": over 200,000 different values are estimated by a sketch (HyperLogLog, at times a fifth off), and the most frequent ones are those of a sample of up to 200,000 rows, counted exactly in all.</p>'
    : "";
  return `<h2>Columns</h2>
${table("Columns, with the narrowest type of CQL that keeps every value", ["column", "type", "empty", "different", "from least to greatest", "most frequent"], cells, [2, 3])}
${estimate}`;
}

function adviceHtml(column: ColumnProfile): string {
  const advice = adviceOf(column);
  return advice ? `<br><span class="quiet">${escapeHtml(advice)}</span>` : "";
}

const text = (value: string) => escapeHtml(shortened(value));

function valuesHtml({ frequent, distinct }: ColumnProfile, rows: number): string {
  if (frequent.length === 0) return "";
  if (frequent[0]?.rows === 1) return '<span class="quiet">each value once</span>';
  const items = frequent.map(
    ({ value, rows: some }) =>
      `<li>${text(value) || "(empty text)"} <span class="quiet">${count(some)} rows, ${percent(some, rows)}</span>${bar(some / rows)}</li>`,
  );
  const held = frequent.reduce((sum, { rows: some }) => sum + some, 0);
  const more =
    distinct > frequent.length
      ? `<li class="quiet">these ${frequent.length} hold ${percent(held, rows)} of the rows</li>`
      : "";
  return `<ul class="values">${items.join("")}${more}</ul>`;
}

function determinesHtml({ determines, isBounded }: Profile): string {
  const bound = isBounded
    ? '<p class="quiet">The search has a bound (40 columns, 20 seconds): there may be more.</p>'
    : "";
  if (determines.length === 0) return `<h2>Columns that determine others</h2>\n<p>None.</p>${bound}`;
  const cells = determines.map(({ column, others, repeated, isSample }) => [
    escapeHtml(column),
    others.map(escapeHtml).join(", "),
    `${count(repeated)}${isSample ? '<br><span class="quiet">a sample of the values, each with all of its rows</span>' : ""}`,
  ]);
  return `<h2>Columns that determine others</h2>
${table("In no row does a value of the first column come with another value of these", ["column", "determines", "values that more than one row has"], cells, [2])}
<p class="quiet">No row says otherwise; whether it must be so, you know. A column that the whole of what a question gives determines can be STATIC.</p>${bound}`;
}

function keysHtml({ keys, duplicates }: Profile): string {
  const bound = keys.isBounded
    ? '<p class="quiet">The search has a bound (15 columns, sets of three, 12 counts of all rows): there may be more.</p>'
    : "";
  const same =
    duplicates > 0
      ? "<p>Rows that are the same in every column cannot be told apart by any: they count as one here.</p>"
      : "";
  const found =
    keys.sets.length === 0
      ? "<p>No set of up to three columns without empty values does. Give the rows an id: <code>source.sql</code> with <code>row_number() OVER () AS id</code>.</p>"
      : `<ul>${keys.sets.map((set) => `<li>${escapeHtml(keyText(set))}</li>`).join("")}</ul>
<p class="quiet">No two different rows have the same values there. Which of them will stay so, you know: that one is <code>event</code> in the model.</p>`;
  return `<h2>What tells rows apart</h2>\n${found}${same}${bound}`;
}

function filesHtml({ files }: Profile): string {
  const cells = files.map(({ path, format, delimiter, rows, notes }) => [
    escapeHtml(path),
    `${format}${delimiter === undefined ? "" : `, between fields <code>${escapeHtml(JSON.stringify(delimiter))}</code>`}`,
    count(rows),
    notes.map(escapeHtml).join("<br>"),
  ]);
  return `<h2>Files</h2>\n${table("How each file was read", ["file", "format", "rows", "notes"], cells, [2])}`;
}

function rejectedHtml({ rejected, rows }: Profile): string {
  if (rejected.rows === 0) return "<h2>Rejected rows</h2>\n<p>None.</p>";
  const reasons = Object.entries(rejected.byReason).sort((one, other) => other[1] - one[1]);
  const cells = reasons.map(([reason, some]) => [escapeHtml(reason), count(some)]);
  return `<h2>Rejected rows</h2>
<p>${count(rejected.rows)} of ${count(rows + rejected.rows)} rows were left out. They are kept with file, line, reason and text in ${escapeHtml(pathText(rejected.path))}.</p>
${table("Why", ["reason", "rows"], cells, [1])}`;
}
