import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { showPlot, showSvg, tableHtml, volatileHtml } from "@sparkify/lib";
import { committable } from "../../tools/notebooks/outputs.js";
import { newFolder } from "../command.js";
import { captureDisplays } from "../lib/support.js";

/** The outputs as they are committed, of a notebook with one cell. */
function committed(...outputs: object[]): Record<string, string[]>[] {
  const file = join(newFolder("outputs"), "executed.ipynb");
  const data = outputs.map((one) => ({ output_type: "display_data", metadata: {}, data: one }));
  writeFileSync(
    file,
    JSON.stringify({ cells: [{ cell_type: "code", source: [], outputs: data }], metadata: {} }),
  );
  const { cells } = JSON.parse(committable(file));
  return cells[0].outputs.map((output: { data: object }) => output.data);
}

test("times are left out, or replaced by what is said in their place", () => {
  const html = `<p>6,820 rows${volatileHtml(" (0.8 s)")}</p>\n<p>${volatileHtml("12 ms", "some <ms>")}</p>`;
  assert.deepEqual(committed({ "text/html": html }), [
    { "text/html": ["<p>6,820 rows</p>\n", "<p>some &lt;ms&gt;</p>"] },
  ]);
});

test("a table's volatile columns differ in no two saved notebooks", () => {
  const table = (ms: number) => tableHtml([{ way: "filtering", ms }], { volatile: ["ms"] });
  const [[one], [other]] = [committed({ "text/html": table(12.3) }), committed({ "text/html": table(45.6) })];
  assert.deepEqual(one, other);
  assert.match(String(one?.["text/html"]), />filtering<.*>…</s);
});

test("a picture that differs from run to run is replaced by what the reader will see; others stay", async () => {
  const shown = captureDisplays();
  await showPlot({ data: { values: [{ a: 1 }] }, mark: "point" }, { volatile: "A plot of <times>." });
  showSvg('<svg xmlns="http://www.w3.org/2000/svg"><text>stays</text></svg>');
  const [plot, picture] = shown.map(({ svg }) => ({ "image/svg+xml": svg }));
  assert.match(plot?.["image/svg+xml"] ?? "", /^<svg data-saved="A plot of &lt;times&gt;\." /);
  assert.deepEqual(committed(plot as object, picture as object), [
    { "text/html": ["<p><i>A plot of &lt;times&gt;.</i></p>"] },
    picture,
  ]);
});
