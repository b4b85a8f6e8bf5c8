// The order of the files: those that take long begin, so that no worker has much left to do when the other one ends.

import { relative } from "node:path";
import { root } from "@sparkify/base/root";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const places = [
  "packages/grader/",
  "test/faults/",
  "packages/spark/",
  "test/",
  "packages/modeller/",
  "packages/model/",
  "packages/loader/",
  "packages/notebook-runner/",
  "packages/course/",
  "packages/embedded-cassandra/",
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
