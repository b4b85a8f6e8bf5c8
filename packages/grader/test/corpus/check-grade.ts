// A grade beside what the corpus says of its submission.

import assert from "node:assert/strict";
import type { Grade } from "../../src/grade.js";
import type { Submission } from "./submission.js";

/** @throws AssertionError with each item that has another verdict, or points that do not fit its verdict */
export function checkGrade(grade: Grade, { expected, graded }: Submission): void {
  if (graded !== undefined) assert.equal(grade.graded, graded, grade.error);
  if (!grade.graded) {
    assert.ok(grade.error, "the reason");
    return;
  }
  const differences = Object.entries(expected).flatMap(([id, verdict]) => {
    const item = grade.items.find((one) => one.id === id);
    return item?.verdict === verdict
      ? []
      : [`${id}: ${item?.verdict} instead of ${verdict}: ${item?.evidence}`];
  });
  assert.deepEqual(differences, []);
  for (const { id, verdict, points, maxPoints, evidence, hint } of grade.items) {
    assert.notEqual(evidence, "", id);
    assert.equal(hint === "", verdict === "pass" || verdict === "ask", id);
    if (verdict === "pass") assert.equal(points, maxPoints, id);
    if (verdict === "partial") assert.ok(points > 0 && points < maxPoints, id);
    if (verdict === "fail" || verdict === "ask") assert.equal(points, 0, id);
  }
  for (const what of ["points", "maxPoints"] as const) {
    const sum = grade.items.reduce((all, item) => all + item[what], 0);
    assert.equal(grade[what], Math.round(sum * 10) / 10);
  }
}
