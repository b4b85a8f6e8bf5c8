// Writes what a batch gives: for programs grades.json, grades.csv and junit.xml, for people a page for each submission,
// an overview, and the reviewer's page.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { escapeHtml } from "@sparkify/base/page";
import type { Grade } from "../grade.js";
import { reviewed } from "../review.js";
import type { RubricItem } from "../rubric.js";
import { csvLine } from "./csv.js";
import { overviewPage } from "./overview-page.js";
import { reviewPage } from "./review-page.js";
import { submissionPage } from "./submission-page.js";

/** A file's name for a submission: readable, and of no other one. */
export function fileNameOf(submission: string): string {
  const readable = submission
    .replace(/\.ipynb$/i, "")
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|-+$/g, "")
    .slice(0, 80);
  return `${readable}-${createHash("sha256").update(submission).digest("hex").slice(0, 8)}`;
}

/**
 * Writes all of it, with what the reviewer has entered.
 * @param given as the grader gave them
 * @param how in which surroundings the submissions ran, in words
 * @returns the grades with what was entered
 */
export function writeReports(out: string, given: Grade[], rubric: RubricItem[], how: string): Grade[] {
  mkdirSync(join(out, "reports"), { recursive: true });
  const { grades, entries } = reviewed(join(out, "review.csv"), given);
  const write = (name: string, text: string) => writeFileSync(join(out, name), text);
  write("grades.json", `${JSON.stringify(grades, plainFields, 2)}\n`);
  write("grades.csv", csv(grades, rubric));
  write("junit.xml", junit(grades));
  for (const grade of grades)
    write(join("reports", `${fileNameOf(grade.submission)}.html`), submissionPage(grade, how));
  const overview = overviewPage(grades, rubric, fileNameOf, how);
  write("index.html", overview);
  write("overview.html", overview);
  write("review.html", reviewPage(given, entries, fileNameOf));
  return grades;
}

/** What of a grade, and of its items, is in grades.json, in this order. */
const plainFields =
  "submission graded id verdict points maxPoints error failed uncounted passedOver items evidence hint causes byReviewer comment".split(
    " ",
  );

function csv(grades: Grade[], rubric: RubricItem[]): string {
  const facts = ["submission", "graded", "points", "maxPoints", "error"] as const;
  const header = [...facts, ...rubric.flatMap(({ id }) => [id, `${id} points`])];
  const lines = grades.map((grade) => [
    ...facts.map((name) => grade[name]),
    ...rubric.flatMap(({ id }) => {
      const item = grade.items.find((one) => one.id === id);
      return [item?.verdict, item?.points];
    }),
  ]);
  return [header, ...lines].map(csvLine).join("");
}

/** Text for XML, without the characters that XML cannot hold. */
const xml = (text: string) =>
  escapeHtml(text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "�"));

function junit(grades: Grade[]): string {
  const suites = grades.map(({ submission, items, error, seconds }) => {
    const cases =
      error !== undefined
        ? [
            `<testcase name="graded" classname="${xml(submission)}"><error message="${xml(error)}"/></testcase>`,
          ]
        : items.map(({ id, title, verdict, evidence }) => {
            const inner =
              verdict === "pass"
                ? ""
                : verdict === "ask"
                  ? `<skipped message="to be read by a reviewer"/>`
                  : `<failure type="${verdict}" message="${xml(evidence)}"/>`;
            return `<testcase name="${xml(`${id}: ${title}`)}" classname="${xml(submission)}">${inner}</testcase>`;
          });
    const count = (verdicts: string[]) => items.filter(({ verdict }) => verdicts.includes(verdict)).length;
    return (
      `<testsuite name="${xml(submission)}" tests="${cases.length}" failures="${count(["fail", "partial"])}" ` +
      `errors="${error === undefined ? 0 : 1}" skipped="${count(["ask"])}" time="${seconds}">\n${cases.join("\n")}\n</testsuite>`
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}
