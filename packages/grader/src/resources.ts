// The files of this package that are no code of its own: what submissions are run with, and the rubric.

import { join } from "node:path";

/** The full path of a file or folder of this package, by its path in it. */
export const resource = (path: string): string => join(import.meta.dirname, "..", path);
