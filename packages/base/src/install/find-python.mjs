// Finds a Python that can make a virtual environment, or says what to install.

import { spawnSync } from "node:child_process";
import { surroundings } from "../environment.mjs";
import { SparkifyError } from "../errors.mjs";

const oldest = [3, 10];
const probe =
  "import sys\nprint(sys.version_info[0], sys.version_info[1], sys.executable, sep='\\n')\n" +
  "try:\n import venv, ensurepip\n print('venv')\nexcept ImportError:\n print('no venv')";

/**
 * Tries $PYTHON, then python3, python and the Windows launcher.
 * @returns {string} the full path of the interpreter
 */
export function findPython() {
  const named = surroundings.python;
  const candidates = named ? [[named]] : [["python3"], ["python"], ["py", "-3"]];
  /** @type {string[]} */
  const refused = [];
  for (const [program = "", ...args] of candidates) {
    const { status, stdout } = spawnSync(program, [...args, "-c", probe], {
      encoding: "utf8",
      windowsHide: true,
    });
    if (status !== 0) continue;
    // What the interpreter loads before may print too.
    const [major, minor, path, venv] = stdout.trim().split(/\r?\n/).slice(-4);
    if (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 10)) {
      refused.push(`${path} is Python ${major}.${minor}, too old`);
    } else if (venv !== "venv") {
      refused.push(`${path} has no venv module (on Debian and Ubuntu: apt-get install python3-venv)`);
    } else if (path) {
      return path;
    }
  }
  const tried = named ? `PYTHON=${named}` : candidates.map((words) => words.join(" ")).join(", ");
  throw new SparkifyError(
    `Python ${oldest.join(".")} or newer, with its venv module, is needed. ` +
      (refused.length > 0
        ? `Found, but not usable: ${refused.join("; ")}.`
        : `None was found (tried ${tried}).`) +
      "\nInstall it from python.org, with your package manager or the Microsoft Store, or name one: PYTHON=/path/to/python3 npm start",
  );
}
