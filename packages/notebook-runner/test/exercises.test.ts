// The learner's copies are those that the script derives, and run as they are; the solutions earn every point.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "vitest";
import { walkthrough } from "../../../tools/walkthrough.js";
import { derive, solutionsOf, textsIn } from "../src/notebooks/derive.js";
import { type Notebook, notebooksIn, readNotebook } from "../src/notebooks/notebook.js";

const { exercises: exercisesFolder, solutions: solutionsFolder } = walkthrough;
const names = notebooksIn(solutionsFolder);

test("every learner's copy is what the script derives from the solutions, and holds none of them", () => {
  assert.deepEqual(notebooksIn(exercisesFolder), names);
  for (const name of names) {
    const solutions = readNotebook(join(solutionsFolder, name));
    const copy = readNotebook(join(exercisesFolder, name));
    assert.equal(derive(solutions, copy), copy, `npm run exercises derives ${name} anew`);
    const text = JSON.stringify(copy.cells);
    assert.doesNotMatch(text, /CREATE TABLE exercises|PRIMARY KEY/);
    const tagged = solutionsOf(solutions);
    for (const { cell_type, source } of tagged.filter((cell) => cell.cell_type === "markdown"))
      assert.ok(!text.includes(JSON.stringify(source.join("")).slice(1, -1)), `${cell_type}: ${source}`);
    const empty = copy.cells.flatMap((cell) => [...textsIn(cell)]);
    assert.deepEqual(
      empty.map(([variable, value]) => [variable, value.trim()]),
      tagged.flatMap((cell) => [...textsIn(cell).keys()]).map((variable) => [variable, ""]),
    );
  }
});

test("a change of the solutions' notebook changes the copy, which keeps its navigation", () => {
  const name = names[0] ?? "";
  const solutions = readNotebook(join(solutionsFolder, name));
  const copy = readNotebook(join(exercisesFolder, name));
  const changed: Notebook = {
    ...solutions,
    cells: solutions.cells.map((cell) => (cell.cell_type === "code" ? cell : { ...cell, source: ["new"] })),
  };
  const derived = derive(changed, copy);
  assert.notEqual(derived, copy);
  assert.deepEqual(derived.cells[0], copy.cells[0]);
  assert.deepEqual(derived.cells.at(-1), copy.cells.at(-1));
  assert.deepEqual(derived.cells[1]?.source, ["new"]);
});
