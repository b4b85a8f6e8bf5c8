import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot } from "@sparkify/lib";
import { embedded, longForm, newFolder, processesWith } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { walkthroughTables } from "../../../tools/walkthrough.js";

testUnless(longForm)(
  "a Spark job in a notebook's kernel tells its steps, and ends with the kernel even where that is killed",
  async (t) => {
    const work = newFolder("kernel");
    const program = `import { runSpark } from "@sparkify/course";
    await runSpark(${JSON.stringify(walkthroughTables())}, console.log);`;
    const kernel = spawn(process.execPath, ["--input-type=module", "-e", program], {
      cwd: projectRoot,
      env: { ...process.env, SPARKIFY_WORK_DIR: work, CASSANDRA_CONTACT_POINTS: embedded() },
      stdio: ["ignore", "pipe", "inherit"],
    });
    t.onTestFinished(() => void kernel.kill("SIGKILL"));
    const jobs = () => processesWith(work).filter((line) => line.includes("SparkSQLCLIDriver"));
    const lines: string[] = [];
    for await (const line of createInterface({ input: kernel.stdout })) {
      lines.push(line);
      if (line === "✔ Start Spark") break;
    }
    // Where Spark had to be installed, that is told before.
    assert.equal(lines.at(-1), "✔ Start Spark");
    assert.ok(jobs().length > 0);

    kernel.kill("SIGKILL");
    await once(kernel, "exit");
    for (let waited = 0; waited < 150 && jobs().length > 0; waited++) await sleep(100);
    assert.deepEqual(jobs(), []);
  },
);
