// npm run pictures: the README's pictures, taken from the real thing, and the data of the site's sample reports.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { standardOptions } from "@sparkify/base/command-line/commands";
import { withCassandra } from "@sparkify/embedded-cassandra";
import { connect, embeddedNode, projectRoot, workDirectory } from "@sparkify/lib";
import { openModel } from "@sparkify/modeller";
import { model } from "@sparkify/modeller/command";
import { followLink, notebook, openLab, runAllCells } from "@sparkify/notebook-runner";
import { run } from "@sparkify/notebook-runner/run/command";
import { keepSample } from "../site/samples.js";
import { walkthrough } from "../walkthrough.js";
import { takeGradePicture } from "./grade-picture.js";
import { drawTables } from "./table-pictures.js";

const sensors = join(projectRoot, "models", "sensors", "sensors.model.yaml");
const picture = (name: string) => join(projectRoot, "images", `${name}.png`);

export async function takePictures(): Promise<number> {
  const code = await takeNotebookPictures();
  // Afterwards: without a sandbox the grader needs the port.
  if (code === 0) await takeGradePicture(picture("grade"));
  return code;
}

function takeNotebookPictures(): Promise<number> {
  return withCassandra(embeddedNode(), async (database) => {
    await database;
    const code = await run(standardOptions("run"), walkthrough);
    if (code !== 0) return code;
    const client = await connect();
    await drawTables(client).finally(() => client.shutdown());
    const { page, close } = await openLab({ walkthrough, env: process.env, height: 900 });
    try {
      await followLink(page, "05-verify-queries", "5. Verify: ask the questions, check the answers");
      await runAllCells(page);
      await notebook(page).getByRole("heading", { name: "Question 1" }).first().scrollIntoViewIfNeeded();
      await notebook(page).getByRole("heading", { name: "Question 2" }).first().scrollIntoViewIfNeeded();
      await page.screenshot({ path: picture("jupyterlab") });

      await page.setViewportSize({ width: 1000, height: 900 });
      await page.goto(pathToFileURL(join(workDirectory, "out", "report.html")).href);
      await page.screenshot({ path: picture("report") });

      await model(standardOptions("model"), ["propose", sensors]);
      const proposed = join(workDirectory, "out", "model", "sensors");
      await keepModelSample(join(proposed, "proposal.json"));
      await page.goto(pathToFileURL(join(proposed, "report.html")).href);
      await page.screenshot({ path: picture("model") });
    } finally {
      await close();
    }
    return 0;
  });
}

async function keepModelSample(proposal: string): Promise<void> {
  const opened = await openModel(sensors);
  const { rows, files, width: columns } = opened;
  opened.close();
  const proposals = JSON.parse(readFileSync(proposal, "utf8"));
  keepSample("model", { name: "sensors", size: { rows, files: files.length, columns }, proposals });
}
