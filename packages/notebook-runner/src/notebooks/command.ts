// npm run notebooks: writes the navigation, runs the whole sequence (with --labs the labs too) and keeps the outputs in the
// notebooks. Where only times differ from those that are there, nothing is changed.

import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { eventDataDirectory, projectRoot, shortPath, workDirectory } from "@sparkify/lib";
import { run } from "../run/command.js";
import { writeNavigation } from "./navigation.js";
import { foldersOf, notebooksIn, type Walkthrough } from "./notebook.js";
import { lastingText } from "./outputs.js";

export async function notebooks(options: OptionsOf<"notebooks">, walkthrough: Walkthrough): Promise<number> {
  if (eventDataDirectory !== join(projectRoot, "event_data")) {
    throw new SparkifyError("The committed outputs are those of the shipped logs: unset EVENT_DATA_DIR.");
  }
  writeNavigation(walkthrough);
  const code = await run({ ...options, own: undefined }, walkthrough);
  if (code !== 0) return code;
  const executed = join(workDirectory, "out", "notebooks");
  for (const folder of foldersOf(walkthrough)) {
    for (const name of notebooksIn(folder)) {
      const [news, saved] = [join(executed, name), join(folder, name)];
      if (existsSync(news) && lastingText(news) !== lastingText(saved)) copyFileSync(news, saved);
    }
  }
  console.log(`The outputs are saved in ${shortPath(walkthrough.main)}/.`);
  return 0;
}
