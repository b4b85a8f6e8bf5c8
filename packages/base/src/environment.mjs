// What the programs that the commands start see of the user's environment: what is named here, and nothing else. Language
// and encoding are the same everywhere.

import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./root.mjs";

/**
 * Patterns of names, in capitals: Windows does not tell capitals from small letters, and proxies are set in both.
 * @type {Record<"system" | "desktop" | "registries" | "project" | "stores" | "containers", RegExp>}
 */
const groups = {
  system: names(
    "PATH HOME USER LOGNAME SHELL TMPDIR TMP TEMP TERM COLORTERM NO_COLOR TZ CI",
    "SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT OS USERNAME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA",
    "PROGRAMDATA PROGRAMFILES PROGRAMFILES\\(X86\\) PROGRAMW6432 PUBLIC ALLUSERSPROFILE",
    "NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE",
    // Where python3 on the path is the shim of a version manager.
    "(PYENV|ASDF|MISE)_\\w+",
  ),
  /** Opening the reader's browser. */
  desktop: names(
    "DISPLAY WAYLAND_DISPLAY XAUTHORITY BROWSER DBUS_SESSION_BUS_ADDRESS DESKTOP_SESSION",
    "XDG_\\w+ WSL\\w+",
  ),
  /** Reaching npm's, pip's and Maven's registries or mirrors; uv is told what pip knows (install/uv-settings.mjs). */
  registries: names(
    "(HTTP|HTTPS|ALL|NO)_PROXY SSL_CERT_(FILE|DIR) NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE",
    "NPM_TOKEN NPM_CONFIG_(//.*|.*REGISTRY|PROXY|HTTPS_PROXY|NOPROXY|CA|CAFILE|STRICT_SSL|USERCONFIG|GLOBALCONFIG)",
    "NPM_CONFIG_(CACHE|FETCH_\\w+|MAXSOCKETS|LOCAL_ADDRESS|OFFLINE|PREFER_OFFLINE)",
    "PIP_((EXTRA_)?INDEX_URL|TRUSTED_HOST|PROXY|CERT|CLIENT_CERT|CONFIG_FILE|CACHE_DIR|NO_CACHE_DIR|FIND_LINKS|NO_INDEX)",
    "PIP_(DEFAULT_TIMEOUT|RETRIES|KEYRING_PROVIDER) M2_REPO",
  ),
  project: names(
    "SPARKIFY_\\w+ EVENT_DATA_\\w+ CASSANDRA_(?!JAVA)\\w+ LAB_ROWS SOAK PYTHON CHROMIUM_PATH JAVA_HOME",
  ),
  /** Spark on a cluster, and the stores it reads from. */
  stores: names("SPARK_\\w+ HADOOP_\\w+ YARN_\\w+ AWS_\\w+ KRB5\\w*"),
  /** Which docker or podman makes containers. */
  containers: names("DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|TLS_VERIFY) CONTAINER_HOST CONTAINERS_\\w+"),
};

const all = /** @type {(keyof typeof groups)[]} */ (Object.keys(groups));

/** @param {string[]} lines of patterns, with blanks between them */
function names(...lines) {
  return new RegExp(`^(${lines.join(" ").split(" ").join("|")})$`);
}

/** What base itself goes by. */
export const surroundings = {
  /** Set in continuous integration, where nobody looks at a line that changes. */
  get ci() {
    return process.env.CI;
  },
  /** The Python that the user wants. */
  get python() {
    return process.env.PYTHON;
  },
  /** npm's own program. */
  get npm() {
    return process.env.npm_execpath;
  },
  /** The script that npm, or node --run, runs. */
  get npmScript() {
    return process.env.npm_lifecycle_event ?? process.env.NODE_RUN_SCRIPT_NAME;
  },
};

/** The variable that holds the marks of the command and of those that started it: see guard/marked.mjs. */
export const marksVariable = "SPARKIFY_MARKS";

/** The marks, with blanks between them. */
export const marks = () => process.env[marksVariable] ?? "";

/** @param {string} mark for this command and for what it starts */
export function addMark(mark) {
  process.env[marksVariable] = `${marks()} ${mark}`.trim();
}

/** What is set for every child, whatever the user has set. */
const fixed = {
  ...(process.platform === "win32" ? {} : localeOf(process.platform)),
  PYTHONUTF8: "1",
  PYTHONIOENCODING: "utf-8",
  PYTHONNOUSERSITE: "1",
};

/** @param {NodeJS.Platform} platform macOS has no C.UTF-8 before release 13 */
function localeOf(platform) {
  const locale = platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";
  return { LANG: locale, LC_ALL: locale };
}

/**
 * The environment of a child process. npm's settings for the command itself are in none: a command that a child starts would
 * take them for its own.
 * @param {(keyof typeof groups)[]} needs what it needs besides `system`; all there is where nothing is said
 * @param {NodeJS.ProcessEnv} [more] set for this child
 * @param {NodeJS.ProcessEnv} [from] what is chosen from
 * @returns {NodeJS.ProcessEnv}
 */
export function childEnvironment(needs = all, more = {}, from = process.env) {
  const patterns = [groups.system, ...needs.map((need) => groups[need])];
  const kept = Object.entries(from).filter(([name]) => patterns.some((it) => it.test(name.toUpperCase())));
  return { ...Object.fromEntries(kept), ...fixed, ...more };
}

/**
 * Reduces this process's own environment to what is named above, and to where npm is; so a child that is started without an
 * environment of its own gets no more either. Called once, when the command line is read and before anything is started.
 */
export function cleanEnvironment() {
  const clean = childEnvironment();
  for (const name of Object.keys(process.env)) {
    if (!(name in clean) && !/^npm_(execpath|lifecycle_event)$/.test(name)) delete process.env[name];
  }
  Object.assign(process.env, clean, homeVariables());
}

/** A folder for programs that keep something in the home folder, where the user has none that can be written. */
function homeVariables() {
  try {
    accessSync(homedir(), constants.W_OK | constants.X_OK);
    return {};
  } catch {
    const home = join(root, "build", "home");
    try {
      mkdirSync(home, { recursive: true, mode: 0o700 });
    } catch {
      return {}; // what needs to write says where it cannot
    }
    return { HOME: home, USERPROFILE: home, npm_config_cache: join(home, ".npm") };
  }
}
