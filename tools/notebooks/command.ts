// npm run notebooks: writes the navigation, runs the whole sequence and keeps its outputs in notebooks/.

import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventDataDirectory, projectRoot, SparkifyError, workDirectory } from "@sparkify/lib";
import { run } from "../run/command.js";
import { writeNavigation } from "./navigation.js";
import { committable } from "./outputs.js";

export async function notebooks(): Promise<number> {
  if (eventDataDirectory !== join(projectRoot, "event_data")) {
    throw new SparkifyError("The committed outputs are those of the shipped logs: unset EVENT_DATA_DIR.");
  }
  const folder = join(projectRoot, "notebooks");
  writeNavigation(folder);
  const code = await run([]);
  if (code !== 0) return code;
  const executed = join(workDirectory, "out", "notebooks");
  for (const name of readdirSync(executed).filter((file) => file.endsWith(".ipynb"))) {
    writeFileSync(join(folder, name), committable(join(executed, name)));
  }
  console.log("The outputs are saved in notebooks/.");
  return 0;
}
