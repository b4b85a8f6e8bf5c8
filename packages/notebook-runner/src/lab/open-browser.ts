// Shows a page of the lab in the reader's browser.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { childEnvironment } from "@sparkify/base/environment";
import { writableFolder } from "@sparkify/base/private-folder";
import { temporary } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { workDirectory } from "@sparkify/lib";

/**
 * Opens the browser. An address with a token must not be on a command line, which every user of the machine can read:
 * the browser is given a file that only this user can read, and that leads on, as Jupyter itself does.
 */
export function showInBrowser(url: string): void {
  // Not in a hidden folder: browsers that are kept apart from the system, as Ubuntu's, do not see into those.
  const file = temporary(join(writableFolder(join(workDirectory, "out")), `lab-${process.pid}.html`));
  writeFileSync(file, pageThatLeadsTo(url), { mode: 0o600 });
  // $BROWSER, or what the system opens pages with. Without a desktop there is nothing; the address is printed anyway.
  const { TERM: _, ...env } = childEnvironment(["desktop"]); // no browser within the terminal
  spawn(venvPython, ["-m", "webbrowser", pathToFileURL(file).href], {
    env,
    stdio: "ignore",
    detached: true,
    windowsHide: true,
  })
    .once("error", () => {})
    .unref();
}

const pageThatLeadsTo = (url: string) => `<!DOCTYPE html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>JupyterLab</title>
<p><a href="${url}">Open the walkthrough in JupyterLab</a></p>
`;
