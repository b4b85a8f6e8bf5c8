// The picture of a grader's report, and its data for the site: a learner's copy of the notebooks whose third table has the listeners' names for a key.

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { standardOptions } from "@sparkify/base/command-line/commands";
import { grade } from "@sparkify/grader/command";
import { projectRoot } from "@sparkify/lib";
import { launchBrowser } from "@sparkify/notebook-runner";
import { keepSample } from "../site/samples.js";

/** Grades the copy, takes the report's part on question 3, and keeps the grade. */
export async function takeGradePicture(path: string): Promise<void> {
  const folder = join(projectRoot, "build", "grade-picture");
  const out = join(folder, "grades");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(projectRoot, "notebooks"), join(folder, "ann", "notebooks"), { recursive: true });
  const notebook = join(folder, "ann", "notebooks", "03-create-tables.ipynb");
  const text = readFileSync(notebook, "utf8");
  const wrong = text.replace("PRIMARY KEY ((song), user_id)", "PRIMARY KEY ((song), first_name, last_name)");
  if (wrong === text) throw new Error(`${notebook} has no PRIMARY KEY ((song), user_id) any more.`);
  writeFileSync(notebook, wrong);
  await grade({ ...standardOptions("grade"), noSandbox: true, out }, [join(folder, "ann")]);
  const [state = ""] = readdirSync(join(out, "graded"));
  const { grade: given } = JSON.parse(readFileSync(join(out, "graded", state), "utf8"));
  keepSample("grade", { ...given, submission: "ann" });
  const [report = ""] = readdirSync(join(out, "reports"));
  const browser = await launchBrowser(process.env);
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 1100 } });
    await page.goto(pathToFileURL(join(out, "reports", report)).href);
    await page.locator("#q3").evaluate((section) => section.scrollIntoView());
    await page.screenshot({ path });
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
