// The notebooks on the stock kernel of tslab, as the programs run them that readers have besides this project's own runner:
// nbclient, papermill, nbconvert, and an editor that speaks the protocol itself, as VS Code does.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPython } from "@sparkify/base/install/installers";
import { programOf, venv, venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";
import { beforeAll, test } from "vitest";
import { type Ended, embedded, isSoak, longForm, newFolder, runProgram } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { walkthrough } from "../../../tools/walkthrough.js";
import { outputsOf, runnable } from "../src/notebooks/notebook.js";
import { lastingText } from "../src/notebooks/outputs.js";

const papermillVenv = join(projectRoot, "build", "papermill");
const out = newFolder("clients");
const env = {
  CASSANDRA_CONTACT_POINTS: embedded(),
  JUPYTER_PATH: join(out, "jupyter"),
  JUPYTER_CONFIG_DIR: join(out, "config"),
};

/** The kernel as `tslab install` registers it. */
beforeAll(() => {
  const folder = join(env.JUPYTER_PATH, "kernels", "stock");
  mkdirSync(folder, { recursive: true });
  const tslab = join(projectRoot, "node_modules", "tslab", "bin", "tslab");
  const argv = [process.execPath, tslab, "kernel", "--config-path", "{connection_file}"];
  const spec = { argv, display_name: "TypeScript (stock)", language: "typescript" };
  writeFileSync(join(folder, "kernel.json"), JSON.stringify(spec));
});

const program = (from: string, name: string, args: string[]) =>
  runProgram(programOf(from, name), args, env, walkthrough.main);

/** In `npm run soak` all notebooks, one after the other; else the second one, which is quick. */
const some = () => runnable(walkthrough.main, walkthrough).slice(...(isSoak ? [0] : [1, 2]));

const nameOf = (path: string) => path.replace(/^.*[/\\]/, "").replace(/\.ipynb$/, "");

/** What the cells show, without times. */
const outputsIn = (path: string) =>
  outputsOf(JSON.parse(lastingText(path))).map(({ data, ...rest }) => data ?? JSON.stringify(rest));

/** They show what the notebook was saved with. */
function expectRun(target: string, path: string): void {
  const shown = outputsIn(target);
  assert.ok(shown.length > 3);
  assert.deepEqual(shown, outputsIn(path));
}

const expectEnd = ({ code, output }: Ended) => assert.equal(code, 0, output);

// The project's own runner is one, too.
testUnless(longForm)("nbclient runs them", async () => {
  for (const path of some()) {
    const target = join(out, `nbclient-${nameOf(path)}.ipynb`);
    const script = `import nbformat, nbclient, sys
notebook = nbformat.read(sys.argv[1], 4)
nbclient.NotebookClient(notebook, kernel_name="stock", timeout=120).execute()
nbformat.write(notebook, sys.argv[2])`;
    expectEnd(await runProgram(venvPython, ["-c", script, path, target], env, walkthrough.main));
    expectRun(target, path);
  }
});

test("papermill runs them", async () => {
  const requirements = join(projectRoot, "test", "papermill", "requirements.txt");
  await installPython("Install papermill", papermillVenv, requirements);
  for (const path of some()) {
    const target = join(out, `papermill-${nameOf(path)}.ipynb`);
    const options = ["--kernel", "stock", "--language", "python", "--no-progress-bar"];
    expectEnd(await program(papermillVenv, "papermill", [...options, path, target]));
    expectRun(target, path);
  }
});

// It executes with what papermill executes with, too.
testUnless(longForm)("nbconvert makes a page of what they show", async () => {
  for (const path of some()) {
    const options = ["--to", "html", "--execute", "--ExecutePreprocessor.kernel_name=stock"];
    const target = `nbconvert-${nameOf(path)}.html`;
    expectEnd(
      await program(venv, "jupyter-nbconvert", [...options, "--output-dir", out, "--output", target, path]),
    );
    const page = readFileSync(join(out, target), "utf8");
    assert.doesNotMatch(page, /✘|Traceback/);
    assert.match(page, /<table/);
  }
});

test("an editor that speaks the protocol gets outputs, a display that is updated, and can interrupt", async () => {
  const cells = [
    'import { showProgress, showTable } from "@sparkify/lib";',
    "showTable([{ word: 42 }]);",
    'const bar = showProgress("Working");\nbar.update({ rows: 1, share: 0.5 });\nbar.finish();',
    "await new Promise((resolve) => setTimeout(resolve, 100_000));",
    "6 * 7",
  ];
  const script = `
import json, sys, time
from jupyter_client import KernelManager
manager = KernelManager(kernel_name="stock")
manager.start_kernel(cwd=sys.argv[1])
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
heard = []
for number, cell in enumerate(json.loads(sys.argv[2])):
    sent = client.execute(cell, store_history=True, allow_stdin=False)
    begun = time.time(); interrupted = False
    while True:
        if number == 3 and not interrupted and time.time() - begun > 2:
            interrupted = True; manager.interrupt_kernel()
        try:
            message = client.get_iopub_msg(timeout=1)
        except Exception:
            assert time.time() - begun < 60, heard
            continue
        if message["parent_header"].get("msg_id") != sent: continue
        kind, content = message["msg_type"], message["content"]
        heard.append([number, kind, content.get("text") or content.get("data") or content.get("ename") or ""])
        if kind == "status" and content["execution_state"] == "idle": break
    if number == 3: time.sleep(1) # what is sent right after an error is passed over, as by other kernels
print(json.dumps(heard))
manager.shutdown_kernel(now=True)`;
  const ended = await runProgram(venvPython, ["-c", script, walkthrough.main, JSON.stringify(cells)], env);
  expectEnd(ended);
  const heard: [number, string, unknown][] = JSON.parse(ended.output.trim().split("\n").at(-1) ?? "");
  const of = (cell: number) => heard.filter(([number]) => number === cell);
  assert.match(JSON.stringify(of(1)), /display_data.*42/);
  assert.ok(
    of(2).some(([, kind]) => kind === "update_display_data"),
    JSON.stringify(of(2)),
  );
  assert.match(JSON.stringify(of(3)), /Interrupted/);
  assert.match(JSON.stringify(of(4)), /42/);
});
