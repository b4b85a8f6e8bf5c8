import assert from "node:assert/strict";
import { test } from "vitest";
import { runReadme } from "../../../test/packed.js";

test("in an empty folder the lines of the README generate logs", async (t) => {
  const output = await runReadme(t, ["base", "generator"]);
  assert.match(output, /^1[12]\d{3} \d+ [0-9a-f]{16}$/m);
  assert.match(output, /artist: '.+'/);
});
