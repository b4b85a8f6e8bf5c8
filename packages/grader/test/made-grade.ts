// Grades that no submission was run for.

import { emptyGrade, type Grade, itemOf, sumOf, type Verdict } from "../src/grade.js";
import { readRubric } from "../src/rubric.js";

export const rubric = readRubric();

/** A grade in which all is right, but for some items. */
export function gradeOf(submission: string, verdicts: Record<string, Verdict> = {}): Grade {
  const items = rubric.map((item) =>
    itemOf(item, { verdict: verdicts[item.id] ?? "pass", evidence: "seen" }),
  );
  return {
    ...emptyGrade(submission),
    graded: true,
    items,
    points: sumOf(items, "points"),
    maxPoints: sumOf(items, "maxPoints"),
  };
}
