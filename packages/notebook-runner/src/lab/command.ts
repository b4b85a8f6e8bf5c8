// npm run lab: the database and JupyterLab, until Ctrl-C.

import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { step } from "@sparkify/base/install/step";
import { withCassandra } from "@sparkify/embedded-cassandra";
import { embeddedNode } from "@sparkify/lib";
import { startLab } from "./jupyter.js";

export async function lab({ browser }: OptionsOf<"lab">): Promise<number> {
  return withCassandra(embeddedNode(), async (database) => {
    const server = await step("Start JupyterLab", () => startLab(browser));
    await database.catch(async (error) => {
      await server.stop();
      throw error;
    });
    console.log(
      `\nThe walkthrough is at:\n\n    ${server.url}\n\nCtrl-C stops JupyterLab and the Cassandra it started.`,
    );
    return server.ended;
  });
}
