import assert from "node:assert/strict";
import { test } from "vitest";
import { runReadme } from "../../../test/packed.js";

test("in an empty folder, with what it needs and nothing else, the lines of the README judge a table", async (t) => {
  const output = await runReadme(t, ["base", "cql", "compare", "model"]);
  assert.match(output, /^pass answers the query without filtering: accepted, /m);
  assert.match(output, /^fail loses nothing: 2 different facts \(song, userId\) become 1 rows: 1 is lost/m);
});
