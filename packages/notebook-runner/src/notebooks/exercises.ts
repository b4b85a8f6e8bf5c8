// npm run exercises: derives the learner's copies of the exercises from the notebooks with the solutions.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shortPath } from "@sparkify/lib";
import { derive } from "./derive.js";
import { notebooksIn, notebookText, readNotebook, type Walkthrough } from "./notebook.js";

export async function exercises({ exercises: folder, solutions }: Walkthrough): Promise<number> {
  for (const name of notebooksIn(solutions)) {
    const copy = join(folder, name);
    const present = existsSync(copy) ? readNotebook(copy) : undefined;
    const derived = derive(readNotebook(join(solutions, name)), present);
    if (derived !== present) writeFileSync(copy, notebookText(derived));
    console.log(`${shortPath(copy)}: ${derived === present ? "as it should be" : "derived anew"}`);
  }
  return 0;
}
