// npm run api: pages of what the library and the packages export, in out/api/.

import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { installNpmPackages } from "@sparkify/base/install/installers";
import { step } from "@sparkify/base/install/step";
import { runChild } from "@sparkify/base/processes";
import { projectRoot, shortPath, workDirectory } from "@sparkify/lib";

/** Those that others would use. */
const rooms = [
  "lib",
  ...["cql", "embedded-cassandra", "compare", "loader", "model", "modeller"].map(
    (name) => `packages/${name}`,
  ),
];

export async function api(): Promise<number> {
  const folder = join(projectRoot, "build", "api");
  await installNpmPackages("Install typedoc", join(projectRoot, "tools", "api"), folder);
  const out = join(workDirectory, "out", "api");
  await step("Write the pages", async (news) => {
    const typedoc = join(folder, "node_modules", "typedoc", "bin", "typedoc");
    const args = [
      typedoc,
      ...rooms.map((room) => join(room, "src", "index.ts")),
      "--name",
      "Sparkify",
      "--readme",
      "none",
      "--tsconfig",
      join("tools", "api", "tsconfig.json"),
      "--validation.notExported",
      "false",
      "--treatWarningsAsErrors",
      "--disableSources",
      "--out",
      out,
    ];
    const { code, tail } = await runChild(process.execPath, args, { cwd: projectRoot, onLine: news });
    if (code !== 0) throw new SparkifyError(`typedoc could not read the sources:\n${tail}`);
  });
  console.log(`The pages: ${shortPath(join(out, "index.html"))}`);
  return 0;
}
