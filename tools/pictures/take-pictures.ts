// npm run pictures: the README's pictures, taken from the real thing.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { standardOptions } from "@sparkify/base/command-line/commands";
import { withCassandra } from "@sparkify/embedded-cassandra";
import { connect, embeddedNode, projectRoot, workDirectory } from "@sparkify/lib";
import { model } from "@sparkify/modeller/command";
import { followLink, notebook, openLab, runAllCells } from "@sparkify/notebook-runner";
import { run } from "@sparkify/notebook-runner/run/command";
import { walkthrough } from "../walkthrough.js";
import { takeGradePicture } from "./grade-picture.js";
import { drawTables } from "./table-pictures.js";

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

      await model(standardOptions("model"), [
        "propose",
        join(projectRoot, "models", "sensors", "sensors.model.yaml"),
      ]);
      await page.goto(pathToFileURL(join(workDirectory, "out", "model", "sensors", "report.html")).href);
      await page.screenshot({ path: picture("model") });
    } finally {
      await close();
    }
    return 0;
  });
}
