// The order of the files: those that take long begin, so that no worker has much left to do when the other one ends.

import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { root } from "@sparkify/base/root";

const places = [
  "test/grade/",
  "test/faults/",
  "test/spark/",
  "test/tools/",
  "test/browser/",
  "test/lib/exercises",
  "test/lib/model",
  "test/lib/cluster",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = ({ moduleId, project }: TestSpecification): string => {
      const path = relative(root, moduleId).replaceAll("\\", "/");
      const place = places.findIndex((start) => path.startsWith(start));
      const last = project.name === "unit" ? 1 : 0;
      return `${last} ${place < 0 ? places.length : place} ${path}`;
    };
    return [...files].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}
