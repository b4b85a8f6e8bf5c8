// What a reviewer enters, and what of a grade counts.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { fails, temporaryFolder, write } from "../../../test/support.js";
import type { Grade } from "../src/grade.js";
import { writeReports } from "../src/report/write.js";
import { reviewed } from "../src/review.js";
import { gradeOf, rubric } from "./made-grade.js";

test("every submission has the same most points, whatever is open or wrong", () => {
  const all = [
    gradeOf("a"),
    gradeOf("b", { described: "ask", reasoning: "ask" }),
    gradeOf("c", { described: "fail", q3: "ask" }),
  ];
  assert.deepEqual(
    all.map(({ maxPoints }) => maxPoints),
    [106, 106, 106],
  );
  assert.deepEqual(
    all.map(({ points }) => points),
    [106, 100, 90],
  );
});

test("points and comments that are entered come into the grades, and outlive a regrade", async (t) => {
  const file = join(temporaryFolder(t), "review.csv");
  const grades = [
    gradeOf("ann/a.ipynb", { described: "ask" }),
    gradeOf("=bo, jr.ipynb", { described: "ask", q3: "fail" }),
  ];
  assert.deepEqual(reviewed(file, grades).grades, grades, "nothing is entered yet");
  assert.equal(readFileSync(file, "utf8").split("\r\n").length, 4, "a line for each item that is open");

  // As a spreadsheet program writes it.
  const entered = `\ufeffsubmission,item,points,comment
ann/a.ipynb,described,"2,5",Well put.
"'=bo, jr.ipynb",q3,13,"The list was agreed on, ""by name""."
"'=bo, jr.ipynb",described,3,
gone.ipynb,q1,4,
`;
  write(file, entered);
  for (const round of [1, 2]) {
    // The second time of another run, in which ann's notebook has another fault.
    const again =
      round === 1 ? grades : [gradeOf("ann/a.ipynb", { described: "ask", q1: "fail" }), ...grades.slice(1)];
    const [ann, bo] = reviewed(file, again).grades as [Grade, Grade];
    const described = ann.items.find(({ id }) => id === "described");
    assert.deepEqual(
      [described?.points, described?.verdict, described?.comment, described?.byReviewer],
      [2.5, "partial", "Well put.", true],
    );
    assert.equal(ann.points, round === 1 ? 105.5 : 92.5);
    assert.deepEqual(
      [bo.points, bo.items.find(({ id }) => id === "q3")?.comment],
      [106, 'The list was agreed on, "by name".'],
    );
    assert.equal(readFileSync(file, "utf8"), entered, "and stay as they are written");
  }
  reviewed(file, [gradeOf("cy.ipynb", { reasoning: "ask" })]);
  const kept = readFileSync(file, "utf8");
  assert.match(kept, /"gone\.ipynb","q1","4"/, "also those of others");
  assert.match(kept, /"cy\.ipynb","reasoning","",""/);

  write(file, "submission,item,points,comment\nann/a.ipynb,q1,14,\n");
  await fails(() => reviewed(file, grades), "review.csv", "ann/a.ipynb", "from 0 to 13", '"14"');
  write(file, "name,points\nann,3\n");
  await fails(() => reviewed(file, grades), "review.csv", "submission, item, points, comment");
});

test("a page says nothing twice: what an item has shown, a later one points to", (t) => {
  const out = temporaryFolder(t);
  const grade = gradeOf("ann/a.ipynb", { q1: "fail", key: "fail" });
  for (const item of grade.items.filter(({ verdict }) => verdict === "fail"))
    Object.assign(item, {
      hint: "Ask of each key.",
      details: [{ title: "Rows", rows: [{ a: "only once" }] }],
    });
  writeReports(out, [grade], rubric, "in a test");
  const [name = ""] = readdirSync(join(out, "reports"));
  const text = readFileSync(join(out, "reports", name), "utf8");
  assert.equal(text.split("Ask of each key.").length, 2);
  assert.equal(text.split("only once").length, 2);
  assert.equal(text.match(/see <a href="#q1">/g)?.length, 2);
});

test("a template is left out of averages and mistakes, and a learner's page shows no other learner", (t) => {
  const out = temporaryFolder(t);
  const template: Grade = { ...gradeOf("cy/t.ipynb"), points: 0, uncounted: "nothing was made" };
  const ann: Grade = { ...gradeOf("ann/a.ipynb", { q1: "fail" }), passedOver: ["ann/old.ipynb"] };
  writeReports(out, [ann, gradeOf("bo/b.ipynb"), template], rubric, "in a test");
  const overview = readFileSync(join(out, "index.html"), "utf8");
  assert.match(overview, /94 % of the points on average, without 1 that/);
  assert.match(overview, /passed over: ann\/old\.ipynb/);
  const pages = readdirSync(join(out, "reports"));
  assert.equal(pages.length, 3);
  for (const page of pages) {
    const text = readFileSync(join(out, "reports", page), "utf8");
    const shown = ["ann/", "bo/", "cy/"].filter((name) => text.includes(name));
    assert.equal(shown.length, 1, `${page} shows ${shown}`);
    assert.doesNotMatch(text, /<input|<textarea|review\.html/);
  }
  assert.ok(existsSync(join(out, "grades.csv")));
});
