// A process of its own: does what `npm run spark` does, but for the comparison. Argument: the folder of daily logs.

import { standardOptions } from "@sparkify/base/command-line/commands";
import { messageLine } from "@sparkify/base/messages";
import { runSparkJob } from "@sparkify/spark";
import { environmentSettings } from "@sparkify/spark/command";
import { keptTables } from "./schema.js";

const [eventData = ""] = process.argv.slice(2);
const tables = keptTables();
const { steps } = await runSparkJob({
  ...standardOptions("spark"),
  verify: false,
  tables,
  settings: { ...environmentSettings(), eventData },
});
const seconds = tables.reduce((sum, { name }) => sum + (steps[`Load ${name.split(".")[1]}`] ?? 0), 0);
process.stdout.write(messageLine({ event: "loaded", seconds }));
