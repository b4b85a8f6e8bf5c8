import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";

/** A program of a virtual environment. */
export const programOf = (venv: string, name: string) =>
  process.platform === "win32" ? join(venv, "Scripts", `${name}.exe`) : join(venv, "bin", name);

/** The Python of the project's virtual environment. */
export const venvPython = programOf(join(projectRoot, ".venv"), "python");
