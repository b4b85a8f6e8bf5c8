// The report of one submission: the verdict and the points of each item, with what was seen.

import { escapeHtml } from "@sparkify/base/page";
import type { Detail, Grade, Item } from "../grade.js";
import { detailHtml, marks, page, sign } from "./html.js";

/** @param how in which surroundings it ran, in words */
export function submissionPage(grade: Grade, how: string): string {
  const { submission, graded, points, maxPoints, items, notes, error, seconds } = grade;
  const stumbled = grade.failed ? `<br>${escapeHtml(grade.failed)} (<a href="#run">more</a>)` : "";
  const asked = items.filter(({ verdict }) => verdict === "ask");
  const open = asked.reduce((sum, item) => sum + item.maxPoints, 0);
  const sum = graded
    ? `<p class="sum"><b>${points} of ${maxPoints} points</b>${asked.length > 0 ? `, ${open} of them to be given by a reader: no program can judge ${asked.length === 1 ? "this item" : `these ${asked.length} items`}` : ""}${stumbled}</p>`
    : `<p class="sum bad"><b>Not graded.</b> ${escapeHtml(error ?? "")}</p>`;
  const failed =
    notes.length > 0 ? `<h2 id="run">What happened while it ran</h2>${notes.map(detailHtml).join("\n")}` : "";
  return page(
    `${graded ? `${points} of ${maxPoints}` : "not graded"}: ${submission}`,
    `<p><a href="../index.html">← all submissions</a></p>
<h1>${escapeHtml(submission)}</h1>
${sum}
${(grade.passedOver ?? []).length > 0 ? `<p>Not graded, beside it: ${escapeHtml(grade.passedOver?.join(", ") ?? "")}</p>` : ""}
${itemsHtml(items)}
${failed}
<footer>Run and judged in ${seconds.toFixed(0)} s. ${escapeHtml(how)}</footer>`,
  );
}

/** All items. What one of them has shown, a hint or rows, the later ones only point to. */
function itemsHtml(items: Item[]): string {
  const shown = new Map<string, Item>();
  const once = (item: Item, what: string, html: string, name: string): string => {
    const first = shown.get(what);
    if (first === undefined) shown.set(what, item);
    return first === undefined
      ? html
      : `<p>${name}: see <a href="#${escapeHtml(first.id)}">${escapeHtml(first.title)}</a></p>`;
  };
  return items.map((item) => itemHtml(item, (what, html, name) => once(item, what, html, name))).join("\n");
}

function itemHtml(
  { id, title, verdict, points, maxPoints, evidence, hint, details, comment, byReviewer }: Item,
  once: (what: string, html: string, name: string) => string,
): string {
  const score =
    verdict === "ask"
      ? `0 to ${maxPoints}`
      : `${points} of ${maxPoints}${byReviewer ? ", by the reviewer" : ""}`;
  const open = verdict === "fail" || verdict === "partial" ? " open" : "";
  const shownOnce = (detail: Detail) =>
    once(JSON.stringify(detail), detailHtml(detail), escapeHtml(detail.title));
  return `<section class="item ${verdict}" id="${escapeHtml(id)}">
<h2><span>${sign(verdict)} ${escapeHtml(title)}</span><span>${marks[verdict].word}, ${score}</span></h2>
<p>${escapeHtml(evidence)}</p>
${comment ? `<p><b>The reviewer:</b> ${escapeHtml(comment)}</p>` : ""}
${hint ? once(hint, `<p class="hint">${escapeHtml(hint)}</p>`, "What to do") : ""}
${details.length > 0 ? `<details${open}><summary>What was seen</summary>${details.map(shownOnce).join("\n")}</details>` : ""}
</section>`;
}
