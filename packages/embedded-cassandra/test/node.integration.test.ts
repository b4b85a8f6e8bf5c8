// Nodes that one process starts side by side, each known by its directory.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { connect, embeddedNode } from "@sparkify/lib";
import { afterAll, test } from "vitest";
import { newFolder } from "../../../test/command.js";
import { EmbeddedCassandra } from "../src/embedded-cassandra.js";
import { freePort } from "../src/ports.js";

const folder = newFolder("nodes");
const { program, firstPort: first = 9042 } = embeddedNode();
/** Where no other node of the tests looks for a port. */
const firstPort = first + 50;
const nodeIn = (name: string) => new EmbeddedCassandra({ directory: join(folder, name), program, firstPort });
const [one, other] = [nodeIn("one"), nodeIn("other")];
afterAll(() => Promise.all([one.destroy(), other.destroy()]));

test("two nodes answer on ports of their own, and are found by whoever names their directory", async () => {
  assert.deepEqual(await one.status(), { state: "never started" });
  const [first, second] = await Promise.all([one.start(), other.start()]);
  assert.ok(first.startedNow && second.startedNow);
  assert.notEqual(first.port, second.port);
  assert.notEqual(first.clusterName, second.clusterName);
  assert.deepEqual(await nodeIn("one").start(), { ...first, startedNow: false });
  assert.equal((await nodeIn("other").status()).state, "running");
});

test("a paused node does not answer, and does again when it goes on", async () => {
  one.pause();
  const silent = await one.status();
  one.resume();
  assert.ok(silent.state === "not answering", silent.state);
  assert.match(silent.detail, /^127\.0\.0\.1:\d+ does not answer: no answer within 4 s$/);
  assert.equal((await one.status()).state, "running");
});

test("a node that was killed has its port and its data again; one that is destroyed has left nothing", async () => {
  const before = await one.start();
  const client = await connect({ embedded: before });
  await client.execute(
    "CREATE KEYSPACE kept WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
  );
  await client.shutdown();
  assert.equal(await one.kill(), true);
  assert.equal(await one.kill(), false);
  assert.deepEqual(await one.status(), { state: "stopped" });
  // The port that nodes talk to one another on is taken meanwhile, as by another clone that starts.
  const storagePort = await freePort(7050);
  const squatter = createServer().listen(storagePort, "127.0.0.1");
  const options = { directory: join(folder, "one"), program, firstPort, storagePort };
  const after = await new EmbeddedCassandra(options).start((news) => {
    if (news.startsWith("a port was taken")) squatter.close();
  });
  assert.equal(squatter.listening, false, "the first try has failed");
  assert.deepEqual({ ...after, pid: 0 }, { ...before, pid: 0, startedNow: true });
  const again = await connect({ embedded: after, keyspace: "kept" });
  await again.shutdown();
  const unpacked = readdirSync(join(folder, "one", "tmp")).filter((name) => name.startsWith("liblz4"));
  assert.ok(unpacked.length > 0, "what it unpacks is in its own folder");
  assert.ok(unpacked.length <= 2, "of the earlier start nothing is left");
  await one.destroy();
  assert.deepEqual(await one.status(), { state: "never started" });
  assert.equal(existsSync(join(folder, "one", "data")), false);
});
