// What kernels keep of cells, with a compiler that is none: it reads one file, and counts how often it is asked.

import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";

const kernel = join(import.meta.dirname, "..", "kernel");
const { AskedFiles } = createRequire(import.meta.url)(join(kernel, "asked-files.cjs"));
const { keepingCells } = createRequire(import.meta.url)(join(kernel, "kept-cells.cjs"));

interface Made {
  output: string;
  diagnostics: unknown[];
  sideOutputs?: unknown[];
}

/** A place with kernels. */
function newPlace() {
  const place = newFolder("kept-cells");
  const folder = join(place, "cells");
  const types = join(place, "types");
  writeFileSync(types, "one");
  /** A kernel in it, and what it asks of its compiler. */
  const newKernel = ({ isRunners = true, isBrowser = false } = {}) => {
    const asked = new AskedFiles();
    const calls: string[] = [];
    const system = asked.noteWhatIsAskedOf({ readFile: (path: string) => readFileSync(path, "utf8") });
    const createConverter = () => {
      calls.push("created");
      return {
        close: () => calls.push("closed"),
        convert(declared: string, source: string): Made {
          calls.push(source);
          const made = { output: `${declared} ${source} ${system.readFile(types)}`, diagnostics: [] };
          if (source === "wrong") return { ...made, diagnostics: [{}] };
          return source === "with a file" ? { ...made, sideOutputs: [{}] } : made;
        },
        addModule: (name: string) => calls.push(`module ${name}`),
        inspect: (_declared: string, source: string) => calls.push(`inspected ${source}`),
        complete: (_declared: string, source: string) => calls.push(`completed ${source}`),
      };
    };
    const made = keepingCells(createConverter, { folder, cwd: place, asked, isRunners })({
      isJS: false,
      isBrowser,
    });
    return { ...made, calls, outputOf: (source: string): string => made.convert("declared", source).output };
  };
  return { folder, types, newKernel };
}

test("a kept cell needs no compiler, and another one, or the same after other declarations, does", () => {
  const { newKernel } = newPlace();
  assert.equal(newKernel().outputOf("a"), "declared a one");
  const { calls, convert, close } = newKernel();
  assert.equal(convert("declared", "a").output, "declared a one");
  close();
  assert.deepEqual(calls, []);
  assert.equal(convert("declared", "b").output, "declared b one");
  assert.equal(convert("others", "a").output, "others a one");
  close();
  assert.deepEqual(calls, ["created", "b", "a", "closed"]);
});

test("a cell is compiled anew when a file has changed, between kernels or in one, and the new one is kept", () => {
  const { types, newKernel } = newPlace();
  newKernel().outputOf("a");
  const { calls, outputOf } = newKernel();
  assert.equal(outputOf("a"), "declared a one");
  writeFileSync(types, "two");
  assert.equal(outputOf("a"), "declared a two");
  assert.deepEqual(calls, ["created", "a"]);
  const later = newKernel();
  assert.equal(later.outputOf("a"), "declared a two");
  assert.deepEqual(later.calls, []);
});

test("a cell that is wrong is compiled, and told, each time", () => {
  const { newKernel } = newPlace();
  for (let time = 0; time < 2; time++) {
    const { calls, convert } = newKernel();
    assert.equal(convert("", "wrong").diagnostics.length, 1);
    assert.deepEqual(calls, ["created", "wrong"]);
  }
});

test("nothing is kept, or taken, once a kernel has modules of its own", () => {
  const { folder, newKernel } = newPlace();
  newKernel().outputOf("kept");
  const files = readdirSync(folder);
  for (const begin of [
    ({ addModule }: ReturnType<typeof newKernel>) => addModule("helper"),
    ({ convert }: ReturnType<typeof newKernel>) => convert("", "with a file"),
  ]) {
    const own = newKernel();
    begin(own);
    for (const source of ["kept", "new"]) own.outputOf(source);
    assert.deepEqual(own.calls.slice(-2), ["kept", "new"]);
  }
  assert.deepEqual(readdirSync(folder), files);
});

test("cells for a browser are not kept", () => {
  const { folder, newKernel } = newPlace();
  assert.equal(newKernel({ isBrowser: true }).outputOf("a"), "declared a one");
  assert.equal(existsSync(folder), false);
});

test("the runner's question prepares a first cell that was not kept; other kernels answer what a reader asks", () => {
  const { newKernel } = newPlace();
  const first = newKernel();
  first.inspect("declared", "a", 0);
  assert.deepEqual(first.calls, ["created", "inspected a\n;"], "tslab takes no code twice for a change");
  first.outputOf("a");
  const second = newKernel();
  second.inspect("declared", "a", 0);
  assert.deepEqual(second.calls, []);
  const readers = newKernel({ isRunners: false });
  readers.inspect("declared", "a", 0);
  readers.complete("declared", "a", 0);
  assert.deepEqual(readers.calls, ["created", "inspected a", "completed a"]);
});

test("damaged files are written anew, and a folder that cannot be written costs nothing but time", () => {
  const { folder, newKernel } = newPlace();
  newKernel().outputOf("a");
  for (const text of ["", "{", "null", "{}", "[]", '{"list":"none"}']) {
    for (const name of readdirSync(folder)) writeFileSync(join(folder, name), text);
    assert.equal(newKernel().outputOf("a"), "declared a one", text);
    const { calls, outputOf } = newKernel();
    assert.equal(outputOf("a"), "declared a one");
    assert.deepEqual(calls, [], `found again after ${text}`);
  }
  const other = newPlace();
  writeFileSync(other.folder, "no folder");
  for (let time = 0; time < 2; time++) assert.equal(other.newKernel().outputOf("a"), "declared a one");
});

test("what is kept does not grow without an end", () => {
  const { folder, newKernel } = newPlace();
  mkdirSync(folder);
  for (let file = 0; file < 1200; file++) writeFileSync(join(folder, `${file}.json`), "");
  newKernel().outputOf("a");
  const left = readdirSync(folder);
  assert.ok(left.length >= 600 && left.length <= 602, String(left.length));
  const { calls, outputOf } = newKernel();
  outputOf("a");
  assert.deepEqual(calls, []);
});
