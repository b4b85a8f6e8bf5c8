// Where the set-up puts Cassandra's program.

import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { projectRoot } from "@sparkify/lib";

export const jars = join(projectRoot, ".cassandra", "lib");

export function classPath(): string {
  return readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(delimiter);
}
