// The items that are judged, with their points: a file that a reviewer may change.

import { readFileSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { resource } from "./resources.js";

/** The items that there are. */
export const itemIds = [
  "csv",
  "types",
  "table-per-query",
  "q1",
  "q2",
  "q3",
  "key",
  "order",
  "names",
  "columns",
  "described",
  "reasoning",
  "todos",
  "results",
  "cleanup",
  "rerun",
] as const;

export type ItemId = (typeof itemIds)[number];

/** What is judged, and what it is worth. */
export interface RubricItem {
  id: ItemId;
  points: number;
  title: string;
  hint: string;
}

/** The rubric that is used where none is given. */
export const standardRubric = resource("rubric.json");

/**
 * Reads a rubric. An item that it leaves out is not judged.
 * @throws SparkifyError where it is none
 */
export function readRubric(file = standardRubric): RubricItem[] {
  const wrong = (what: string) =>
    new SparkifyError(
      `${file} is no rubric: ${what}. Expected is a JSON list of { "id", "points", "title", "hint" }; see ${standardRubric}.`,
    );
  let list: unknown;
  try {
    list = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw wrong((error as Error).message);
  }
  if (!Array.isArray(list) || list.length === 0) throw wrong("it holds no list of items");
  const met = new Set<ItemId>();
  return list.map((item: Partial<RubricItem>, index): RubricItem => {
    const { id, points, title, hint } = item ?? {};
    if (id === undefined || !itemIds.includes(id))
      throw wrong(`item ${index + 1} has the id ${JSON.stringify(id)}; there are: ${itemIds.join(", ")}`);
    if (met.has(id)) throw wrong(`the id ${id} is there twice`);
    met.add(id);
    if (typeof points !== "number" || !(points >= 0))
      throw wrong(`the points of ${id} are ${JSON.stringify(points)}`);
    return {
      id,
      points,
      title: typeof title === "string" ? title : id,
      hint: typeof hint === "string" ? hint : "",
    };
  });
}
