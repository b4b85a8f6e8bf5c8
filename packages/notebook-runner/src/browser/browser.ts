// A headless browser for the tests and the pictures: one that is on this machine, or else one from npm.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { ensureInstalled, entriesOf } from "@sparkify/base/install/ensure-installed";
import { installNpmPackages, run } from "@sparkify/base/install/installers";
import { projectRoot } from "@sparkify/lib";
import { type Browser, chromium } from "playwright-core";

const flags = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
];

/** What a browser is started with. */
interface Program {
  executablePath: string;
  args: string[];
  env: Record<string, string | undefined>;
}

/**
 * Starts a headless browser; on Linux on x64 it is installed where there is none.
 * @param environment whose CHROMIUM_PATH may name a browser, and whose PATH may lead to one
 */
export async function launchBrowser(environment: NodeJS.ProcessEnv): Promise<Browser> {
  const { executablePath, args, env } = await findBrowser(environment);
  const variables = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return chromium.launch({ executablePath, args: [...flags, ...args], env: Object.fromEntries(variables) });
}

/** @throws SparkifyError where there is none, and none can be installed */
async function findBrowser(environment: NodeJS.ProcessEnv): Promise<Program> {
  const found = installedBrowser(environment);
  if (found) return { executablePath: found, args: [], env: childEnvironment([]) };
  if (process.platform === "linux" && process.arch === "x64") return browserFromNpm();
  throw new SparkifyError(
    `A browser is needed, and no package brings one for ${process.platform} on ${process.arch}: install Chrome, Chromium or Edge, or name one in CHROMIUM_PATH.`,
  );
}

const chromiums = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
const applications = ["Google Chrome", "Chromium", "Microsoft Edge"];
const windowsPrograms = [
  ["Google", "Chrome", "Application", "chrome.exe"],
  ["Chromium", "Application", "chrome.exe"],
  ["Microsoft", "Edge", "Application", "msedge.exe"],
];

/** $CHROMIUM_PATH, or the first Chrome, Chromium or Edge where the platform keeps them. */
function installedBrowser(environment: NodeJS.ProcessEnv): string | undefined {
  const { CHROMIUM_PATH: named, PATH = "" } = environment;
  if (named) {
    if (existsSync(named)) return named;
    throw new SparkifyError(`CHROMIUM_PATH=${named} names a browser that is not there. Correct or unset it.`);
  }
  const folders = ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map(
    (name) => environment[name] ?? "",
  );
  const places =
    process.platform === "win32"
      ? folders.flatMap((folder) => windowsPrograms.map((path) => join(folder, ...path)))
      : process.platform === "darwin"
        ? applications.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
        : PATH.split(delimiter).flatMap((folder) => chromiums.map((name) => join(folder, name)));
  return places.find((path) => existsSync(path));
}

/** Chromium's headless shell, its fonts, and libraries that a bare Linux lacks. */
async function browserFromNpm(): Promise<Program> {
  const folder = join(projectRoot, "build", "chromium");
  const unpacked = join(folder, "unpacked");
  await installNpmPackages("Install Chromium", join(import.meta.dirname, "..", "..", "chromium"), folder);
  const executablePath = join(unpacked, "chromium");
  const fonts = join(unpacked, "fonts.conf");
  const base = childEnvironment([], { FONTCONFIG_FILE: fonts });
  const withLibraries = { ...base, LD_LIBRARY_PATH: join(unpacked, "al2023", "lib") };
  const fault = (env: NodeJS.ProcessEnv) => {
    const { error, status, stderr } = spawnSync(executablePath, ["--version"], { encoding: "utf8", env });
    if (error) return `${executablePath} cannot be started (${error.message})`;
    return status === 0 ? undefined : `${executablePath} does not work (${stderr.trim().split("\n")[0]})`;
  };
  await ensureInstalled({
    title: "Unpack Chromium",
    folder: unpacked,
    inputs: [join(folder, "package-lock.json")],
    entries: () => entriesOf(unpacked),
    fault: () => fault(base) && fault(withLibraries),
    async install(news) {
      rmSync(unpacked, { recursive: true, force: true });
      await unpack(news, folder, unpacked);
      writeFileSync(fonts, fontSettings(unpacked));
    },
  });
  return { executablePath, args: ["--no-zygote"], env: fault(base) ? withLibraries : base };
}

/** The package unpacks into the folder for temporary files, which other projects use too: so it is given another one. */
async function unpack(news: (text: string) => void, folder: string, target: string): Promise<void> {
  const temporary = `${target}.partial`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
  const chromiumModule = join(folder, "node_modules", "@sparticuz", "chromium");
  const program = `
    import { default as chromium, inflate } from ${JSON.stringify(pathToFileURL(join(chromiumModule, "build", "index.js")))};
    await chromium.executablePath();
    await inflate(${JSON.stringify(join(chromiumModule, "bin", "al2023.tar.br"))});`;
  await run(news, process.execPath, ["--input-type=module", "-e", program], { env: { TMPDIR: temporary } });
  renameSync(temporary, target);
}

/** The system's fonts where there are some, and those that came along. */
function fontSettings(unpacked: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${join(unpacked, "fonts")}</dir>
  <cachedir>${join(unpacked, "fonts-cache")}</cachedir>
</fontconfig>
`;
}
