// The three nodes of a lab: they end with the kernel that started them, however it ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectRoot, workDirectory } from "@sparkify/lib";
import { test } from "vitest";
import { longForm, processesWith } from "../../../test/command.js";
import { fails } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { startThreeNodes } from "../src/labs/three-nodes.js";

const folder = join(workDirectory, ".cassandra-cluster");

test("an address that the machine does not have is named, with what to do, and nothing is left", async () => {
  await fails(
    () => startThreeNodes({ addresses: ["127.0.0.1", "192.0.2.77"] }),
    /192\.0\.2\.77.*sudo ifconfig lo0 alias 192\.0\.2\.77$/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

// In short, nodes of a kernel that ends are those of packages/embedded-cassandra/test/three-nodes.integration.test.ts.
testUnless(longForm)(
  "three nodes form a cluster beside a port that is taken, and end when the process that started them is killed",
  async (t) => {
    const other = createServer();
    const taken = await new Promise<boolean>((resolve) => {
      other.once("error", () => resolve(false)); // by another cluster
      other.listen(9142, "127.0.0.2", () => resolve(true));
    });
    t.onTestFinished(() => void other.close());

    const program = `const { startThreeNodes } = require("@sparkify/course");
    startThreeNodes().then(async ({ client }) => {
      const { rows } = await client.execute("SELECT peer FROM system.peers");
      console.log(JSON.stringify({ points: client.hosts.keys(), peers: rows.length }));
    });`;
    const caller = spawn(process.execPath, ["-e", program], {
      cwd: projectRoot,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const endCaller = () => process.kill(-(caller.pid as number), "SIGKILL"); // the whole group, as Jupyter does
    t.onTestFinished(() => {
      if (caller.exitCode === null && caller.signalCode === null) endCaller();
    });
    const said = await new Promise<string>((resolve, reject) => {
      caller.stdout?.setEncoding("utf8").once("data", resolve);
      caller.once("close", () => reject(new Error("it ended too early")));
    });
    const { points, peers } = JSON.parse(said);
    assert.equal(points.length, 3);
    assert.equal(peers, 2);
    if (taken) assert.ok(!points.includes("127.0.0.2:9142"));
    const nodes = () => processesWith(folder).filter((line) => line.includes("CassandraDaemon"));
    assert.equal(nodes().length, 3);

    endCaller();
    for (let waited = 0; waited < 200 && readdirSync(folder).length > 0; waited++) await sleep(100);
    assert.deepEqual(nodes(), []);
    assert.deepEqual(readdirSync(folder), []);
    assert.ok(existsSync(folder));
  },
);
