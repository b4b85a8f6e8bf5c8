// Text of a model in its notebooks: nobody's name or question becomes Markdown, code or CQL.

import assert from "node:assert/strict";
import { columnsOfCreate, readInsert } from "@sparkify/cql";
import { test } from "vitest";
import { code, literal, member, objectKey, plain, template } from "../src/notebook/escape.js";
import { insertCql, listCell, shortCreate, shortSelect } from "../src/notebook/layout.js";
import { createCql } from "../src/propose/cql.js";
import { oddTexts } from "./odd-model.js";

const evaluated = (text: string, it?: object) => new Function("it", `return ${text};`)(it);

test("as a value of TypeScript each text is itself", () => {
  for (const text of oddTexts) {
    assert.equal(evaluated(literal(text)), text);
    assert.equal(evaluated(template(text)), text);
    assert.deepEqual(evaluated(`({ ${objectKey(text)}: 1 })`), { [text]: 1 });
    assert.equal(evaluated(member("it", text), { [text]: 5 }), 5);
  }
});

test("in Markdown each text is on one line, and none of its signs is left that could mean something", () => {
  for (const text of oddTexts)
    for (const shown of [plain(text), code(text).replace(/^`|`$|<\/?code>/g, "")]) {
      assert.doesNotMatch(shown.replace(/&#\d+;/g, ""), /[\n\r`<>|$\\*#[\]{}~]|(^|\s)_|_(\s|$)/, text);
      const back = shown.replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)));
      assert.equal(back, text.replace(/\s+/g, " ").trim());
    }
});

/** A table of many columns. */
const wide = {
  name: "wide",
  partitionKey: ["order", "größe"],
  clustering: [["c1", "desc"]] as [string, "desc"][],
  static: ["c2"],
  columns: Object.fromEntries(
    ["order", "größe", ...Array.from({ length: 70 }, (_, index) => `c${index + 1}`)].map((name) => [
      name,
      "map<text, int>",
    ]),
  ),
};
const columns = Object.keys(wide.columns);

test("statements with many columns fit a cell, and say the same", () => {
  const create = createCql("app", wide);
  const short = shortCreate(create, 12);
  assert.ok(short.split("\n").length <= 12);
  assert.deepEqual(columnsOfCreate(short), columns);
  assert.equal(short.replace(/\s+/g, " "), create.replace(/\s+/g, " "));
  const select = `SELECT ${columns.map((name) => (name === "order" || name === "größe" ? `"${name}"` : name)).join(", ")} FROM app.wide\n  WHERE c1 = ? LIMIT 3`;
  assert.ok(shortSelect(select).split("\n").length <= 10);
  assert.equal(shortSelect(select).replace(/\s+/g, " "), select.replace(/\s+/g, " "));
  const insert = insertCql(
    "app.wide",
    columns.map((name) => (/^c/.test(name) ? name : `"${name}"`)),
  );
  assert.ok(insert.split("\n").length <= 12);
  assert.deepEqual(readInsert(insert)?.columns, columns);
  assert.equal(readInsert(insert)?.values.length, columns.length);
});

test("a long list is in some lines of a cell", () => {
  const names = Array.from({ length: 200 }, (_, index) => `a name ${index}`);
  const lines = listCell("names", names.map(literal));
  assert.ok(lines.length <= 10);
  assert.deepEqual(evaluated(`(() => { ${lines.join("\n")} return names; })()`), names);
});
