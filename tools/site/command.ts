// npm run site: the notebooks with their outputs, the pages for readers, the API and sample reports as a site in out/site/.
// It needs no server and no network to be read.

import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { installPython } from "@sparkify/base/install/installers";
import { step } from "@sparkify/base/install/step";
import { writableFolder } from "@sparkify/base/private-folder";
import { runChild, temporary } from "@sparkify/base/processes";
import { programOf } from "@sparkify/base/python";
import { projectRoot, shortPath, workDirectory } from "@sparkify/lib";
import { writeApi } from "../api/command.js";
import { writeSamples } from "./samples.js";

const sources = join(projectRoot, "tools", "site");
const venv = join(projectRoot, "build", "site", "venv");

export async function site(): Promise<number> {
  const out = join(writableFolder(join(workDirectory, "out")), "site");
  const work = temporary(join(workDirectory, "out", ".site"));
  rmSync(work, { recursive: true, force: true });
  const pages = join(work, "pages");
  const api = join(work, "api");
  await Promise.all([installSphinx(), writeApi(api, "markdown")]);
  await writePages(pages, api, work);
  await step("Write the sample reports", () => writeSamples(join(pages, "reports")));
  // Only now: what an earlier run wrote stays where this one fails.
  rmSync(out, { recursive: true, force: true });
  renameSync(pages, out);
  rmSync(work, { recursive: true });
  console.log(
    `The site: ${shortPath(join(out, "index.html"))}. Open it in a browser, or copy the folder to any web server.`,
  );
  return 0;
}

const installSphinx = () =>
  installPython("Install Sphinx", venv, join(sources, "requirements.txt"), { builds: "--only-binary=:all:" });

/**
 * The notebooks and the Markdown, as tools/site/conf.py says.
 * @param api the pages of the API, which the READMEs of the rooms end with
 * @param work for Sphinx's own files
 */
async function writePages(pages: string, api: string, work: string): Promise<void> {
  await step("Write the notebooks and the pages for readers", async (news) => {
    const args = ["-m", "sphinx", "-b", "html", "-c", sources, "-d", join(work, "doctrees"), "-j", "auto"];
    const settings = ["-D", `api_folder=${api}`];
    const warnings = join(work, "warnings.txt");
    const strict = ["--fail-on-warning", "--keep-going", "--no-color", "-w", warnings];
    const { code, tail } = await runChild(
      programOf(venv, "python"),
      [...args, ...settings, ...strict, projectRoot, pages],
      {
        cwd: projectRoot,
        env: childEnvironment([], { PYTHONUTF8: "1" }),
        onLine: news,
      },
    );
    if (code === 0) return;
    const faults = existsSync(warnings) ? readFileSync(warnings, "utf8").trim() : "";
    throw new SparkifyError(
      faults
        ? `A page is not right. Mend what is named here, and run the command again:\n${faults}`
        : `Sphinx could not write the pages:\n${tail}`,
    );
  });
  // The README is the first page.
  copyFileSync(join(pages, "README.html"), join(pages, "index.html"));
  for (const name of [".buildinfo", "_sources", "objects.inv"])
    rmSync(join(pages, name), { recursive: true, force: true });
}
