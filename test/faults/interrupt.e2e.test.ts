import assert from "node:assert/strict";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { denormalize, findEventFiles } from "@sparkify/loader";
import { test } from "vitest";
import { embedded, newFolder, runProgram } from "../command.js";
import { Loads, logsWith } from "./scenario.js";

/** Runs cells in a real kernel, interrupts the second one, and prints what comes out of the kernel as JSON. */
const program = `
import json, queue, sys, time
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="tslab")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
cells = json.loads(sys.argv[2])
heard = []
for number, cell in enumerate(cells):
    client.execute(cell)
    interrupted = False
    while True:
        message = client.get_iopub_msg(timeout=60)
        kind, content = message["msg_type"], message["content"]
        heard.append([kind, content.get("text") or content.get("data", {}).get("text/html", "")])
        if number == 1 and not interrupted and "update" in kind:
            interrupted = True
            manager.interrupt_kernel()
        if kind == "status" and content["execution_state"] == "idle":
            break
    time.sleep(1)
print(json.dumps(heard))
manager.shutdown_kernel(now=True)
`;

test("an interrupt of the kernel stops the load, and the cell says how to go on", async () => {
  const loads = new Loads(await logsWith(40_000), embedded());
  await loads.dropTables();
  assert.equal(await loads.start("--to", "2018-11-01").ended, 0); // the tables are there now
  const folder = newFolder("interrupt");
  const csv = `${folder}/all.csv`;
  const { files } = findEventFiles(loads.logs);
  await denormalize({ files, target: csv, rejected: `${folder}/rejected.csv` });
  const cells = [
    `import { connect, showProgress } from "@sparkify/lib";
     import { insertCql, load } from "@sparkify/loader";
     const client = await connect();
     const cql = await insertCql(client, "sparkify.users_by_song");`,
    `const bar = showProgress("Loading");
     await load(client, [cql], { csv: ${JSON.stringify(csv)}, concurrency: 1, onProgress: bar.update });`,
    `const count = async () => String((await client.execute("SELECT count(*) FROM sparkify.users_by_song")).first().get(0));
     const counted = await count();
     await new Promise((resolve) => setTimeout(resolve, 1000));
     console.log("nothing is written any more:", counted === await count());
     await client.shutdown();`,
  ];
  const env = {
    CASSANDRA_CONTACT_POINTS: loads.contactPoints,
    JUPYTER_PATH: `${projectRoot}/.venv/share/jupyter`,
  };
  const { code, output } = await runProgram(venvPython, ["-c", program, folder, JSON.stringify(cells)], env);
  assert.equal(code, 0, output);
  const heard = JSON.parse(output.trim().split("\n").at(-1) as string) as [string, string][];
  const text = heard
    .filter(([kind]) => kind === "stream")
    .map(([, line]) => line)
    .join("");
  assert.match(text, /The load stopped after [\d,]+ rows: it was interrupted\n.*resume: true/);
  assert.match(text, /nothing is written any more: true/);
});
