// Pages that commands write, and what cells show, for who cannot see them or uses no mouse. The pages of models are looked at
// where they are written: packages/modeller/test.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeHtml, page, wide } from "@sparkify/base/page";
import { projectRoot } from "@sparkify/lib";
import { type Verdict, verdictType } from "@sparkify/lib/show";
import { readNotebook } from "@sparkify/notebook-runner";
import { expect, test } from "vitest";
import { resultsPage } from "../packages/bench/src/report/page.js";
import { summarize } from "../packages/bench/src/report/results.js";
import type { Grade } from "../packages/grader/src/grade.js";
import { writeReports } from "../packages/grader/src/report/write.js";
import { readRubric } from "../packages/grader/src/rubric.js";
import { makeReport } from "../packages/notebook-runner/src/run/report.js";
import { writeReport } from "../packages/notebook-runner/src/run/report-page.js";
import { assertAccessible, barriersIn } from "./accessible.js";
import { isSoak } from "./command.js";

const notebooks = readdirSync(join(projectRoot, "notebooks"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ipynb") && !name.includes("checkpoint"))
  .map((name) => ({
    name,
    shown: readNotebook(join(projectRoot, "notebooks", name)).cells.flatMap(({ outputs = [] }) =>
      outputs.flatMap(({ data }) => (data ? [data] : [])),
    ),
  }));

// Of the labs in `npm run soak`: they take four times as long.
test("what cells show has no barrier", async () => {
  const text = (content: unknown) => [content].flat().join("");
  const pages = notebooks.flatMap(({ name, shown }) => {
    if (!isSoak && name.startsWith("labs")) return [];
    const parts = shown.flatMap((data) => data["text/html"] ?? data["image/svg+xml"] ?? []);
    const body = [`<h1>${escapeHtml(name)}</h1>`, ...parts.map((part) => wide(text(part), "Output"))];
    return parts.length > 0
      ? [
          [
            name,
            page({ title: name, body: body.join("\n"), style: "svg { max-width: 100%; height: auto; }" }),
          ],
        ]
      : [];
  });
  assert.ok(pages.length >= (isSoak ? 10 : 5));
  await assertAccessible(Object.fromEntries(pages));
});

test("the report of a run has none, right or wrong", async () => {
  const verdicts = notebooks
    .filter(({ name }) => /^0[1-5]/.test(name))
    .flatMap(({ shown }) => shown.flatMap((data) => (data[verdictType] ?? []) as Verdict[]));
  assert.ok(verdicts.length > 10);
  const facts = {
    seconds: 12,
    cassandra: { version: "5.0.8", contactPoints: ["127.0.0.1:9042"], nodes: 1 },
    eventDirectory: "event_data",
    model: null,
  };
  const ran = { name: "01-discover-files", ok: true, seconds: 3 };
  const failure = { kind: "error", cell: 2, source: "x.y", error: "TypeError: x is\nnot there" } as const;
  const reports = {
    right: makeReport({ ...facts, notebooks: [ran] }, verdicts),
    wrong: makeReport(
      { ...facts, notebooks: [{ ...ran, ok: false, failure }] },
      verdicts.map((verdict) => ({ ...verdict, ok: false })),
    ),
  };
  assert.deepEqual([reports.right.ok, reports.wrong.ok], [true, false]);
  const written = Object.entries(reports).map(([name, report]) => {
    const out = mkdtempSync(join(tmpdir(), "sparkify-test-"));
    writeReport(report, out);
    return [name, readFileSync(join(out, "report.html"), "utf8")];
  });
  await assertAccessible(Object.fromEntries(written));
});

test("the pages of grades have none", async () => {
  const row = { artist: "Faithless", song: "Music Matters", length: 495.3073 };
  const verdicts = ["pass", "partial", "fail", "ask"] as const;
  const rubric = readRubric().slice(0, verdicts.length);
  const grade: Grade = {
    submission: "ann.ipynb",
    graded: true,
    points: 40,
    maxPoints: 100,
    seconds: 20,
    failed: "Cell 7 failed",
    passedOver: ["ann-copy.ipynb"],
    items: verdicts.map((verdict, index) => ({
      id: rubric[index]?.id as string,
      title: `The item ${verdict}`,
      verdict,
      points: 1,
      maxPoints: 2,
      evidence: "seen\nin two lines",
      hint: "Think again.",
      comment: "Well done.",
      details: [
        { title: "The code", text: `${"a long line of code ".repeat(20)}\n`.repeat(40) },
        { title: "Rows", rows: [row] },
        { title: "Both", got: [row], expected: [{ ...row, length: 1 }] },
      ],
    })),
    notes: [{ title: "Cell 7", text: "TypeError: x is not there" }],
  };
  const out = mkdtempSync(join(tmpdir(), "sparkify-test-"));
  const not = {
    ...grade,
    submission: "bo.ipynb",
    graded: false,
    error: "No notebook.",
    items: [],
    notes: [],
  };
  writeReports(out, [grade, not], rubric, "On this machine.");
  const names = [
    "index.html",
    "review.html",
    ...readdirSync(join(out, "reports")).map((name) => join("reports", name)),
  ];
  assert.equal(names.length, 4);
  await assertAccessible(
    Object.fromEntries(names.map((name) => [name, readFileSync(join(out, name), "utf8")])),
  );
});

test("the page of the benchmark has none", async () => {
  const run = (seconds: number, ok = true) => ({
    round: 0,
    seconds,
    ok,
    cpuSeconds: seconds,
    cassandraCpuSeconds: seconds,
    peakRssMb: 100,
    ...(ok ? {} : { fault: "lost 1 row" }),
  });
  const result = (job: string, contender: string, seconds: number, ok = true) =>
    summarize(job, contender, 1_000_000, [run(seconds, ok)]);
  const latency = {
    rows: 1_000_000,
    question: "question 1",
    underLoad: true,
    questionsPerSecond: 60,
    count: 20,
    p50Ms: 1,
    p99Ms: 4,
    p999Ms: 9,
    maxMs: 9,
    ok: true,
  };
  const machine = {
    date: "2026-01-01",
    system: "Linux",
    processor: "one",
    cores: 2,
    memoryGb: 8,
    loadBefore: 0.1,
    versions: { Node: "20" },
    cassandra: "5.0.8",
  };
  const results = [
    result("load", "sparkify", 10),
    result("load", "dsbulk", 30),
    result("load", "cqlsh-copy", 9, false),
    result("denormalize", "sparkify", 4),
  ];
  await assertAccessible({
    results: await resultsPage({ results, latencies: [latency] as never, machine: machine as never }),
  });
});

test("barriers are found", async () => {
  const body = `<h1>Faults</h1>
    <svg width="9" height="9" viewBox="0 0 9 9"><title>A dot</title><circle r="4"/></svg>
    <table><thead><tr><th></th><th>x</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>
    <p style="color:#999">too pale</p><h3>a step left out</h3><div style="width:2000px">wide</div>
    <div style="overflow:auto;height:20px"><p>One</p><p>Two</p><p>Three</p></div>`;
  const bare = "<!doctype html><html><body><p>text</p><a href='#x'>more</a></body></html>";
  const found = (await barriersIn({ faults: page({ title: "Faults", body }), bare })).join("\n");
  for (const expected of [
    /faults, light: a drawing without title and description/,
    /faults, light: empty-table-header/,
    /faults, light: color-contrast/,
    /faults, light: heading-order/,
    /faults, light: scrollable-region-focusable/,
    /faults, dark: the page is \d+ pixels wider/,
    /bare, dark: document-title/,
    /bare, dark: html-has-lang/,
    /bare, dark: landmark-one-main/,
    /bare, dark: region/,
  ])
    expect(found).toMatch(expected);
});
