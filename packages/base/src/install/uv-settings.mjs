// What the user has told pip, as uv wants to hear it: mirrors, proxies, authorities. uv reads none of pip's settings.

import { spawnSync } from "node:child_process";
import { childEnvironment } from "../environment.mjs";

/** @type {Record<string, string>} */
const uvNames = {
  "index-url": "UV_DEFAULT_INDEX",
  "extra-index-url": "UV_INDEX",
  "find-links": "UV_FIND_LINKS",
  "no-index": "UV_NO_INDEX",
  "trusted-host": "UV_INSECURE_HOST",
  "no-cache-dir": "UV_NO_CACHE",
  cert: "SSL_CERT_FILE",
  proxy: "ALL_PROXY",
};
/** Of pip's settings those without which uv installs the same. */
const harmless =
  /^(default-timeout|timeout|retries|cache-dir|disable-pip-version-check|no-python-version-warning|progress-bar|quiet|verbose|no-color|no-input|user|require-virtualenv|break-system-packages|root-user-action|prefer-binary|use-feature)$/;

/**
 * uv's variables for what pip is set to.
 * @param {string} python one that has pip
 * @returns {NodeJS.ProcessEnv | undefined} undefined where pip has a setting that uv cannot be told
 */
export function uvSettings(python) {
  const { status, stdout } = spawnSync(python, ["-m", "pip", "config", "list"], {
    encoding: "utf8",
    env: childEnvironment(["registries"]),
    windowsHide: true,
  });
  return status === 0 ? uvSettingsOf(stdout) : undefined;
}

/**
 * @param {string} list what `pip config list` prints: a line each, `global.index-url='https://...'`, in which later ones win
 * @returns {NodeJS.ProcessEnv | undefined}
 */
export function uvSettingsOf(list) {
  /** @type {NodeJS.ProcessEnv} */
  const settings = {
    UV_HTTP_TIMEOUT: "60",
    UV_HTTP_RETRIES: "2",
    UV_INDEX_STRATEGY: "unsafe-best-match", // as pip does; the hashes say what is right
    UV_LINK_MODE: "copy", // a file that is damaged here must not damage the cache
    UV_NO_CONFIG: "1",
    UV_PYTHON_DOWNLOADS: "never",
  };
  for (const line of list.split(/\r?\n/).filter((text) => text !== "")) {
    const [, name = "", value = ""] = line.match(/^[^.]+\.([\w-]+)='([^'\\\s]*)'$/) ?? [];
    const called = uvNames[name];
    if (called && value !== "") settings[called] = value;
    else if (!harmless.test(line.match(/^[^.]+\.([\w-]+)=/)?.[1] ?? "")) return undefined;
  }
  return settings;
}
