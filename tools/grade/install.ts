// Installs what Python submissions are run with, below build/grade/.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { findPython } from "../setup/find-python.mjs";
import { installOnce, runInstaller } from "../setup/install-once.js";

export const gradeDirectory = join(projectRoot, "build", "grade");
export const kernelVenv = join(gradeDirectory, "python");

/** The Python of the kernel `python3`. */
export const kernelPython = join(
  kernelVenv,
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);

export async function installPythonKernel(): Promise<void> {
  mkdirSync(gradeDirectory, { recursive: true });
  const requirements = join(projectRoot, "tools", "grade", "requirements.txt");
  await installOnce(
    kernelVenv,
    requirements,
    "Install the Python kernel with cassandra-driver and pandas",
    async (news) => {
      await runInstaller(news, findPython(), ["-m", "venv", "--clear", kernelVenv]);
      await runInstaller(news, kernelPython, [
        ...["-m", "pip", "install", "--require-hashes", "--only-binary=:all:"],
        ...["--disable-pip-version-check", "--progress-bar=off", "--timeout=60", "--retries=2"],
        ...["-r", requirements],
      ]);
    },
  );
}
