// The walkthrough's own notebooks: short cells of the reader's own code, and enough said around them.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { test } from "vitest";
import { walkthrough } from "../../../tools/walkthrough.js";
import { type Cell, hasTag, readNotebook, runnable } from "../src/notebooks/notebook.js";

const notebooks = runnable(walkthrough.main, walkthrough).map((path) => ({
  path,
  cells: readNotebook(path).cells.filter((cell) => !hasTag(cell, "navigation")),
}));
const sourceOf = ({ source }: Cell) => source.join("");
const isCode = ({ cell_type }: Cell) => cell_type === "code";
const linesOf = (cell: Cell) =>
  sourceOf(cell)
    .split("\n")
    .filter((line) => line.trim() !== "").length;
const wordsOf = (cell: Cell) =>
  sourceOf(cell)
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length;
const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0);
const cells = notebooks.flatMap((notebook) => notebook.cells);

test("half of the code cells have at most 3 lines, nine of ten at most 8, and none over 12", () => {
  const lines = cells
    .filter(isCode)
    .map(linesOf)
    .sort((a, b) => a - b);
  assert.ok(notebooks.length === 5 && lines.length > 60);
  const [half, most] = [0.5, 0.9].map((share) => lines[Math.floor(lines.length * share)] ?? 99);
  assert.deepEqual(
    [(half as number) <= 3, (most as number) <= 8, (lines.at(-1) as number) <= 12],
    [true, true, true],
    `median ${half}, 90 % ${most}, longest ${lines.at(-1)}`,
  );
});

test("there are at least ten words of text for each line of code", () => {
  const [code, text] = [
    sum(cells.filter(isCode).map(linesOf)),
    sum(cells.filter((it) => !isCode(it)).map(wordsOf)),
  ];
  assert.ok(text >= 10 * code, `${text} words for ${code} lines`);
});

test("a notebook imports in its first code cell only, and each module once", () => {
  for (const { path, cells } of notebooks) {
    const [first = "", ...others] = cells.filter(isCode).map(sourceOf);
    const modules = [...first.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name);
    assert.equal(
      modules.length,
      first.split("\n").length,
      `${path}: a line for each module, and nothing else`,
    );
    assert.equal(new Set(modules).size, modules.length, path);
    for (const source of others) assert.doesNotMatch(source, /^import |\brequire\(|\bimport\(/m, path);
  }
});

test("what a cell shows is read by the text after it", () => {
  for (const { path, cells } of notebooks)
    for (const [index, cell] of cells.entries())
      if (isCode(cell) && (cell.outputs ?? []).length > 0)
        assert.equal(cells[index + 1]?.cell_type, "markdown", `${path}, ${cell.id}`);
});

test("no cell dumps an object of the driver", () => {
  for (const { path, cells } of notebooks)
    for (const { id, outputs = [] } of cells)
      assert.doesNotMatch(JSON.stringify(outputs), /\bResultSet(Group)? \{|Client \{/, `${path}, ${id}`);
});

test("every picture has a text, and is there", () => {
  const drawn = cells
    .flatMap(({ outputs = [] }) => outputs.map(({ data }) => data?.["image/svg+xml"]))
    .filter((svg) => svg !== undefined)
    .map((svg) => [svg].flat().join(""));
  assert.ok(drawn.length >= 4);
  for (const svg of drawn)
    assert.match(svg, /^<svg [^>]*role="img"[^>]*><title>[^<]{10,}<\/title><desc>[^<]{20,}<\/desc>/);
  for (const { path, cells } of notebooks)
    for (const [, text = "", file = ""] of cells
      .map(sourceOf)
      .join("\n")
      .matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)) {
      assert.ok(text.length > 20, `${path}: ${file} has no text`);
      assert.ok(existsSync(resolve(dirname(path), file)), `${path}: ${file}`);
    }
});

test("text that was encoded too often is a choice of one notebook: the others read it from the CSV", () => {
  const choosing = notebooks.filter(({ cells }) =>
    cells.some((cell) => isCode(cell) && /\brepair = /.test(sourceOf(cell))),
  );
  assert.deepEqual(
    choosing.map(({ path }) => path),
    [join(walkthrough.main, "02-denormalize-csv.ipynb")],
  );
  for (const { path, cells } of notebooks)
    assert.ok(
      !cells.some((cell) => isCode(cell) && /\breadRawPlays\b/.test(sourceOf(cell))),
      `${path} reads the raw logs whatever the CSV says: rawPlaysAsIn`,
    );
});
