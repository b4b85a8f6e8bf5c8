// A process of its own: does what `npm run spark` does, but for the comparison. Argument: the folder of daily logs.

process.env.EVENT_DATA_DIR = process.argv[2];

import { standardOptions } from "../../command-line/commands.mjs";

const { spark } = await import("../../spark/command.js"); // reads the variable
process.exitCode = await spark({ ...standardOptions("spark"), verify: false });
