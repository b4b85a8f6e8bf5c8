import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, test } from "vitest";
import { captureDisplays } from "../../test/support.js";
import { showPlot } from "../src/show/plot.js";
import { showProgress } from "../src/show/progress.js";
import { showTable, tableHtml } from "../src/show/table.js";

const shown = captureDisplays();
beforeEach(() => {
  shown.length = 0;
});

/** The text of a table's cells, row by row. */
const cellsOf = (html: string) =>
  html
    .split("<tr>")
    .slice(1)
    .map((row) => [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/gs)].map(([, text]) => text));

test("a table shows its columns and values, numbers to the right, and nothing for null", () => {
  showTable([
    { song: "Insomnia", length: 200.5, tags: ["a", 1], missing: null },
    { song: "", length: 3, tags: { b: 2 }, missing: undefined },
  ]);
  assert.equal(shown.length, 1);
  const html = shown[0]?.html ?? "";
  assert.deepEqual(cellsOf(html), [
    ["song", "length", "tags", "missing"],
    ["Insomnia", "200.5", "[&quot;a&quot;,1]", ""],
    ["", "3", "{&quot;b&quot;:2}", ""],
  ]);
  assert.match(html, /left[^>]*>Insomnia<.*text-align:right[^>]*>200\.5</);
});

test("a table escapes what looks like HTML in names, values and caption, also of a DataFrame", {
  tags: ["slow"],
}, () => {
  const html = tableHtml([{ "<a>": "<i>alert('x' & \"y\")</i>" }], { caption: "<h1>" });
  assert.deepEqual(cellsOf(html), [
    ["&lt;a&gt;"],
    ["&lt;i&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/i&gt;"],
  ]);
  assert.match(html, /<caption[^>]*><b>&lt;h1&gt;<\/b><\/caption>/);
  const { DataFrame } = createRequire(import.meta.url)("danfojs-node");
  const frame = new DataFrame([{ song: "<Insomnia>", plays: 2 }]);
  assert.deepEqual(cellsOf(tableHtml(frame, {})).join("; "), "song,plays; &lt;Insomnia&gt;,2");
  // An index of names is a column without a name.
  assert.deepEqual(cellsOf(tableHtml(frame.T, {})).join("; "), ",0; song,&lt;Insomnia&gt;; plays,2");
});

test("a table shows no more rows than its limit, and says how many there are", () => {
  const rows = Array.from({ length: 1240 }, (_, id) => ({ id }));
  const html = tableHtml(rows, { limit: 5 });
  assert.equal(cellsOf(html).join(), "id,0,1,2,3,4");
  assert.match(html, /<p>… 1,235 more rows<\/p>/);
  assert.equal(cellsOf(tableHtml(rows, {})).length, 11);
  assert.doesNotMatch(tableHtml(rows.slice(0, 5), { limit: 5 }), /more row/);
  assert.equal(cellsOf(tableHtml([], {})).join(), "(no rows)");
});

test("a table's measured columns are marked; what is one word has no quotes", () => {
  const html = tableHtml([{ way: "batch", ms: 1.5, at: new Date(0) }], { volatile: ["ms"] });
  assert.deepEqual(cellsOf(html)[1], [
    "batch",
    '<span class="volatile">1.5</span>',
    "1970-01-01T00:00:00.000Z",
  ]);
});

test("a plot is an SVG that draws the data", async () => {
  const values = [3, 6, 1].map((plays) => ({ genre: `Rock & ${plays}`, plays }));
  const x = { field: "genre", type: "nominal" };
  const y = { field: "plays", type: "quantitative", title: "how often" };
  await showPlot({ description: "<Genres>, how often", data: { values }, mark: "bar", encoding: { x, y } });
  assert.equal(shown.length, 1);
  const svg = shown[0]?.svg ?? "";
  assert.match(
    svg,
    /^<svg role="img" [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*><title>&lt;Genres&gt;<\/title><desc>&lt;Genres&gt;, how often<\/desc>/,
  );
  const bars = svg.matchAll(/aria-label="genre: Rock &amp; \d; how often: (\d)"[^>]* d="M[^v]*v(-?[\d.]+)/g);
  const [three, six, one] = [...bars].map(([, plays, height]) => ({
    plays,
    height: Math.abs(Number(height)),
  }));
  assert.deepEqual([three?.plays, six?.plays, one?.plays], ["3", "6", "1"]);
  assert.deepEqual([six?.height, three?.height], [(one?.height ?? 0) * 6, (one?.height ?? 0) * 3]);
});

/** What a reader sees of a bar; without what differs from run to run. */
const textOf = (html = "") =>
  html.replace(/<span class="volatile">.*?<\/span>/gs, "").replace(/<[^>]*>/g, "");

test("a progress bar fills in one place, and everything that differs from run to run is marked", async () => {
  const bar = showProgress("<Joining>");
  const at = (rows: number) => ({ rows, share: rows / 2000, retries: rows > 1500 ? 3 : 0 });
  for (let done = 1; done <= 1500; done++) bar.update(at(done));
  await sleep(150);
  bar.update(at(1600));
  bar.update(at(2000));
  bar.finish();
  const [{ displayId, update }, ...others] = shown as [(typeof shown)[0], ...typeof shown];
  assert.ok(displayId && !update);
  assert.ok(others.every((one) => one.displayId === displayId && one.update));
  assert.ok(shown.length < 100, "not one output for each of the 1502 steps");
  const start = shown[0]?.html ?? "";
  assert.equal(textOf(start), "&lt;Joining&gt;: 0 rows");
  assert.match(start, /aria-valuenow="0".*width:0\.0%/s);
  const later = shown.find(({ html }) => html.includes("1,600"))?.html ?? "";
  assert.equal(textOf(later), "&lt;Joining&gt;: 1,600 rows");
  assert.match(
    later,
    /aria-valuenow="80".*class="volatile">.*rows\/s, \d+ s left, 3 retries, [\d.]+ s\).*width:80\.0%/s,
  );
  const end = shown.at(-1)?.html ?? "";
  assert.equal(textOf(end), "&lt;Joining&gt;: 2,000 rows");
  assert.match(end, /aria-valuenow="100".*class="volatile">.*width:100\.0%/s);
});

test("two progress bars have two places", () => {
  const bars = [showProgress("One"), showProgress("Two")];
  bars[0]?.update({ rows: 12_345, share: 0 });
  for (const bar of bars) bar.finish();
  assert.equal(new Set(shown.map(({ displayId }) => displayId)).size, 2);
  assert.deepEqual(
    [textOf(shown.at(-2)?.html), textOf(shown.at(-1)?.html)],
    ["One: 12,345 rows", "Two: 0 rows"],
  );
});

test("a bar that cannot be drawn now is drawn a moment later, and the work goes on", async () => {
  const bar = showProgress("Busy");
  const jupyter = createRequire(import.meta.url)("tslab/dist/jupyter.js");
  const write = jupyter.lastWriteDisplayData;
  jupyter.lastWriteDisplayData = () => {
    throw new Error("Socket is busy writing; only one send operation may be in progress at any time");
  };
  bar.update({ rows: 700, share: 0.5 });
  bar.finish();
  jupyter.lastWriteDisplayData = write;
  await sleep(150);
  assert.equal(textOf(shown.at(-1)?.html), "Busy: 700 rows");
  assert.match(shown.at(-1)?.html ?? "", /aria-valuenow="100"/);
});
