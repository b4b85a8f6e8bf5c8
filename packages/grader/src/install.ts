// Installs what Python submissions are run with, below build/grade/.

import { join } from "node:path";
import { installPython } from "@sparkify/base/install/installers";
import { programOf } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";

export const gradeDirectory = join(projectRoot, "build", "grade");
export const kernelVenv = join(gradeDirectory, "python");

/** The Python of the kernel `python3`. */
export const kernelPython = programOf(kernelVenv, "python");

export async function installPythonKernel(): Promise<void> {
  const requirements = join(projectRoot, "packages", "grader", "requirements.txt");
  await installPython("Install the Python kernel with cassandra-driver and pandas", kernelVenv, requirements);
}
