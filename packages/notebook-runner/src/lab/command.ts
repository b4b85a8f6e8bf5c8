// npm run lab: the database and JupyterLab, until Ctrl-C.

import { join, relative } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { step } from "@sparkify/base/install/step";
import { withCassandra } from "@sparkify/embedded-cassandra";
import { embeddedNode, projectRoot, workDirectory } from "@sparkify/lib";
import type { Walkthrough } from "../notebooks/notebook.js";
import { startLab } from "./jupyter.js";
import { showInBrowser } from "./open-browser.js";

export async function lab({ browser }: OptionsOf<"lab">, walkthrough: Walkthrough): Promise<number> {
  return withCassandra(embeddedNode(), async (database) => {
    const server = await step("Start JupyterLab", () =>
      startLab({
        folder: projectRoot,
        notebooks: relative(projectRoot, walkthrough.main),
        home: join(workDirectory, ".jupyter"),
      }),
    );
    const url = server.address(join(relative(projectRoot, walkthrough.main), walkthrough.contents));
    if (browser) showInBrowser(url);
    await database.catch(async (error) => {
      await server.stop();
      throw error;
    });
    console.log(
      `\nThe walkthrough is at:\n\n    ${url}\n\nCtrl-C stops JupyterLab and the Cassandra it started.`,
    );
    return server.ended;
  });
}
