// Writes data/ anew, the same bytes every time: node packages/modeller/test/models/make-data.mjs

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dataFiles } from "./make/data-files.mjs";

for (const [name, text] of Object.entries(dataFiles))
  writeFileSync(join(import.meta.dirname, "data", name), text);
