// JupyterLab on 127.0.0.1, with the project's kernel and notebooks.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childEnvironment, marksVariable } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { writableFolder } from "@sparkify/base/private-folder";
import { endProcessTree, runChild, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";

export interface LabOptions {
  /** What the file browser shows. */
  folder: string;
  /** The folder of notebooks in it. */
  notebooks: string;
  /**
   * Where the lab keeps its settings and which notebooks are open. The reader's own Jupyter settings and extensions are left
   * out: the lab looks the same everywhere.
   */
  home: string;
}

export interface Lab {
  /** The address of a file in the lab's folder, with the token. */
  address(path: string): string;
  /** Kept when the server has ended, with its exit code. */
  ended: Promise<number>;
  stop(): Promise<void>;
}

/** Starts JupyterLab and waits until it answers. */
export async function startLab({ folder, notebooks, home }: LabOptions): Promise<Lab> {
  writableFolder(home);
  writeDefaults(join(home, "settings"));
  const token = randomBytes(24).toString("hex");
  const runtime = join(home, "runtime");
  const env = childEnvironment(undefined, {
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_CONFIG_DIR: home,
    JUPYTER_DATA_DIR: home,
    JUPYTER_RUNTIME_DIR: runtime,
    NO_COLOR: "1",
    JUPYTER_TOKEN: token,
  });
  await sign(join(folder, notebooks), env);
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
      `--LabApp.user_settings_dir=${join(home, "settings")}`,
      `--LabApp.workspaces_dir=${join(home, "workspaces")}`,
      // What it prints, nbconvert makes: File, Print.
      "--HTMLExporter.template_name=walkthrough",
      `--TemplateExporter.extra_template_basedirs=${join(import.meta.dirname, "..", "..", "nbconvert")}`,
      ...terminalSettings(env),
    ],
    { cwd: home, stdio: ["ignore", "ignore", "pipe"], env },
  );
  const ended = new Promise<number>((resolve) => child.once("close", (code) => resolve(code ?? 1)));
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-10_000);
  });
  const server = await serverUrl(runtime, token, () => child.exitCode === null && child.signalCode === null);
  if (server === undefined) {
    await ended;
    throw new SparkifyError(`JupyterLab ended:\n${log.trimEnd().split("\n").slice(-20).join("\n")}`);
  }
  const address = (path: string) =>
    new URL(`lab/tree/${path.replaceAll("\\", "/")}?token=${token}`, server).href;
  return { address, ended, stop: () => endProcessTree(child) };
}

/** Of a notebook that is not trusted, JupyterLab shows no SVG until it was run again. */
async function sign(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const paths = readdirSync(folder, { encoding: "utf8", recursive: true })
    .filter((name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"))
    .map((name) => join(folder, name));
  const { code, tail } = await runChild(venvPython, ["-m", "nbformat.sign", ...paths], { env });
  if (code !== 0) throw new SparkifyError(`The notebooks cannot be signed: ${tail}`);
}

/**
 * Waits until the server of this token answers. Where, Jupyter writes into a file for each server that runs; it may do so
 * a moment before it listens.
 */
async function serverUrl(runtime: string, token: string, isRunning: () => boolean) {
  while (isRunning()) {
    const files = existsSync(runtime) ? readdirSync(runtime) : [];
    for (const name of files.filter((file) => /^jpserver-\d+\.json$/.test(file))) {
      try {
        const server = JSON.parse(readFileSync(join(runtime, name), "utf8"));
        if (server.token !== token) continue;
        await fetch(new URL("api", server.url)); // any answer will do
        return server.url as string;
      } catch {
        // It is being written, or the server does not listen yet, or has just ended.
      }
    }
    await sleep(50);
  }
  return undefined;
}

/** What a user leaves running in one of the lab's terminals is the user's own: it stays when the lab ends. */
function terminalSettings({ SHELL }: NodeJS.ProcessEnv): string[] {
  if (process.platform === "win32") return [];
  const command = ["env", "-u", marksVariable, SHELL || "sh", "-l"];
  return [`--ServerApp.terminado_settings={"shell_command": ${JSON.stringify(command)}}`];
}

/** What a walkthrough wants of JupyterLab; once written, the settings are the reader's. */
function writeDefaults(folder: string): void {
  const defaults = {
    // No question about news at the first start.
    "apputils-extension/notification": { checkForUpdates: false, fetchNews: "false" },
    // The notebooks are short: every cell stays in the page, so that scrolling and searching see all of them.
    // A line that is longer than the window goes on below: none is cut.
    "notebook-extension/tracker": { windowingMode: "none", codeCellConfig: { lineWrap: true } },
  };
  for (const [name, settings] of Object.entries(defaults)) {
    const file = join(folder, "@jupyterlab", `${name}.jupyterlab-settings`);
    if (existsSync(file)) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
  }
}
