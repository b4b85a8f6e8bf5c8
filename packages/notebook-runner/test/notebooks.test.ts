// The notebooks as files: formatted cells that are short, and no trace of the machine they were run on.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir, hostname } from "node:os";
import { join, relative } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { newFolder, runProgram } from "../../../test/command.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import { foldersOf, notebooksIn, readNotebook } from "../src/notebooks/notebook.js";

const paths = foldersOf(walkthrough).flatMap((folder) =>
  notebooksIn(folder).map((name) => join(folder, name)),
);
const codeCells = paths.flatMap((path) =>
  readNotebook(path)
    .cells.filter((cell) => cell.cell_type === "code")
    .map((cell) => ({ path, id: cell.id, source: cell.source.join("") })),
);

test("the code of every cell is formatted as the formatter would", async () => {
  const cells = newFolder("cells");
  mkdirSync(cells, { recursive: true });
  writeFileSync(
    join(cells, "biome.json"),
    '{ "root": true, "formatter": { "indentStyle": "space", "lineWidth": 100 } }\n',
  );
  for (const { path, id, source } of codeCells) {
    const name = relative(projectRoot, path)
      .replace(/\.ipynb$/, "")
      .replaceAll(/[^\w-]/g, "-");
    writeFileSync(join(cells, `${name}-${id}.ts`), `${source}\n`);
  }
  const biome = join(projectRoot, "node_modules", "@biomejs", "biome", "bin", "biome");
  const { code, output } = await runProgram(process.execPath, [biome, "format", "."], {}, cells);
  assert.equal(code, 0, output);
});

test("a cell shows one idea: at most 25 lines, and half of the cells at most 5", () => {
  const lines = codeCells.map(({ source }) => source.split("\n").length).sort((a, b) => a - b);
  assert.ok(codeCells.length > 40);
  assert.ok(
    (lines[Math.floor(lines.length / 2)] ?? 99) <= 5,
    `median ${lines[Math.floor(lines.length / 2)]}`,
  );
  assert.ok((lines.at(-1) ?? 99) <= 25, `longest ${lines.at(-1)}`);
});

test("nothing in a notebook tells where it was run", () => {
  for (const path of paths) {
    const text = readFileSync(path, "utf8");
    for (const trace of [projectRoot, homedir(), hostname()]) {
      if (trace.length > 4) assert.ok(!text.includes(trace), `${path} holds ${trace}`);
    }
  }
});
