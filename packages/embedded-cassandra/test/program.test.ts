// A node is not started with jars that are not Cassandra's.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { fails, temporaryFolder, write } from "../../../test/support.js";
import { classPath } from "../src/program.js";

test("a jar with another hash, and jars that are missing, keep a node from its start", async (t) => {
  const jars = join(temporaryFolder(t), "lib");
  await fails(() => classPath(jars), "Cassandra is not installed in", jars);
  mkdirSync(jars);
  await fails(() => classPath(jars), "Cassandra is not started", "has 0 jars", "jgo.lock.toml names 100");
  write(join(jars, "cassandra-all-5.0.9.jar"), "PK");
  await fails(() => classPath(jars), "cassandra-all-5.0.9.jar has none of the hashes", "Delete the folder");
});
