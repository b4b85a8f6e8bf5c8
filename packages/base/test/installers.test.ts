// Why an installer failed: by its codes, whatever else it prints.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { expect, test, vi } from "vitest";
import { newFolder } from "../../../test/command.js";
import { installJars, installNpmPackages } from "../src/install/installers.mjs";

const disk = /^The disk is full\./;
const network = /^A package registry does not answer\./;
const other = /^An installation step failed\./;

test.each([
  ["ENOSPC", disk],
  ["ECONNREFUSED", network],
  ["ENOTFOUND", network],
  ["ERR_SOCKET_TIMEOUT", network],
  ["EINTEGRITY", other],
])("npm fails with %s", async (code, expected) => {
  const root = newFolder("npm");
  for (const name of ["package.json", "package-lock.json"]) writeFileSync(join(root, name), "{}");
  const npm = join(root, "npm-fails.mjs");
  const said = JSON.stringify({ error: { code, summary: "ENOTFOUND and ENOSPC are words here" } });
  writeFileSync(npm, `console.error("network"); console.log(${JSON.stringify(said)}); process.exitCode = 1;`);
  vi.stubEnv("npm_execpath", npm);
  const installed = installNpmPackages("Install nothing", root, root, [], root);
  await expect(installed.finally(() => vi.unstubAllEnvs())).rejects.toThrow(expected);
});

test.skipIf(process.platform === "win32").each([
  [74, disk],
  [69, network],
  [1, other],
])("the fetcher of jars ends with %i", async (code, expected) => {
  const root = newFolder("jars");
  mkdirSync(join(root, "venv", "bin"), { recursive: true });
  writeFileSync(join(root, "venv", "bin", "python"), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  writeFileSync(join(root, "lock.toml"), "");
  const options = { venv: join(root, "venv"), root };
  const fetched = installJars("Fetch nothing", join(root, "jars"), join(root, "lock.toml"), options);
  await expect(fetched).rejects.toThrow(expected);
  await expect(fetched).rejects.toBeInstanceOf(SparkifyError);
});
