import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { runReadme } from "../../../test/packed.js";
import { logHeader, logRow, write } from "../../../test/support.js";

test("in an empty folder, with what it needs and nothing else, the lines of the README load damaged logs", async (t) => {
  let folder = "";
  const output = await runReadme(t, ["base", "cql", "loader"], (empty) => {
    folder = empty;
    const damaged = logRow({ song: "Two" }).replace(/"50"$/, '"50');
    const rows = [logHeader, logRow({ itemInSession: "7" }), damaged, logRow({ artist: "" }), logRow()];
    write(join(folder, "logs", "2018-11-01-events.csv"), `${rows.join("\n")}\n`);
  });
  assert.match(output, /^4 2 1 \{\s+'userId: a quote that .*': 1\s+\}$/m);
  assert.match(output, /name: 'plays\.by_session',\s+rowsWritten: 2/);
  const csv = readFileSync(join(folder, "plays.csv"), "utf8").split("\n");
  assert.deepEqual(
    csv.slice(1, 3).map((line) => line.split('","')[3]),
    ["7", "0"],
  );
  assert.match(readFileSync(join(folder, "out", "rejected.csv"), "utf8"), /"3","userId"/);
});
