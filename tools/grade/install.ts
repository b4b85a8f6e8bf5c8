// Installs what Python submissions are run with, below build/grade/.

import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { programOf } from "../python.js";
import { installPython } from "../setup/install-once.js";

export const gradeDirectory = join(projectRoot, "build", "grade");
export const kernelVenv = join(gradeDirectory, "python");

/** The Python of the kernel `python3`. */
export const kernelPython = programOf(kernelVenv, "python");

export async function installPythonKernel(): Promise<void> {
  const requirements = join(projectRoot, "tools", "grade", "requirements.txt");
  await installPython(kernelVenv, requirements, "Install the Python kernel with cassandra-driver and pandas");
}
