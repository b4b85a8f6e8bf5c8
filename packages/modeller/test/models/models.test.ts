// What is known of the forty models, held against their files: not what a proposal makes of them.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { readModelFile } from "../../src/file/model-file.js";
import { snakeCase } from "../../src/source/names.js";
import { dataFiles } from "./make/data-files.mjs";

interface Key {
  partitionKey: string[];
  clustering: [column: string, direction: "asc" | "desc"][];
  static: string[];
  bucket: null | "hour" | "day" | "week" | "month" | "year" | "hash";
}

type Known = { verdict: "pass"; keys: Key[]; why: string } | { verdict: "fail"; why: string };

const folder = import.meta.dirname;
const known: Record<string, Record<string, Known>> = JSON.parse(
  readFileSync(join(folder, "known-answers.json"), "utf8"),
);
const models = readdirSync(folder)
  .filter((name) => name.endsWith(".model.yaml"))
  .map((name) => readModelFile(join(folder, name)));

test("forty models, each question with what is right for it", () => {
  assert.equal(models.length, 40);
  const asked = models.map(({ name, questions }) => [
    name,
    questions.map((question) => question.name).sort(),
  ]);
  const answered = Object.entries(known).map(([name, answers]) => [name, Object.keys(answers).sort()]);
  assert.deepEqual(answered.sort(), asked.sort());
  const fails = Object.values(known)
    .flatMap(Object.values<Known>)
    .filter(({ verdict }) => verdict === "fail");
  assert.ok(fails.length >= 6);
});

test("a key begins with what is given, then the range and the order, and tells the facts apart", () => {
  for (const { name, event, questions } of models)
    for (const question of questions) {
      const answer = known[name]?.[question.name ?? ""];
      if (answer?.verdict !== "pass") continue;
      assert.ok(answer.keys.length > 0 && answer.why !== "");
      const {
        given,
        between,
        order = [],
        each = event.filter((column) => !given.includes(column)),
      } = question;
      for (const key of answer.keys) {
        const clustering = key.clustering.map(([column]) => column);
        const all = [...key.partitionKey, ...clustering];
        const where = `${name}: ${question.name}: ${all}`;
        const names = (columns: string[]) => columns.map(snakeCase);
        assert.deepEqual(all.slice(0, given.length).sort(), names(given).sort(), where);
        const rest = all.slice(given.length);
        if (between !== undefined) assert.equal(rest[0], snakeCase(between), where);
        const directed = key.clustering.slice(clustering.length - rest.length).map((pair) => pair.join(" "));
        const sorted = order.map((text) => {
          const [, column = "", direction = "asc"] = /^(.*?)(?: (asc|desc))?$/.exec(text) ?? [];
          return `${snakeCase(column)} ${direction}`;
        });
        // A history and the latest of it are read from either end of a small partition.
        if (name !== "parcel-status") assert.deepEqual(directed.slice(0, sorted.length), sorted, where);
        for (const column of names(each)) assert.ok(rest.includes(column), where);
        for (const column of key.static) {
          assert.ok(names(question.answer).includes(column) && !all.includes(column), where);
          assert.ok(clustering.length > 0, where);
        }
      }
    }
});

test("the data is what the makers make, and small; each file is read by a model", () => {
  assert.deepEqual(readdirSync(join(folder, "data")).sort(), Object.keys(dataFiles).sort());
  for (const [name, text] of Object.entries(dataFiles)) {
    assert.equal(readFileSync(join(folder, "data", name), "utf8"), text, name);
    assert.ok(Buffer.byteLength(text) <= 40_000, name);
    const readers = models.filter(({ source }) => JSON.stringify(source).includes(`data/${name}`));
    assert.ok(readers.length > 0, name);
  }
});

test("docs/model.md has a row for each question, in the order of the known answers", () => {
  const text = readFileSync(join(folder, "..", "..", "..", "..", "docs", "model.md"), "utf8");
  const rows = [...text.matchAll(/^\| (?:`([\w-]+)`)? *\| `(\w+)` \| (.+?) \| (.+) \|$/gm)];
  let model = "";
  const shown = rows.map(([, name, question, keys, why]) => {
    model = name ?? model;
    return [model, question, keys === "none" ? "fail" : "pass", why];
  });
  const expected = Object.entries(known).flatMap(([name, answers]) =>
    Object.entries(answers).map(([question, { verdict, why }]) => [name, question, verdict, why]),
  );
  assert.deepEqual(shown, expected);
});
