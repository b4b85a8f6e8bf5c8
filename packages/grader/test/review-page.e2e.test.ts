// The reviewer's page in a real browser, as it lies on the disk: typed, saved, and read by the next run.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launchBrowser } from "@sparkify/notebook-runner";
import { test } from "vitest";
import { temporaryFolder, write } from "../../../test/support.js";
import { writeReports } from "../src/report/write.js";
import { gradeOf, rubric } from "./made-grade.js";

test("points and comments are typed, added up, saved, and in the grades of the next run", async (t) => {
  const out = temporaryFolder(t);
  const raw = [gradeOf("=ann, jr/a.ipynb", { described: "ask" }), gradeOf("bo.ipynb", { q1: "fail" })];
  write(join(out, "review.csv"), 'submission,item,points,comment\ngone.ipynb,q1,4,"kept, too"\n');
  writeReports(out, raw, rubric, "in a test");

  const browser = await launchBrowser(process.env);
  t.onTestFinished(() => browser.close());
  const page = await (await browser.newContext({ offline: true })).newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => problems.push(message.text()));
  await page.goto(pathToFileURL(join(out, "review.html")).href);
  assert.match(await page.locator(".sum").innerText(), /^1 items wait/);
  const sums = () => page.locator("h2 output").allInnerTexts();
  assert.deepEqual(await sums(), ["103", "93"]);

  // By keyboard alone: the button, ann's page, then the item that waits; its evidence is no field.
  await page.getByRole("button", { name: "Save" }).focus();
  const next = () => page.keyboard.press("Tab");
  await next();
  await next();
  await page.keyboard.type("9");
  assert.deepEqual(await sums(), ["112", "93"]);
  await page.keyboard.press("Backspace");
  await page.keyboard.type("2.5");
  await next();
  const comment = 'Well put; "why" is missing,\nand where.';
  await page.keyboard.type(comment);
  assert.deepEqual(await sums(), ["105.5", "93"]);
  assert.match(await page.locator(".sum").innerText(), /^0 items wait/);

  // Another one's verdict is overridden, at first with points that there are not.
  await page.locator("summary").nth(1).click();
  const q1 = page.getByRole("group", { name: rubric.find(({ id }) => id === "q1")?.title ?? "none" }).last();
  const points = q1.getByLabel("Points, 0 to 13");
  await points.fill("14");
  await page.locator("summary").nth(1).click();
  await page.getByRole("button", { name: "Save" }).click();
  assert.equal(await points.evaluate((field) => field === document.activeElement), true, "it is shown");
  await points.fill("13");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "review.csv");
  copyFileSync(await download.path(), join(out, "review.csv"));
  const saved = readFileSync(join(out, "review.csv"), "utf8");

  const [ann, bo] = writeReports(out, raw, rubric, "in a test");
  assert.deepEqual([ann?.points, bo?.points], [105.5, 106]);
  const described = ann?.items.find(({ id }) => id === "described");
  assert.deepEqual([described?.comment, described?.byReviewer], [comment, true]);
  assert.equal(readFileSync(join(out, "review.csv"), "utf8"), saved, "nothing is added to it");
  assert.match(saved, /"gone\.ipynb","q1","4","kept, too"/);

  await page.reload();
  assert.deepEqual(await sums(), ["105.5", "106"], "the next page begins with what was entered");
  assert.deepEqual(problems, []);
});
