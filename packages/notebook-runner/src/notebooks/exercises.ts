// npm run exercises: derives the learner's copies in notebooks/exercises from the notebooks in solutions/.

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { derive } from "./derive.js";
import { notebookText, readNotebook } from "./navigation.js";

export const exercisesFolder = join(projectRoot, "notebooks", "exercises");

export async function exercises(): Promise<number> {
  const solutions = join(exercisesFolder, "solutions");
  for (const name of readdirSync(solutions).filter((file) => file.endsWith(".ipynb"))) {
    const copy = join(exercisesFolder, name);
    const present = existsSync(copy) ? readNotebook(copy) : undefined;
    const derived = derive(readNotebook(join(solutions, name)), present);
    if (derived !== present) writeFileSync(copy, notebookText(derived));
    console.log(`notebooks/exercises/${name}: ${derived === present ? "as it should be" : "derived anew"}`);
  }
  return 0;
}
