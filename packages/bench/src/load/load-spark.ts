// A process of its own: does what `npm run spark` does, but for the comparison. Argument: the folder of daily logs.

process.env.EVENT_DATA_DIR = process.argv[2];

import { standardOptions } from "@sparkify/base/command-line/commands";

// Both read the variable.
const { spark } = await import("@sparkify/spark/command");
const { keptTables } = await import("./schema.js");
process.exitCode = await spark({ ...standardOptions("spark"), verify: false, tables: keptTables() });
