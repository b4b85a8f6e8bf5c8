// The learner's copies are those that the script derives, and run as they are; the solutions earn every point.

import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { workDirectory } from "@sparkify/lib";
import { exercisesFolder } from "../../tools/exercises/command.js";
import { derive, solutionsOf, textsIn } from "../../tools/exercises/derive.js";
import { type Notebook, readNotebook } from "../../tools/notebooks/navigation.js";
import { executeNotebooks } from "../../tools/run/execute.js";
import { isSoak, newFolder } from "../command.js";

const solutionsFolder = join(exercisesFolder, "solutions");
const names = readdirSync(solutionsFolder).filter((name) => name.endsWith(".ipynb"));

test("every learner's copy is what the script derives from the solutions, and holds none of them", () => {
  assert.deepEqual(
    readdirSync(exercisesFolder).filter((name) => name.endsWith(".ipynb")),
    names,
  );
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

/** Runs notebooks one after another. @returns what the last table of points says */
async function points(paths: string[]): Promise<string> {
  const out = newFolder("exercises");
  const results = await executeNotebooks(paths, { out, cellTimeout: 120 });
  assert.deepEqual(
    results.map(({ ok, failure }) => [ok, failure]),
    paths.map(() => [true, undefined]),
  );
  const text = JSON.stringify(readNotebook(join(out, basename(paths.at(-1) ?? ""))));
  return text.match(/<b>(\d+ of \d+) points<\/b>/)?.[1] ?? "";
}

// test/lib/exercises.test.ts checks the solutions of all three; one is enough to see that its cells run. Of the learner's
// copies the last one sums up the points.
test("a notebook of solutions earns its points; the learner's copies run to their end with nothing solved", async () => {
  const copies = isSoak ? names : names.slice(-1);
  rmSync(join(workDirectory, "out", "exercises.json"), { force: true });
  assert.equal(await points([join(solutionsFolder, "3-growth-and-aggregates.ipynb")]), "12 of 25");
  assert.equal(await points(copies.map((name) => join(exercisesFolder, name))), "0 of 25");
});
