// Where the set-up puts Cassandra's program.

import { readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { ClassArchive } from "./java/class-archive.js";

export const jars = join(projectRoot, ".cassandra", "lib");

export const classArchive = new ClassArchive(jars, "cassandra");

export function classPath(): string {
  return readdirSync(jars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(jars, name))
    .join(delimiter);
}
