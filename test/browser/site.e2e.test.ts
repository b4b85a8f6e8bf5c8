// The site as a visitor sees it: built from nothing, opened as files, every page, on a phone and on a desk, light and dark.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { launchBrowser } from "@sparkify/notebook-runner";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { violationsOn } from "../accessible.js";
import { isSoak, runCommand } from "../command.js";

const site = join(workDirectory, "out", "site");
let browser: Browser;
let page: Page;
/** What the pages that were visited complained of, or asked of a network. */
const complaints: string[] = [];

beforeAll(async () => {
  const { code, output } = await runCommand(["site"]);
  assert.equal(code, 0, output);
  assert.match(output, /The site: .*out.site.index\.html/);
  browser = await launchBrowser(process.env);
  page = await browser.newPage();
  const complain = (text: string) => complaints.push(`${relative(site, fileURLToPath(page.url()))}: ${text}`);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complain(message.text());
  });
  page.on("pageerror", (error) => complain(error.message));
  page.on("requestfailed", (request) => complain(`not loaded: ${request.url()}`));
  page.on("request", (request) => {
    if (!/^(file|data|blob):/.test(request.url())) complain(`asked for ${request.url()}`);
  });
});
afterAll(async () => {
  await browser?.close();
});

const filesOf = (ending: string) =>
  readdirSync(site, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(ending));

const open = (name: string, search = "") => page.goto(pathToFileURL(join(site, name)).href + search);

const linksIn = (html: string) =>
  [...html.matchAll(/<(?:a|link)\s(?:[^>]*\s)?href=(?:"([^"]*)"|([^\s>"]+))/g)].map(([, quoted, bare]) =>
    (quoted ?? bare ?? "").replaceAll("&amp;", "&"),
  );
const idsIn = (html: string) => [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id);

test("everything is there: the walkthrough, labs, exercises, pages, API and reports", () => {
  const pages = filesOf(".html");
  const inFolder = (pattern: RegExp) => pages.filter((name) => pattern.test(name)).length;
  const inProject = (folder: string, ending: string) =>
    readdirSync(join(projectRoot, folder)).filter((name) => name.endsWith(ending)).length;
  assert.equal(inFolder(/^notebooks\/0[^/]*$/), 6);
  for (const folder of ["notebooks/labs", "notebooks/exercises"])
    assert.equal(inFolder(new RegExp(`^${folder}/[^/]+$`)), inProject(folder, ".ipynb"), folder);
  assert.equal(inFolder(/^docs\/[^/]+$/), inProject("docs", ".md"));
  for (const room of ["lib", "packages/loader", "packages/model"]) {
    const html = readFileSync(join(site, room, "README.html"), "utf8");
    assert.match(html, /<a id="api-[^"]+"/, `the API of ${room}`);
  }
  for (const name of [
    "index.html",
    "search.html",
    "reports/model.html",
    "reports/benchmark.html",
    "reports/grades/index.html",
  ])
    assert.ok(pages.includes(name), name);
  assert.equal(inFolder(/solutions/), 0, "solutions are not for learners");
  for (const name of [...pages, ...filesOf(".js")])
    assert.ok(
      !readFileSync(join(site, name), "utf8").includes(projectRoot),
      `${name} names a folder of this machine`,
    );
});

test("each link leads to a page of the site, and to a place in it", () => {
  const pages = new Map(filesOf(".html").map((name) => [name, readFileSync(join(site, name), "utf8")]));
  const places = new Map([...pages].map(([name, html]) => [join(site, name), new Set(idsIn(html))]));
  const dead = new Set<string>();
  let links = 0;
  for (const [name, html] of pages)
    for (const href of linksIn(html)) {
      if (/^(https?|mailto):/.test(href)) continue;
      links++;
      const [path = "", place = ""] = decodeURI(href).split("#");
      const target = path === "" ? join(site, name) : resolve(site, dirname(name), path.replace(/\?.*/, ""));
      const isInSite = !relative(site, target).startsWith("..");
      const isThere = existsSync(target) && (place === "" || places.get(target)?.has(place));
      if (!isInSite || !isThere) dead.add(`${name}: ${href}`);
    }
  assert.ok(links > 5000, `only ${links} links were found`);
  assert.deepEqual([...dead], []);
});

test("nothing is named that a browser would load from a network", () => {
  const loaded =
    /<(?:script|img|iframe|source|embed|object|video|audio)\s[^>]*?(?:src|srcset|data)=["']?(?:https?:)?\/\/|<link\s(?![^>]*rel=["']?(?:canonical|next|prev|author))[^>]*href=["']?(?:https?:)?\/\//i;
  for (const name of filesOf(".html"))
    assert.doesNotMatch(readFileSync(join(site, name), "utf8"), loaded, name);
  for (const name of filesOf(".css"))
    assert.doesNotMatch(
      readFileSync(join(site, name), "utf8"),
      /url\(["']?(?:https?:)?\/\/|@import\s+["'](?:https?:)?\/\//,
      name,
    );
});

test("the search finds the pages of a word", async () => {
  await open("search.html", "?q=tombstone");
  const results = page.locator("#search-results li a");
  await results.first().waitFor();
  assert.ok((await results.allInnerTexts()).some((text) => text.includes("Lab 4. Writes")));
});

/** What is wrong with the open page at its present width: it is wider than the window, or a picture is. */
const faults = () =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isScrolled = (element: Element | null): boolean =>
      element !== null &&
      (/auto|scroll|hidden/.test(getComputedStyle(element).overflowX) || isScrolled(element.parentElement));
    const wide =
      document.documentElement.scrollWidth > width
        ? [`the page is ${document.documentElement.scrollWidth} wide`]
        : [];
    const pictures = [...document.querySelectorAll("main img, main svg, article img, article svg")].flatMap(
      (picture) => {
        const { width: own, right } = picture.getBoundingClientRect();
        const name = picture.getAttribute("alt") ?? picture.getAttribute("aria-label") ?? picture.tagName;
        if (picture instanceof HTMLImageElement && picture.naturalWidth === 0) return [`${name}: no picture`];
        const room = picture.parentElement?.getBoundingClientRect().width ?? 0;
        return own > room + 1 && right > width && !isScrolled(picture.parentElement)
          ? [`${name}: ${own} wide, with room for ${room}`]
          : [];
      },
    );
    return [...wide, ...pictures];
  });

/** From 0, black, to 1, white: the ground of the page, and its text. */
const brightness = () =>
  page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color].map((one) => {
      const [red = 0, green = 0, blue = 0, opaque = 1] = (one.match(/[\d.]+/g) ?? []).map(Number);
      return opaque === 0 ? 1 : (red + green + blue) / 765;
    });
  });

/** A page of each kind, for what takes seconds of each page. */
const ofEachKind = ["search.html", "notebooks/05-verify-queries.html", "packages/modeller/README.html"];

// In the short form every sixth page, and what axe-core finds of one of each kind; in `npm run soak` both of all.
test("each page fits a phone and a desk, in light and dark, has no barrier and complains of nothing", async () => {
  const pages = filesOf(".html");
  assert.ok(pages.length > 50);
  const visited = pages.filter((name, at) => isSoak || at % 6 === 0 || ofEachKind.includes(name));
  const found: string[] = [];
  for (const name of visited) {
    const isAsked = isSoak || ofEachKind.includes(name);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: "light" });
    await open(name);
    const onPhone = [...(await faults()), ...(isAsked ? await violationsOn(page) : [])];
    found.push(...onPhone.map((fault) => `${name}, phone: ${fault}`));
    const [paper = 0, ink = 1] = await brightness();
    if (paper < ink) found.push(`${name}: dark where light is asked for`);
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: "dark" });
    const onDesk = [...(await faults()), ...(isAsked ? await violationsOn(page) : [])];
    found.push(...onDesk.map((fault) => `${name}, desk: ${fault}`));
    const [ground = 1, text = 0] = await brightness();
    if (ground > text) found.push(`${name}: light where dark is asked for`);
  }
  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
});
