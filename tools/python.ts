import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";

/** The Python of the project's virtual environment. */
export const venvPython = join(
  projectRoot,
  ".venv",
  ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]),
);
