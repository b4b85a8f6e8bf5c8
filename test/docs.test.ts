// The pages for readers: short where they promise it, and no link of theirs is dead.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "vitest";

const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  join("event_data", "README.md"),
  join("lib", "README.md"),
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md")),
];

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchorsIn = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

test("the README has at most 130 lines", () => {
  const lines = readFileSync(join(root, "README.md"), "utf8").split("\n").length - 1;
  assert.ok(lines <= 130, `it has ${lines}`);
});

test("one version: of the project, its packages, what these name of each other, the changelog and the citation", () => {
  const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");
  const folders = [".", "lib", ...readdirSync(join(root, "packages")).map((name) => join("packages", name))];
  const manifests = folders.map((folder) => JSON.parse(read(folder, "package.json")));
  const { version } = manifests[0];
  for (const { name, version: its, dependencies = {}, peerDependencies = {} } of manifests) {
    assert.equal(its, version, name);
    for (const [other, range] of Object.entries({ ...dependencies, ...peerDependencies }))
      if (other.startsWith("@sparkify/")) assert.equal(range, version, `${name} names ${other}`);
  }
  const [, head] = /^## (\S+) - \d{4}-\d{2}-\d{2}$/m.exec(read("CHANGELOG.md")) ?? [];
  const [, cited] = /^version: (\S+)$/m.exec(read("CITATION.cff")) ?? [];
  assert.deepEqual([head, cited], [version, version]);
});

test("each link between the pages leads to a file, and to a heading in it", () => {
  let links = 0;
  for (const page of pages) {
    const text = readFileSync(join(root, page), "utf8");
    for (const [, link = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      links++;
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? join(root, page) : join(root, dirname(page), path);
      assert.ok(existsSync(target), `${page} links to ${link}, which is not there`);
      if (anchor === undefined) continue;
      const anchors = anchorsIn(readFileSync(target, "utf8"));
      assert.ok(anchors.includes(anchor), `${page} links to ${link}; the headings are ${anchors.join(", ")}`);
    }
  }
  assert.ok(links > 40, `only ${links} links were found`);
});
