// The notebooks as a reader sees them: JupyterLab in a real Chromium.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import {
  followLink,
  notebook,
  type OpenLab,
  openLab,
  runAllCells,
  startAllCells,
} from "@sparkify/notebook-runner";
import { afterAll, beforeAll, test } from "vitest";
import { walkthrough } from "../../tools/walkthrough.js";
import { isSoak, longForm, writeNotebook } from "../command.js";
import { testUnless } from "../unless.js";

const screenshots = join(projectRoot, "build", "screenshots");
let lab: OpenLab;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  lab = await openLab({ walkthrough, env: process.env });
});
afterAll(async () => {
  await lab?.close();
});

/** Everything that the cells show. */
async function outputs(): Promise<{ html: string; text: string }> {
  const areas = await notebook(lab.page).locator(".jp-OutputArea-output").all();
  const seen = await Promise.all(
    areas.map(async (area) => ({ html: await area.innerHTML(), text: await area.innerText() })),
  );
  return { html: seen.map(({ html }) => html).join("\n"), text: seen.map(({ text }) => text).join("\n") };
}

/** In `npm run soak` runs all cells. Else they show what they were saved with, which test/main-job.e2e.test.ts compares with a run. */
async function runOrShow(): Promise<void> {
  if (isSoak) return runAllCells(lab.page);
  await lab.page.setViewportSize({ width: 1280, height: 20_000 }); // JupyterLab draws what is in the window
  await lab.page.waitForTimeout(1000); // pictures
}

/** For people to look at, in `npm run soak`: one of a page this long takes seconds, and nothing is asked of it. */
async function screenshot(name: string): Promise<void> {
  if (isSoak) await lab.page.screenshot({ path: join(screenshots, `${name}.png`) });
}

test("the contents page shows the overview picture and the words", async () => {
  const picture = notebook(lab.page).getByRole("img", { name: "From daily logs to one table per question" });
  await picture.waitFor();
  assert.ok(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth > 300));
  assert.match(await notebook(lab.page).innerText(), /Partition key/);
  await screenshot("00-contents");
});

test("01: tables and the plot of events per day", async () => {
  await followLink(lab.page, "01-discover-files", "1. Discover the files");
  await runOrShow();
  const { html, text } = await outputs();
  assert.match(text, /8056 events/);
  assert.match(text, /NextSong\s+6820/);
  assert.match(html, /<img[^>]+src="data:image\/svg|<svg/, "the plot");
  await screenshot("01-discover-files");
});

test("02: what is kept and dropped", async () => {
  await followLink(lab.page, "02-denormalize-csv →", "2. Denormalize: many files, one CSV");
  await runOrShow();
  const { html, text } = await outputs();
  assert.match(html, /role="progressbar" aria-label="[^"]+" aria-valuenow="100"/);
  assert.match(text, /8056 rows = 6820 kept \+ 1236 dropped \+ 0 rejected/);
  await screenshot("02-denormalize-csv");
});

test("03: the diagrams of the three tables", async () => {
  await followLink(lab.page, "03-create-tables →", "3. Create the tables: one per question");
  await runOrShow();
  const { html, text } = await outputs();
  assert.ok((html.match(/data:image\/svg|<svg/g) ?? []).length >= 3);
  assert.match(text, /Cannot execute this query as it might involve data filtering/);
  await screenshot("03-create-tables");
});

test("04: the progress bar, full, and the report of the load", async () => {
  await followLink(lab.page, "04-insert-rows →", "4. Insert the rows");
  await runOrShow();
  const { html, text } = await outputs();
  assert.match(html, /role="progressbar" aria-label="[^"]+" aria-valuenow="100"/);
  assert.match(text, /Loading: 6,820 rows \([\d,]+ rows\/s/);
  assert.match(text, /rows written\s+sparkify\.song_by_session_item\s+6820\s/);
  assert.match(text, /question 3's table holds every listener of every song once/);
  await screenshot("04-insert-rows");
});

test("05: the three answers and their checks", async () => {
  await followLink(lab.page, "05-verify-queries →", "5. Verify: ask the questions, check the answers");
  await runOrShow();
  const { text } = await outputs();
  for (const expected of [
    /Faithless\s+Music Matters \(Mark Knight Dub\)\s+495\.3073/,
    /Sebastien Tellier\s+Kilometer/,
  ]) {
    assert.match(text, expected);
  }
  assert.match(text, /29\s+Jacqueline\s+Lynch\s+80\s+Tegan\s+Levine\s+95\s+Sara\s+Johnson/);
  assert.match(text, /✔ users_by_song: 6,624 rows, every value as in the raw logs/);
  assert.doesNotMatch(text, /✘/);
  await screenshot("05-verify-queries");
});

test("printed, no line is cut, and every picture has its text", async () => {
  const sheet = { viewport: { width: 698, height: 1000 } }; // A4 without its margins
  const page = (await lab.page.context().browser()?.newPage(sheet)) ?? assert.fail();
  const [server = ""] = lab.address("").split("lab/tree");
  await page.route(
    (url) => !url.href.startsWith(server) && url.protocol !== "data:",
    (route) => route.abort(),
  );
  await page.emulateMedia({ media: "print" });
  const wide: string[] = [];
  for (const path of ["02-denormalize-csv.ipynb", "03-create-tables.ipynb", "labs/1-wrong-keys.ipynb"]) {
    const address = lab.address(`notebooks/${path}`).replace("lab/tree", "nbconvert/html");
    await page.goto(address, { waitUntil: "domcontentloaded" });
    const parts = page.locator("pre, table, img");
    assert.ok((await parts.count()) > 10, path);
    wide.push(
      ...(await parts.evaluateAll(partsThatAreCut)),
      ...(await page.locator("img").evaluateAll(withoutText)),
    );
  }
  assert.deepEqual(wide, []);
  await page.close();
});

/** What ends beyond the sheet, or beyond what hides the rest of it. */
function partsThatAreCut(parts: Element[]): string[] {
  return parts
    .filter(
      (part) => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > innerWidth,
    )
    .map((part) => part.outerHTML.slice(0, 200));
}

const withoutText = (pictures: Element[]) =>
  pictures
    .filter((one) => (one.getAttribute("alt") ?? "").length < 20)
    .map((one) => one.outerHTML.slice(0, 100));

test("an error in a cell is shown below it, in words", async () => {
  const page = lab.page;
  writeNotebook(join(lab.folder, "notebooks"), "provoke", [
    'import { findEventFiles } from "@sparkify/loader";',
    'findEventFiles("no-such-folder");',
    "const notReached = 1;",
  ]);
  await page.goto(lab.address("notebooks/provoke.ipynb"));
  await notebook(page).getByText("no-such-folder").first().waitFor();
  await startAllCells(page);
  const error = notebook(page).locator(".jp-OutputArea-output", { hasText: "no-such-folder does not exist" });
  await error.waitFor({ timeout: 60_000 });
  assert.match(
    await error.innerText(),
    /SparkifyError: The event directory .*no-such-folder does not exist\.\nPut the daily CSV logs there/,
  );
  await screenshot("error");
});

for (const folder of ["labs", "exercises"]) {
  const names = readdirSync(join(projectRoot, "notebooks", folder)).filter((name) => name.endsWith(".ipynb"));
  for (const name of names) {
    testUnless(longForm)(`${folder}/${name} shows its story, and pictures that fit`, async () => {
      const { page } = lab;
      await page.setViewportSize({ width: 1280, height: 8000 }); // JupyterLab draws what is in the window
      await page.goto(lab.address(`notebooks/${folder}/${name}`));
      await notebook(page).locator("h1").first().waitFor();
      await notebook(page).getByRole("link", { name: "contents" }).first().waitFor();
      await page.waitForTimeout(1000); // pictures
      const widths = await notebook(page)
        .locator(".jp-OutputArea-output svg, .jp-OutputArea-output img")
        .evaluateAll((pictures) =>
          pictures.map((picture) => [
            picture.getBoundingClientRect().width,
            picture.parentElement?.getBoundingClientRect().width ?? 0,
          ]),
        );
      // The exercises have none before they are solved.
      if (folder === "labs") assert.ok(widths.length >= 1, "a lab has a picture");
      for (const [width = 0, room = 0] of widths)
        assert.ok(width > 100 && width <= room, `a picture ${width} pixels wide, with room for ${room}`);
      await screenshot(`${folder}-${basename(name, ".ipynb")}`);
    });
  }
}
