// npm run notebooks: writes the navigation, runs the whole sequence (with --labs the labs too) and keeps the outputs in
// notebooks/.

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventDataDirectory, projectRoot, SparkifyError, workDirectory } from "@sparkify/lib";
import { run } from "../run/command.js";
import { notebookFolders, writeNavigation } from "./navigation.js";
import { committable } from "./outputs.js";

export async function notebooks(args: string[]): Promise<number> {
  if (eventDataDirectory !== join(projectRoot, "event_data")) {
    throw new SparkifyError("The committed outputs are those of the shipped logs: unset EVENT_DATA_DIR.");
  }
  writeNavigation();
  const code = await run(args);
  if (code !== 0) return code;
  const executed = join(workDirectory, "out", "notebooks");
  for (const folder of notebookFolders) {
    for (const name of readdirSync(folder).filter((file) => existsSync(join(executed, file))))
      writeFileSync(join(folder, name), committable(join(executed, name)));
  }
  console.log("The outputs are saved in notebooks/.");
  return 0;
}
