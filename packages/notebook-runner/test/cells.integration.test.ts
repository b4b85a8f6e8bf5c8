// The cells of all notebooks against the types of what they call: what was renamed or removed shows in seconds, also in the
// labs, of which only `npm run soak` runs all.

import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { test } from "vitest";
import { runProgram } from "../../../test/command.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import { foldersOf, notebooksIn, readNotebook } from "../src/notebooks/notebook.js";

test("the cells of every notebook fit what they call", async (t) => {
  const folder = join(projectRoot, "build", "cells"); // below the project, where its packages are found
  t.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const from of foldersOf(walkthrough))
    for (const name of notebooksIn(from)) {
      const cells = readNotebook(join(from, name)).cells.filter((cell) => cell.cell_type === "code");
      const code = cells.map((cell, index) => `// code cell ${index + 1}\n${cell.source.join("")}\n`);
      const solutions = from === walkthrough.solutions ? "solutions-" : "";
      writeFileSync(join(folder, `${solutions}${name}.ts`), [...code, "export {};\n"].join("\n"));
    }
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    types: ["node"],
    strict: false, // as in the kernel
    noEmit: true,
    skipLibCheck: true,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  const tsc = join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const { code, output } = await runProgram(process.execPath, [tsc, "-p", folder]);
  assert.equal(code, 0, output);
});
