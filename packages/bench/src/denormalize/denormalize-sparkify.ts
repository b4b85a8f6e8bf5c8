// A process of its own: denormalizes as this project does. Arguments: the CSV to write, the folder of daily logs.

import { denormalize, findEventFiles } from "@sparkify/loader/denormalize";

const [target = "", folder = ""] = process.argv.slice(2);
await denormalize({ files: findEventFiles(folder).files, target });
