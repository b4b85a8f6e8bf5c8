// JupyterLab on 127.0.0.1, with the project's kernel and notebooks.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { writableFolder } from "@sparkify/base/private-folder";
import { endProcessTree, marksVariable, runChild, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { showInBrowser } from "./open-browser.js";

export interface Lab {
  /** The address of the contents notebook, with the token. */
  url: string;
  /** Kept when the server has ended, with its exit code. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

/**
 * Starts JupyterLab and waits until it answers.
 * @param openBrowser whether the reader's browser is opened
 * @param folder what the file browser shows
 * @param own where it keeps its settings and which notebooks are open. The reader's own Jupyter settings and extensions
 *   are left out: the lab looks the same everywhere.
 */
export async function startLab(
  openBrowser: boolean,
  folder = projectRoot,
  own = join(workDirectory, ".jupyter"),
): Promise<Lab> {
  const settings = join(projectRoot, "tools", "lab");
  writableFolder(own);
  writeDefaults(join(own, "settings"));
  const token = randomBytes(24).toString("hex");
  const env = childEnvironment(undefined, {
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_CONFIG_DIR: own,
    JUPYTER_DATA_DIR: own,
    NO_COLOR: "1",
    JUPYTER_TOKEN: token,
  });
  // Of a notebook that is not trusted, JupyterLab shows no SVG until it was run again.
  const notebooks = join(folder, "notebooks");
  const paths = readdirSync(notebooks, { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"))
    .map((name) => join(notebooks, name));
  const { code, tail } = await runChild(venvPython, ["-m", "nbformat.sign", ...paths], { env });
  if (code !== 0) throw new SparkifyError(`The notebooks cannot be signed: ${tail}`);
  const child = startChild(
    venvPython,
    [
      "-m",
      "jupyterlab",
      "--ServerApp.ip=127.0.0.1",
      "--ServerApp.port=8888",
      "--ServerApp.port_retries=50",
      `--ServerApp.root_dir=${folder}`,
      "--ServerApp.open_browser=False",
      "--ServerApp.allow_root=True",
      `--LabApp.user_settings_dir=${join(own, "settings")}`,
      `--LabApp.workspaces_dir=${join(own, "workspaces")}`,
      ...terminalSettings(),
    ],
    {
      cwd: settings,
      stdio: ["ignore", "ignore", "pipe"],
      env,
    },
  );
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  const lines: string[] = [];
  const found = new Promise<string>((resolve, reject) => {
    if (!child.stderr) throw new Error("no output from JupyterLab");
    createInterface({ input: child.stderr }).on("line", (line) => {
      lines.push(line);
      const address = /http:\/\/127\.0\.0\.1:\d+(?=\/lab)/.exec(line);
      if (address) resolve(`${address[0]}/lab/tree/notebooks/00-contents.ipynb?token=${token}`);
    });
    ended.then(() => reject(new SparkifyError(`JupyterLab ended:\n${lines.slice(-20).join("\n")}`)));
  });
  const url = await found;
  if (openBrowser) showInBrowser(url);
  return { url, ended, stop: () => endProcessTree(child) };
}

/** What a user leaves running in one of the lab's terminals is the user's own: it stays when the lab ends. */
function terminalSettings(): string[] {
  if (process.platform === "win32") return [];
  const command = ["env", "-u", marksVariable, process.env.SHELL || "sh", "-l"];
  return [`--ServerApp.terminado_settings={"shell_command": ${JSON.stringify(command)}}`];
}

/** What a walkthrough wants of JupyterLab; once written, the settings are the reader's. */
function writeDefaults(folder: string): void {
  const defaults = {
    // No question about news at the first start.
    "apputils-extension/notification": { checkForUpdates: false, fetchNews: "false" },
    // The notebooks are short: every cell stays in the page, so that scrolling and searching see all of them.
    "notebook-extension/tracker": { windowingMode: "none" },
  };
  for (const [name, settings] of Object.entries(defaults)) {
    const file = join(folder, "@jupyterlab", `${name}.jupyterlab-settings`);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
  }
}
