// Programs of virtual environments.

import { join } from "node:path";
import { root } from "./root.mjs";

/**
 * A program of a virtual environment.
 * @param {string} venv
 * @param {string} name
 */
export function programOf(venv, name) {
  return process.platform === "win32" ? join(venv, "Scripts", `${name}.exe`) : join(venv, "bin", name);
}

/** The project's virtual environment: JupyterLab, the notebook runner's packages, Java. */
export const venv = join(root, ".venv");

export const venvPython = programOf(venv, "python");
