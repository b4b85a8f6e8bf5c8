// Finds a Chromium or Chrome on this machine; none is downloaded.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].map((name) =>
    join(process.env[name] ?? "", "Google", "Chrome", "Application", "chrome.exe"),
  ),
];

/** The path of the browser: $CHROMIUM_PATH, or the first found. @throws with the way to get one */
export function findChromium(): string {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const found = [process.env.CHROMIUM_PATH ?? "", ...onPath, ...places].find(
    (path) => path !== "" && existsSync(path),
  );
  if (found) return found;
  throw new Error(
    "The browser test needs Chromium or Chrome, and found none. Install one (Debian, Ubuntu: apt-get install chromium; " +
      "macOS: brew install --cask chromium; Windows: winget install Google.Chrome), or set CHROMIUM_PATH to yours.",
  );
}
