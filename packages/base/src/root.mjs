// Where the project is, for modules that run before anything is compiled, and for their compiled copies below build/.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const above = fileURLToPath(new URL("..", import.meta.url));

/** The project's folder. */
export const root = existsSync(join(above, "package-lock.json")) ? above : join(above, "..");
