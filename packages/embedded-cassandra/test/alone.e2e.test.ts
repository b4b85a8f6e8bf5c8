import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { expect, test } from "vitest";
import { longForm } from "../../../test/command.js";
import { runReadme } from "../../../test/packed.js";
import { testUnless } from "../../../test/unless.js";

// It installs Java and Cassandra once more, which takes longer than the other rooms together.
testUnless(longForm)(
  "in an empty folder, with what it needs and nothing else, the lines of the README install and start Cassandra",
  async (t) => {
    // The archive that later starts are faster with takes longest of all, and there is no later start.
    const withoutArchive = (code: string) => code.replace("{ directory", "{ writesArchive: false, directory");
    const said = await runReadme(t, ["base", "embedded-cassandra"], undefined, withoutArchive);
    assert.match(said, /^5\.0\.9$/m);
  },
);

test("what it installs for Java and jgo is of the project's own releases", () => {
  const requirements = (...path: string[]) =>
    readFileSync(join(projectRoot, ...path), "utf8").match(/^[\w.-]+==\S+.*$/gm) ?? [];
  const pinned = requirements("packages", "embedded-cassandra", "requirements.txt");
  assert.ok(pinned.length > 10);
  expect(requirements("tools", "setup", "requirements.txt")).toEqual(expect.arrayContaining(pinned));
});
