// The grade of one submission: what grades.json and the report say of it.

import type { Row } from "@sparkify/compare";
import { type Cause, causes } from "./causes.js";
import type { RubricItem } from "./rubric.js";

export type Verdict = "pass" | "partial" | "fail" | "ask";

/** Something a reviewer can look at: a text, rows, or what was got beside what was expected. */
export type Detail =
  | { title: string; text: string }
  | { title: string; rows: Row[] }
  | { title: string; got: Row[]; expected: Row[] };

/** What is thought of one item, and why. */
export interface Assessment {
  verdict: Verdict;
  evidence: string;
  /** Which part of the points a partial one gets. @default 0.5 */
  share?: number;
  details?: Detail[];
  /** Where it is one of the well-known mistakes. */
  causes?: Cause[];
}

/** An item of the rubric in a grade. */
export interface Item {
  id: string;
  title: string;
  verdict: Verdict;
  points: number;
  maxPoints: number;
  evidence: string;
  hint: string;
  /** The well-known mistakes that show in it. */
  causes?: Cause[];
  details: Detail[];
  /** What the reviewer says of it. */
  comment?: string;
  /** The reviewer has given the points. */
  byReviewer?: true;
}

/** What grades.json has of a submission, and what its page shows besides. */
export interface Grade {
  submission: string;
  graded: boolean;
  points: number;
  maxPoints: number;
  items: Item[];
  /** Why it could not be graded. */
  error?: string;
  /** The grader itself is the reason, so that it may be tried again. */
  graderFailed?: true;
  /** Why it is left out of averages: it is no work, but the exercise's template. */
  uncounted?: string;
  /** The learner's other notebooks. */
  passedOver?: string[];
  /** How many cells failed, and how the first one did. */
  failed?: string;
  /** What else a reviewer should know: cells that failed, limits that were passed. */
  notes: Detail[];
  seconds: number;
}

/** Of a submission of which nothing is known yet. */
export const emptyGrade = (submission: string): Grade => ({
  submission,
  graded: false,
  points: 0,
  maxPoints: 0,
  items: [],
  notes: [],
  seconds: 0,
});

/** Points to one decimal. */
const round = (points: number) => Math.round(points * 10) / 10;

/** An item of the rubric with what is thought of it. */
export function itemOf(
  { id, title, points, hint }: RubricItem,
  { verdict, evidence, share = 0.5, details = [], causes: met = [] }: Assessment,
): Item {
  const got = verdict === "pass" ? points : verdict === "partial" ? round(points * share) : 0;
  const unscored = verdict === "ask";
  return {
    id,
    title,
    verdict,
    points: got,
    maxPoints: points,
    evidence,
    // What to do about the cause says more than what to do about the item.
    hint: verdict === "pass" || unscored ? "" : met.map((cause) => causes[cause]).join(" ") || hint,
    ...(met.length > 0 && { causes: met }),
    details,
  };
}

/** The points of all items. */
export const sumOf = (items: Item[], what: "points" | "maxPoints") =>
  round(items.reduce((sum, item) => sum + item[what], 0));
