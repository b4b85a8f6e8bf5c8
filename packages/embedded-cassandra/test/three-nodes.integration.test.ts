// Three real nodes in two data centres, with TLS: what connect() makes of them while they die, fall silent and return.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { SparkifyError } from "@sparkify/base/errors";
import { createKeyspaceIfMissing, embeddedNode, projectRoot } from "@sparkify/lib";
import { type Client, types } from "cassandra-driver";
import { afterAll, test } from "vitest";
import { longForm, newFolder, processesWith } from "../../../test/command.js";
import { fails } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { startCluster } from "../src/cluster.js";
import type { EmbeddedCassandra } from "../src/embedded-cassandra.js";
import { freePort } from "../src/ports.js";
import { connected, makeTls, untilItWorks } from "./secure-cluster.js";

const folder = newFolder("three-nodes");
// The first node has no certificate for its address: it is trusted by its name only.
const tls = makeTls(join(folder, "tls"), ["localhost", "127.0.0.2", "127.0.0.3"]);
const begun = performance.now();
const { program } = embeddedNode();
const cluster = await startCluster({
  directory: join(folder, "nodes"),
  program,
  dataCenters: ["east", "east", "west"],
  yaml: tls.yaml,
});
afterAll(() => cluster.destroy());
console.log(`three nodes answer after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
const { port, nodes } = cluster;
const [first, second, third] = nodes as [EmbeddedCassandra, EmbeddedCassandra, EmbeddedCassandra];

function at(points: string, dataCenter = "") {
  const contactPoints = points
    .split(" ")
    .map((host) => `${host}:${port}`)
    .join(",");
  return { CASSANDRA_CONTACT_POINTS: contactPoints, CASSANDRA_LOCAL_DC: dataCenter, ...tls.settings };
}

// Nodes that see each other do not yet tell clients of each other: that they do a moment later, on a busy machine.
for (const host of ["localhost", "127.0.0.2", "127.0.0.3"]) {
  await untilItWorks(() =>
    connected(at(host), async (client) => {
      assert.equal(client.hosts.length, 3, `the nodes that ${host} tells of`);
    }),
  );
}

const connectedAddresses = (client: Client) =>
  client
    .getState()
    .getConnectedHosts()
    .map((host) => host.address.replace(`:${port}`, ""))
    .sort();

test("the cluster has a name that no other has: two that start at once are not taken for one another", async () => {
  const name = await connected(at("localhost"), async (client) =>
    (await client.execute("SELECT cluster_name FROM system.local")).first().get("cluster_name"),
  );
  assert.match(name, /^sparkify-cluster-[0-9a-f]{8}$/);
});

test("the data centre is that of the first contact point, and only its nodes are connected to", async () => {
  for (let round = 0; round < 3; round++) {
    await connected(at("localhost"), async (client) => {
      assert.equal(client.hosts.length, 3);
      assert.deepEqual(connectedAddresses(client), ["127.0.0.1", "127.0.0.2"]);
    });
    await connected(at("127.0.0.3 localhost"), async (client) => {
      assert.deepEqual(connectedAddresses(client), ["127.0.0.3"]);
      const local = (await client.execute("SELECT data_center FROM system.local")).first();
      assert.equal(local.get("data_center"), "west");
    });
  }
  await connected(at("127.0.0.3 localhost", "east"), async (client) => {
    for (let query = 0; query < 6; query++) {
      const local = (await client.execute("SELECT data_center FROM system.local")).first();
      assert.equal(local.get("data_center"), "east");
    }
  });
});

test("a node found by the driver is trusted by its address or a contact point's name, and by no other", async () => {
  // Without the name localhost nothing stands for the first node; the second one's address is in the certificate, and
  // the third one's, which tells the driver of the others.
  await connected(at("127.0.0.3", "east"), async (client) => {
    assert.deepEqual(connectedAddresses(client), ["127.0.0.2", "127.0.0.3"]);
  });
});

test("a keyspace is created with the copies that the data centre has nodes for", async () => {
  await connected(at("localhost"), async (client) => {
    const cql = await createKeyspaceIfMissing(client, "three");
    assert.match(cql, /'east': 2}$/);
    assert.equal(await createKeyspaceIfMissing(client, "three"), cql);
    await client.execute(
      "ALTER KEYSPACE three WITH replication = {'class': 'NetworkTopologyStrategy', 'east': 2, 'west': 1}",
    );
    assert.match(
      await createKeyspaceIfMissing(client, "three"),
      /'(east': 2, 'west': 1|west': 1, 'east': 2)}$/,
    );
    await client.execute("CREATE TABLE three.t (id int PRIMARY KEY)");
    await insert(client, 1, types.consistencies.all);
  });
});

function insert(client: Client, id: number, consistency = types.consistencies.localQuorum) {
  return client.execute("INSERT INTO three.t (id) VALUES (?)", [id], {
    prepare: true,
    consistency,
    isIdempotent: true,
  });
}

test("a killed node: the next contact point answers, and LOCAL_QUORUM holds in the other data centre", async () => {
  await third.kill();
  assert.equal(third.pid, undefined);
  await connected(at("127.0.0.3 localhost"), async (client) => {
    assert.deepEqual(connectedAddresses(client), ["127.0.0.1", "127.0.0.2"]);
    await insert(client, 2);
  });
  await fails(
    () => connected(at("127.0.0.3"), async () => {}),
    `at 127.0.0.3:${port} `,
    "nothing listens there",
  );
});

test("a silent node: it is named in time, and it does not keep the others from answering", async () => {
  first.pause();
  try {
    let started = performance.now();
    await fails(
      () => connected(at("localhost"), async () => {}),
      `at localhost:${port} `,
      /no answer .* within 4 s/,
    );
    assert.ok(performance.now() - started < 10_000);
    started = performance.now();
    await connected(at("localhost 127.0.0.2"), async (client) => {
      assert.ok(performance.now() - started < 6000);
      assert.deepEqual(connectedAddresses(client), ["127.0.0.2"]);
      await client.execute("SELECT * FROM system.local");
    });
  } finally {
    first.resume();
  }
});

test("a data centre whose nodes are all silent is named in time", async () => {
  await third.restart();
  for (const node of [first, second]) node.pause();
  try {
    const started = performance.now();
    await fails(
      () => connected(at("127.0.0.3", "east"), async () => {}),
      `at 127.0.0.3:${port} `,
      'none of the 2 nodes of the data centre "east" answered within 4 s',
      /rpc_address[^\n]*$/,
    );
    assert.ok(performance.now() - started < 10_000);
  } finally {
    for (const node of [first, second]) node.resume();
  }
});

test("a restarted node is part of the cluster again", async () => {
  assert.ok(third.pid);
  await connected(at("127.0.0.3"), async (client) => {
    for (let attempt = 0; ; attempt++) {
      try {
        await insert(client, 3, types.consistencies.all); // once every node has noticed that all are up
        break;
      } catch (error) {
        if (attempt === 60) throw error;
        await sleep(500);
      }
    }
    // This node may have lost what it was given in its last second; the copies on the others fill that in.
    const { rowLength } = await client.execute("SELECT id FROM three.t WHERE id = 1", [], {
      consistency: types.consistencies.all,
    });
    assert.equal(rowLength, 1);
  });
});

test("destroying the cluster ends every node and leaves nothing", async () => {
  await cluster.destroy();
  assert.deepEqual(processesWith(join(folder, "nodes")), []);
  assert.equal(existsSync(join(folder, "nodes")), false);
});

// Other ways to end, and npm run cluster itself, are in test/faults/nothing-outlives.e2e.test.ts.
testUnless(longForm)("Ctrl-C ends a cluster with the command that started it", async () => {
  const directory = join(newFolder("interrupted"), "nodes");
  const module = pathToFileURL(join(projectRoot, "packages", "embedded-cassandra", "dist", "cluster.js"));
  const settings = { directory, program, dataCenters: ["east"] };
  const script = `import { startCluster } from "${module}";
    await startCluster(${JSON.stringify(settings)});
    console.log("started");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  assert.ok(processesWith(directory).some((line) => line.includes("CassandraDaemon")));
  child.kill("SIGINT");
  assert.equal(await ended, 130);
  assert.deepEqual(processesWith(directory), []);
});

test("an address that the machine does not have is named, with the command that adds it", async () => {
  await assert.rejects(freePort(9142, ["192.0.2.77"]), (error: Error) => {
    assert.ok(error instanceof SparkifyError);
    assert.match(error.message, /192\.0\.2\.77.*sudo ifconfig lo0 alias 192\.0\.2\.77$/);
    return true;
  });
});
