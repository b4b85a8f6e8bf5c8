// Installs what Python submissions are run with, below build/grade/.

import { join } from "node:path";
import { installPython } from "@sparkify/base/install/installers";
import { privateFolder } from "@sparkify/base/private-folder";
import { programOf } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { resource } from "./resources.js";

/** Where batches run, and where the kernel is installed. */
export const gradeDirectory = join(projectRoot, "build", "grade");
export const kernelVenv = join(gradeDirectory, "python");

/** The Python of the kernel `python3`. */
export const kernelPython = programOf(kernelVenv, "python");

/** Installs the kernel, unless it is there. */
export async function installPythonKernel(): Promise<void> {
  const title = "Install the Python kernel with cassandra-driver and pandas";
  privateFolder(gradeDirectory); // copies of submissions come into it
  // Submissions cannot write into it, so what most of them import is compiled now.
  const modules = ["ipykernel.kernelapp", "pandas", "cassandra.cluster", "matplotlib.pyplot"];
  await installPython(title, kernelVenv, resource("requirements.txt"), {
    builds: "--only-binary=:all:",
    modules,
  });
}
