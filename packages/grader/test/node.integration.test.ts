// A grader's node that did not survive a submission: what it held, and what was said to it, as far as that can be had.

import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readNode } from "@sparkify/embedded-cassandra/node-file";
import { afterAll, beforeAll, describe, test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { Gate } from "../src/gate.js";
import { GradingNode } from "../src/node.js";

const create = "CREATE TABLE learner.plays (session_id int PRIMARY KEY)";

describe("a node that has ended", () => {
  const directory = join(newFolder("grading-node"), "node");
  let gate: Gate;
  let node: GradingNode;
  const said = () => node.statements(0, node.mark()).map(({ cql }) => cql);
  const kill = () => {
    process.kill(readNode(directory)?.pid as number, "SIGKILL");
    while (node.isAlive); // a zombie is none
  };
  beforeAll(async () => {
    gate = await Gate.asSocket();
    node = new GradingNode(directory, gate);
    await node.start();
    await node.client.execute(
      "CREATE KEYSPACE learner WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    await node.client.execute(create);
    await node.client.execute("INSERT INTO learner.plays (session_id) VALUES (8)");
    await sleep(1000); // longer than the log of writes waits with its next sync, on a busy machine too
  });
  afterAll(async () => {
    await node?.destroy();
    await gate?.close();
  });

  test("has a name that no other has: where two start at once, none is taken for the other", async () => {
    const { rows } = await node.client.execute("SELECT cluster_name FROM system.local");
    assert.match(rows[0]?.cluster_name, /^sparkify-[0-9a-f]{8}$/);
  });

  test("is left alone while it answers", async () => {
    assert.equal(await node.reviveAfterRun(), undefined);
  });

  test("is started again with its data", async () => {
    kill();
    assert.equal(await node.reviveAfterRun(), "It ended, and was started again with its data.");
    const { rows } = await node.client.execute("SELECT session_id FROM learner.plays");
    assert.deepEqual(
      rows.map((row) => row.session_id),
      [8],
    );
    assert.ok(said().includes(create));
  });

  test("is started without data that cannot be read, and what was said to it is still known", async () => {
    kill();
    const log = join(directory, "commitlog");
    for (const name of readdirSync(log)) writeFileSync(join(log, name), "no commit log");
    assert.equal(await node.reviveAfterRun(), "It ended, and could only be started again without its data.");
    assert.deepEqual(await node.tables(), []);
    assert.ok(said().includes(create));
    await node.client.execute(
      "CREATE KEYSPACE second WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    );
    assert.match(said().at(-1) ?? "", /^CREATE KEYSPACE second/);
  });
});
