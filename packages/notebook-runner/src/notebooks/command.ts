// npm run notebooks: writes the navigation, runs the whole sequence (with --labs the labs too) and keeps the outputs in
// notebooks/. Where only times differ from those that are there, nothing is changed.

import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { eventDataDirectory, projectRoot, workDirectory } from "@sparkify/lib";
import { run } from "../run/command.js";
import { notebookFolders, writeNavigation } from "./navigation.js";
import { lastingText } from "./outputs.js";

export async function notebooks(options: OptionsOf<"notebooks">): Promise<number> {
  if (eventDataDirectory !== join(projectRoot, "event_data")) {
    throw new SparkifyError("The committed outputs are those of the shipped logs: unset EVENT_DATA_DIR.");
  }
  writeNavigation();
  const code = await run(options);
  if (code !== 0) return code;
  const executed = join(workDirectory, "out", "notebooks");
  for (const folder of notebookFolders) {
    for (const name of readdirSync(folder).filter((file) => existsSync(join(executed, file)))) {
      const [news, saved] = [join(executed, name), join(folder, name)];
      if (lastingText(news) !== lastingText(saved)) copyFileSync(news, saved);
    }
  }
  console.log("The outputs are saved in notebooks/.");
  return 0;
}
