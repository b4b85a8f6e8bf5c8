// The reviewer's own page: points and comments for each item of all submissions, saved as the file that the next run reads.

import { escapeHtml } from "@sparkify/base/page";
import type { Grade, Item } from "../grade.js";
import { columns, type Entry } from "../review.js";
import { csvLine } from "./csv.js";
import { detailHtml, marks, page, sign } from "./html.js";

/** What runs in the page: no network is needed, nor could it be used. */
const script = (data: string) => `
const { grades, entries, columns } = ${data};
const csvLine = ${csvLine};
const input = (grade, item, what) => document.getElementById([what, grade, item].join("-"));
const valuesOf = (grade, item) => ["points", "comment"].map((what) => input(grade, item, what).value.trim());
let saved = true;
function show() {
  let open = 0;
  for (const [at, { items }] of grades.entries()) {
    const sum = items.reduce((all, { points }, item) => all + Number(valuesOf(at, item)[0] || points), 0);
    open += items.filter(({ asked }, item) => asked && valuesOf(at, item)[0] === "").length;
    document.getElementById("sum-" + at).value = Math.round(sum * 10) / 10;
  }
  document.getElementById("left").value = open;
}
function save() {
  for (const wrong of document.querySelectorAll("input:invalid"))
    for (let at = wrong.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  if (!document.getElementById("review").reportValidity()) return;
  const keyOf = ({ submission, item }) => JSON.stringify([submission, item]);
  const lines = new Map(entries.map((entry) => [keyOf(entry), entry]));
  for (const [at, { submission, items }] of grades.entries())
    for (const [number, { item, asked }] of items.entries()) {
      const [points, comment] = valuesOf(at, number);
      const key = keyOf({ submission, item });
      if (asked || points || comment || lines.has(key)) lines.set(key, { submission, item, points, comment });
    }
  const text = [columns, ...[...lines.values()].map((entry) => columns.map((name) => entry[name]))].map(csvLine);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(text, { type: "text/csv" }));
  link.download = "review.csv";
  link.click();
  saved = true;
}
document.getElementById("review").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
document.addEventListener("input", () => {
  saved = false;
  show();
});
addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});
show();`;

/** As JSON that can stand in a script: a submission's name may be any text. */
const asJson = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<\p{Cc}\u2028\u2029]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );

/**
 * @param grades as the grader gave them
 * @param entries what was entered before, also of submissions that are not among the grades: it is saved again
 */
export function reviewPage(
  grades: Grade[],
  entries: Entry[],
  fileNameOf: (submission: string) => string,
): string {
  const shown = grades.filter(({ graded }) => graded);
  const entryOf = (submission: string, item: string) =>
    entries.find((one) => one.submission === submission && one.item === item);
  const data = {
    columns,
    entries,
    grades: shown.map(({ submission, items }) => ({
      submission,
      items: items.map(({ id, points, verdict }) => ({ item: id, points, asked: verdict === "ask" })),
    })),
  };
  const sections = shown.map((grade, at) => {
    const items = grade.items.map((item, number) => {
      const entry = entryOf(grade.submission, item.id);
      const isOpen = item.verdict === "ask" || Boolean(entry?.points || entry?.comment);
      return { isOpen, html: fieldsHtml(item, `${at}-${number}`, entry) };
    });
    const others = items.filter(({ isOpen }) => !isOpen);
    return `<h2><a href="reports/${encodeURIComponent(fileNameOf(grade.submission))}.html">${escapeHtml(grade.submission)}</a>: <output id="sum-${at}">${grade.points}</output> of ${grade.maxPoints} points</h2>
${items.flatMap(({ isOpen, html }) => (isOpen ? [html] : [])).join("\n")}
<details><summary>${others.length} items that the grader has judged</summary>
${others.map(({ html }) => html).join("\n")}
</details>`;
  });
  return page(
    "Review",
    `<p><a href="index.html">← all submissions</a></p>
<h1>Review</h1>
<form id="review" novalidate>
<p class="sum stays"><b><output id="left"></output></b> items wait for a reader. <button class="save">Save review.csv</button></p>
<p>Put the saved file in the place of the review.csv beside this page. The next run of the grader (with --resume it runs no submission again) takes points and comments from it, and they stay there. Points that are left empty are the grader's. This page is the reviewer's: it shows all learners.</p>
${sections.join("\n")}
</form>`,
    script(asJson(data)),
  );
}

function fieldsHtml(item: Item, place: string, entry: Entry | undefined): string {
  const { title, verdict, points, maxPoints, evidence, details } = item;
  const value = (entry?.points ?? "").replace(",", ".");
  return `<fieldset class="item ${verdict}">
<legend>${sign(verdict)} ${escapeHtml(title)} (${verdict === "ask" ? marks.ask.word : `${marks[verdict].word}, ${points} of ${maxPoints}`})</legend>
<p>${escapeHtml(evidence)}</p>
${details.length > 0 ? `<details${verdict === "ask" ? " open" : ""}><summary>What was seen</summary>${details.map(detailHtml).join("\n")}</details>` : ""}
<p><label>Points, 0 to ${maxPoints} <input id="points-${place}" type="number" min="0" max="${maxPoints}" step="any" value="${escapeHtml(value)}"></label>
<label>Comment <textarea id="comment-${place}" rows="2">${escapeHtml(entry?.comment ?? "")}</textarea></label></p>
</fieldset>`;
}
