// Each function that a cell of the notebooks calls has an example in its documentation, for readers and for `npm run api`.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { foldersOf, notebooksIn, readNotebook } from "@sparkify/notebook-runner";
import { test } from "vitest";
import { walkthrough } from "../tools/walkthrough.js";

/** What the cells import of the project: the name and its package's folder. */
function imported(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of foldersOf(walkthrough))
    for (const notebook of notebooksIn(folder))
      for (const { cell_type, source } of readNotebook(join(folder, notebook)).cells) {
        if (cell_type !== "code") continue;
        const text = source.join("");
        for (const [, names = "", room = ""] of text.matchAll(
          /import \{([^}]*)\} from "@sparkify\/([\w-]+)"/g,
        ))
          for (const name of names.split(",").map((it) => it.trim()))
            if (name) found.set(name, room === "lib" ? "lib" : join("packages", room));
      }
  return found;
}

/** The comment above the definition of a function; undefined where the name is no function's. */
function commentOf(name: string, room: string): string | undefined {
  const folder = join(projectRoot, room, "src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((it) =>
    /^(?!command).*\.ts$/.test(it),
  );
  const definition = new RegExp(
    `(/\\*\\*(?:(?!\\*/)[^])*\\*/\\s*)?export (?:async )?(?:function ${name}\\b|const ${name} = (?:async )?(?:\\(|<))`,
  );
  for (const source of sources) {
    const found = readFileSync(join(folder, source), "utf8").match(definition);
    if (found) return found[1] ?? "";
  }
  return undefined;
}

test("a function that cells call has an example", () => {
  const names = [...imported()];
  assert.ok(names.length > 20);
  const comments = names.map(([name, room]) => [name, commentOf(name, room)] as const);
  assert.ok(comments.filter(([, comment]) => comment !== undefined).length > 15);
  const missing = comments.filter(([, comment]) => comment !== undefined && !comment.includes("@example"));
  assert.deepEqual(
    missing.map(([name]) => name),
    [],
  );
});
