// The kernels that submissions run in, and the few environment variables that they get.

import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { venv, venvPython } from "@sparkify/base/python";
import type { Copy } from "./copy.js";
import { kernelPython } from "./install.js";
import { resource } from "./resources.js";

const isWindows = process.platform === "win32";

/** Of the reviewer's variables those without which no program starts on Windows; elsewhere none. */
export function systemVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!isWindows) return {};
  const names = ["SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT"];
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** The few variables that programs need; none of the reviewer's but those of the system. */
export function clearedEnvironment(
  { home, root, folder, places }: Copy,
  system: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const userHome = join(home, "home");
  const temporary = join(home, "tmp");
  const programs = isWindows ? [`${system.SYSTEMROOT}\\System32`] : ["/usr/bin", "/bin"];
  return {
    ...system,
    PATH: [dirname(venvPython), dirname(process.execPath), ...programs].join(delimiter),
    HOME: userHome,
    USERPROFILE: userHome,
    APPDATA: userHome,
    LOCALAPPDATA: userHome,
    PROGRAMDATA: userHome,
    TMPDIR: temporary,
    TEMP: temporary,
    TMP: temporary,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    TZ: "UTC",
    PYTHONUTF8: "1",
    PYTHONHASHSEED: "0",
    PYTHONDONTWRITEBYTECODE: "1",
    JUPYTER_PLATFORM_DIRS: "1",
    IPYTHONDIR: join(userHome, ".ipython"),
    // For notebooks that use this project's library.
    SPARKIFY_WORK_DIR: root,
    EVENT_DATA_DIR: join(folder, places[0] ?? "event_data"),
    CASSANDRA_CONTACT_POINTS: "127.0.0.1:9042",
  };
}

/** How a kernel is started. */
export interface Kernel {
  argv: string[];
  env: Record<string, string>;
}

/** The names of the kernels that there are. */
export const kernelNames = ["python3", "tslab"] as const;

/**
 * The kernels, by name.
 * @param modulePath where Python finds modules, besides those that lie beside the notebook
 * @param packages what was installed for the submission
 */
export function kernels({
  modulePath,
  packages = "",
}: Pick<Copy, "modulePath" | "packages">): Record<(typeof kernelNames)[number], Kernel> {
  const hooks = resource("hooks");
  const path = [dirname(kernelPython), dirname(process.execPath), ...(isWindows ? [] : ["/usr/bin", "/bin"])];
  const leadToNode = join(hooks, "lead-to-node.cjs").replaceAll("\\", "/");
  // As JupyterLab starts it, see the registration that the set-up has written.
  const tslab = join(venv, "share", "jupyter", "kernels", "tslab", "kernel.json");
  return {
    python3: {
      argv: [kernelPython, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
      env: {
        PYTHONPATH: [hooks, ...modulePath, packages].filter(Boolean).join(delimiter),
        PATH: path.join(delimiter),
      },
    },
    tslab: {
      argv: (JSON.parse(readFileSync(tslab, "utf8")) as Kernel).argv,
      env: { NODE_OPTIONS: `--require "${leadToNode}"` },
    },
  };
}
