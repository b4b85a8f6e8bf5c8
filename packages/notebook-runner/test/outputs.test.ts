import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { showPlot } from "@sparkify/lib";
import { showSvg, tableHtml, volatileHtml } from "@sparkify/lib/show";
import { test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { captureDisplays } from "../../../test/support.js";
import { lastingText } from "../src/notebooks/outputs.js";

/** What lasts of a notebook with one cell. */
function lastingOf(...outputs: object[]): string {
  const file = join(newFolder("outputs"), "executed.ipynb");
  const data = outputs.map((one) => ({ output_type: "display_data", metadata: {}, data: one }));
  writeFileSync(
    file,
    JSON.stringify({ cells: [{ cell_type: "code", source: [], outputs: data }], metadata: {} }),
  );
  return lastingText(file);
}

test("runs that differ in marked times say the same, others do not", () => {
  const output = (rows: string, time: string) => ({
    "text/html": `<p>${rows} rows${volatileHtml(time)}</p>`.split(/(?<=r)/),
  });
  assert.equal(lastingOf(output("6,820", "0.8 s")), lastingOf(output("6,820", "1.2 <s>")));
  assert.notEqual(lastingOf(output("6,820", "0.8 s")), lastingOf(output("6,821", "0.8 s")));
  const table = (way: string, ms: number) => ({
    "text/html": tableHtml([{ way, ms }], { volatile: ["ms"] }),
  });
  assert.equal(lastingOf(table("batch", 12.3)), lastingOf(table("batch", 45.6)));
  assert.notEqual(lastingOf(table("batch", 12.3)), lastingOf(table("single", 12.3)));
});

test("a picture of times may differ, others may not", async () => {
  const shown = captureDisplays();
  const values = (a: number) => ({
    data: { values: [{ a }] },
    mark: "point",
    encoding: { x: { field: "a" } },
  });
  for (const a of [1, 2]) await showPlot(values(a), { volatile: true });
  for (const a of [1, 2]) showSvg(`<svg xmlns="http://www.w3.org/2000/svg"><text>${a}</text></svg>`);
  const [once, again, one, other] = shown.map(({ svg }) => ({ "image/svg+xml": svg })) as [
    object,
    object,
    object,
    object,
  ];
  assert.notDeepEqual(once, again);
  assert.equal(lastingOf(once), lastingOf(again));
  assert.notEqual(lastingOf(one), lastingOf(other));
  assert.notEqual(lastingOf(once), lastingOf(once, one));
});
