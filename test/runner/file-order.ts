// The order of the files. Those that take long begin, so that no worker has much left to do when the other one ends; and files
// that mostly wait, for nodes that start, fall silent and come back, stand among those that keep a processor busy.

import { relative } from "node:path";
import { root } from "@sparkify/base/root";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const waiting = [
  "test/faults/",
  "packages/embedded-cassandra/",
  "packages/grader/test/node.",
  "lib/test/connect.",
];
const working = [
  "packages/spark/test/spark.",
  "packages/grader/",
  "test/",
  "packages/modeller/",
  "packages/model/",
  "packages/notebook-runner/",
  "packages/loader/",
  "packages/course/",
];

/** Working files after each one that waits: there are more of them, and they are shorter. */
const between = 2;

export class FileOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isUnit = ({ project }: TestSpecification) => project.name === "unit";
    const waits = files.filter((file) => !isUnit(file) && placeIn(waiting, file) < waiting.length);
    const works = files.filter((file) => !isUnit(file) && !waits.includes(file));
    const rest = inOrder(works, working);
    const mixed = inOrder(waits, waiting).flatMap((file) => [file, ...rest.splice(0, between)]);
    return [...mixed, ...rest, ...inOrder(files.filter(isUnit), working)];
  }
}

const pathOf = ({ moduleId }: TestSpecification) => relative(root, moduleId).replaceAll("\\", "/");

/** The first of the places that has the file; their number where none has it. */
function placeIn(places: string[], file: TestSpecification): number {
  const found = places.findIndex((start) => pathOf(file).startsWith(start));
  return found < 0 ? places.length : found;
}

const inOrder = (files: TestSpecification[], places: string[]) =>
  [...files].sort(
    (one, other) => placeIn(places, one) - placeIn(places, other) || (pathOf(one) < pathOf(other) ? -1 : 1),
  );
