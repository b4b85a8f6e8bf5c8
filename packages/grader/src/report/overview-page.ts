// The overview of a batch: all submissions in a table that can be sorted, and which mistakes are common.

import { escapeHtml, wide } from "@sparkify/base/page";
import { type Cause, causes } from "../causes.js";
import type { Grade, Item, Verdict } from "../grade.js";
import type { RubricItem } from "../rubric.js";
import { marks, page, sign } from "./html.js";

const order = { fail: 0, partial: 1, ask: 2, pass: 3 } as const;

/** Sorts the table by the column whose head is pressed; again: the other way round. */
const script = `
for (const [column, head] of document.querySelectorAll("#all th").entries()) {
  const button = head.querySelector("button");
  button.addEventListener("click", () => {
    const descending = head.getAttribute("aria-sort") === "ascending";
    for (const other of document.querySelectorAll("#all th")) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const body = document.querySelector("#all tbody");
    const value = (row) => row.children[column].dataset.sort ?? row.children[column].textContent;
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      const numbers = x !== "" && y !== "" && !isNaN(x) && !isNaN(y);
      return (numbers ? x - y : x.localeCompare(y)) * (descending ? -1 : 1);
    };
    body.append(...[...body.children].sort(compare));
  });
}`;

/** @param how in which surroundings the submissions ran, in words */
export function overviewPage(
  grades: Grade[],
  rubric: RubricItem[],
  fileNameOf: (submission: string) => string,
  how: string,
): string {
  const graded = grades.filter((grade) => grade.graded);
  const failed = grades.filter((grade) => !grade.graded);
  const counted = graded.filter(({ uncounted }) => uncounted === undefined);
  const left = graded.length - counted.length;
  const sum = counted.reduce((all, { points, maxPoints }) => all + points / Math.max(1, maxPoints), 0);
  const average = Math.round((100 * sum) / Math.max(1, counted.length));
  const head = ["submission", "points", "%", ...rubric.map(({ id }) => id)].map(headHtml).join("");
  const rows = grades.map((grade) => rowHtml(grade, rubric, fileNameOf(grade.submission)));
  const legend = Object.entries(marks).map(([verdict, { word }]) => `${sign(verdict as Verdict)} ${word}`);
  const faults = failed.map(
    ({ submission, error = "" }) => `<li>${escapeHtml(`${submission}: ${error}`)}</li>`,
  );
  return page(
    "Grades",
    `<h1>Grades</h1>
<p class="sum"><b>${graded.length} of ${grades.length}</b> submissions graded, ${average} % of the points on average${left > 0 ? `, without ${left} that ${left === 1 ? "is a template" : "are templates"} in which nothing was made` : ""}</p>
<p>${legend.join(" &nbsp; ")} &nbsp; Press a column's head to sort. For the reviewer: <a href="review.html">enter points and comments</a>.</p>
${wide(`<table id="all"><thead><tr>${head}</tr></thead><tbody>\n${rows.join("\n")}\n</tbody></table>`, "All submissions")}
${failed.length > 0 ? `<h2>Not graded</h2><ul>${faults.join("")}</ul>` : ""}
<h2>Common mistakes</h2>
${mistakesHtml(counted, rubric)}
<footer>${escapeHtml(how)} The same as data: grades.csv, grades.json, junit.xml.</footer>`,
    script,
  );
}

function headHtml(name: string, index: number): string {
  const upright = index > 2 ? ' class="upright"' : "";
  return `<th${upright}><button type="button" title="sort">${escapeHtml(name)}</button></th>`;
}

function rowHtml(grade: Grade, rubric: RubricItem[], fileName: string): string {
  const link = `<a href="reports/${encodeURIComponent(fileName)}.html">${escapeHtml(grade.submission)}</a>`;
  const stumbled = grade.failed ? `<br><small>${escapeHtml(grade.failed)}</small>` : "";
  const others = (grade.passedOver ?? [])
    .map((other) => `<br><small>passed over: ${escapeHtml(other)}</small>`)
    .join("");
  const name = `<td class="name">${link}${stumbled}${others}</td>`;
  const cell = (sort: number, shown: string | number) => `<td data-sort="${sort}">${shown}</td>`;
  const verdicts = rubric.map(({ id }) => {
    const item = grade.items.find((one) => one.id === id);
    return item ? cell(order[item.verdict], sign(item.verdict)) : cell(-1, "");
  });
  if (!grade.graded)
    return `<tr class="bad">${name}${cell(-1, "not graded")}${cell(-1, "")}${verdicts.join("")}</tr>`;
  const percent = Math.round((100 * grade.points) / Math.max(1, grade.maxPoints));
  return `<tr>${name}${cell(grade.points, grade.points)}${cell(percent, percent)}${verdicts.join("")}</tr>`;
}

/** By cause where it is known, else by item: one mistake may cost in several items, and is one. */
function mistakesHtml(graded: Grade[], rubric: RubricItem[]): string {
  const isWrong = ({ verdict }: Item) => verdict === "fail" || verdict === "partial";
  const metBy = (isMeant: (item: Item) => boolean) =>
    graded.flatMap(({ submission, items }) => {
      const item = items.find((one) => isWrong(one) && isMeant(one));
      return item ? [{ submission, item }] : [];
    });
  const mistakes = [
    ...Object.entries(causes).map(([cause, hint]) => ({
      title: `${cause.charAt(0).toUpperCase()}${cause.slice(1)}`,
      hint,
      met: metBy((item) => item.causes?.includes(cause as Cause) === true),
    })),
    ...rubric.map(({ id, title, hint }) => ({
      title,
      hint,
      met: metBy((item) => item.id === id && item.causes === undefined),
    })),
  ]
    .filter(({ met }) => met.length > 0)
    .sort((a, b) => b.met.length - a.met.length);
  if (mistakes.length === 0) return "<p>None.</p>";
  const rows = mistakes.map(({ title, hint, met }) => {
    const share = Math.round((100 * met.length) / graded.length);
    const [first] = met;
    const evidence = first ? `${first.submission}: ${first.item.evidence}` : "";
    const shown = evidence.length > 240 ? `${evidence.slice(0, 240)} …` : evidence;
    return `<tr><td>${met.length} (${share} %)</td><td><b>${escapeHtml(title)}</b><br><span class="hint">${escapeHtml(hint)}</span></td><td>${escapeHtml(shown)}</td></tr>`;
  });
  const head = "<th>submissions</th><th>what</th><th>for instance</th>";
  return wide(`<table><thead><tr>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`, "Mistakes");
}
