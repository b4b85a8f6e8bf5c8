import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, types } from "cassandra-driver";
import { type TestContext, test } from "vitest";
import { fails, temporaryFolder } from "../../test/support.js";
import { type ConnectOptions, connect, describeCluster } from "../src/connect/connect.js";
import { createKeyspaceCql } from "../src/connect/keyspaces.js";
import { projectRoot, readEmbeddedNode } from "../src/connect/settings.js";

const node = readEmbeddedNode();
assert.ok(node?.pid, "the tests are started with a Cassandra");
const address = `127.0.0.1:${node.port}`;
const credentials = { CASSANDRA_USERNAME: "somebody", CASSANDRA_PASSWORD: "gehe1mes-Wort" };

/** Puts the settings into the environment. @returns what takes them out again */
function set(settings: Record<string, string>): () => void {
  const before = { ...process.env };
  Object.assign(process.env, settings);
  return () => {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

/** Connects with these settings in the environment, does the work and shuts down. */
async function connected(
  settings: Record<string, string>,
  options: ConnectOptions = {},
  work: (client: Client) => Promise<void> = async () => {},
) {
  const reset = set(settings);
  try {
    const client = await connect(options);
    await work(client).finally(() => client.shutdown());
  } finally {
    reset();
  }
}

/** Expects an error of one line for the reader within 10 seconds, without the password. Several may be expected at a time. */
async function failsSoon(
  settings: Record<string, string>,
  options: ConnectOptions,
  ...texts: (string | RegExp)[]
) {
  const started = performance.now();
  const reset = set({ ...credentials, ...settings });
  const connecting = connect(options); // reads the environment before anything else
  reset();
  const noSecret = new RegExp(`^(?!.*${credentials.CASSANDRA_PASSWORD}).*$`);
  await fails(() => connecting, noSecret, ...texts);
  assert.ok(performance.now() - started < 10_000);
}

/** A server that does with its connections what the test says; and the connections that are open. */
async function serve(t: TestContext, onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    onConnection(socket);
  });
  t.onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

test("without contact points the embedded node answers, at LOCAL_QUORUM", async () => {
  await connected({ CASSANDRA_CONTACT_POINTS: " ", CASSANDRA_LOCAL_DC: "elsewhere" }, {}, async (client) => {
    const query = "SELECT cluster_name, release_version FROM system.local";
    const { info, rows } = await client.execute(query, [], { traceQuery: true });
    assert.equal(rows[0]?.cluster_name, node.clusterName);
    assert.equal(info.achievedConsistency, types.consistencies.localQuorum);
    const { parameters } = await client.metadata.getTrace(info.traceId as types.Uuid);
    assert.equal(parameters.consistency_level, "LOCAL_QUORUM");
    const version = rows[0]?.release_version;
    assert.deepEqual(await describeCluster(client), { version, contactPoints: [address], nodes: 1 });
  });
});

test("CASSANDRA_CONTACT_POINTS names the cluster, also with blanks, credentials and a data centre", async () => {
  for (const settings of [
    { CASSANDRA_CONTACT_POINTS: address, ...credentials },
    { CASSANDRA_CONTACT_POINTS: ` localhost:${node.port} , ${address},` },
    { CASSANDRA_CONTACT_POINTS: address, CASSANDRA_LOCAL_DC: "datacenter1" },
  ]) {
    await connected(settings, { keyspace: "system" }, async (client) => {
      const found = (await client.execute("SELECT cluster_name FROM local")).first();
      assert.equal(found.get("cluster_name"), node.clusterName);
      const { contactPoints } = await describeCluster(client);
      assert.equal(contactPoints.at(-1), address);
    });
  }
});

test("the embedded node that a tool names is taken, whatever the environment says", async () => {
  const settings = { CASSANDRA_CONTACT_POINTS: "127.0.0.1:1", CASSANDRA_LOCAL_DC: "elsewhere" };
  await connected(settings, { embedded: node }, async (client) => assert.equal(client.hosts.length, 1));
  const help = "npm run cassandra -- start";
  await failsSoon(settings, { embedded: { ...node, port: 1 } }, "the embedded node at 127.0.0.1:1: ", help);
});

test("a closed port, a silent server and servers that speak otherwise are named, with what to do", async (t) => {
  const reply = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
  const servers = [
    await serve(t, (socket) => socket.resume()),
    await serve(t, (socket) => socket.once("data", () => socket.end(reply))),
    await serve(t, (socket) => socket.on("data", () => socket.write(Buffer.alloc(99, 0x84)))),
  ];
  await Promise.all(
    ["127.0.0.1:1", ...servers.map((server) => server.address)].map((wrong) => {
      const message = `No connection to the cluster at ${wrong} (CASSANDRA_CONTACT_POINTS): `;
      return failsSoon({ CASSANDRA_CONTACT_POINTS: wrong }, {}, message, /^.*npm run cassandra -- start$/);
    }),
  );
});

test("a connection that comes after the error is closed again", { timeout: 60_000 }, async (t) => {
  // Each message takes a second, so the handshake takes longer than connect() waits.
  const slow = await serve(t, (socket) => {
    const upstream = connectSocket(node.port, "127.0.0.1");
    socket.on("data", (data) => setTimeout(() => upstream.writable && upstream.write(data), 900));
    socket.on("close", () => upstream.destroy());
    upstream.on("error", () => {}).pipe(socket);
  });
  await failsSoon({ CASSANDRA_CONTACT_POINTS: slow.address }, {}, "no answer to the CQL handshake");
  assert.equal(slow.sockets.size, 1);
  while (slow.sockets.size > 0) await sleep(100);
});

test("a wrong data centre, a missing keyspace and a missing certificate are named", async () => {
  const settings = { CASSANDRA_CONTACT_POINTS: address };
  await failsSoon(
    { ...settings, CASSANDRA_LOCAL_DC: "elsewhere" },
    {},
    /^.*"elsewhere", but .*: datacenter1\. Set CASSANDRA_LOCAL_DC.*$/,
  );
  const keyspace = "no_such_keyspace";
  await failsSoon(
    {},
    { keyspace },
    `"${keyspace}" does not exist`,
    address,
    `create it with createKeyspaceIfMissing(client, "${keyspace}").`,
  );
  const certificate = { ...settings, CASSANDRA_TLS_CA: "/no/such/ca.pem" };
  await failsSoon(certificate, {}, /^CASSANDRA_TLS_CA names a file.*\/no\/such\/ca\.pem/);
});

test("without settings and without a node the error says how to start one", (t) => {
  const program =
    'require("@sparkify/lib").connect().catch((error) => console.log(error.name + ": " + error.message))';
  const env = { ...process.env, SPARKIFY_WORK_DIR: join(temporaryFolder(t), "work") };
  const { stdout } = spawnSync(process.execPath, ["-e", program], {
    cwd: projectRoot,
    encoding: "utf8",
    env,
  });
  assert.match(
    stdout,
    /^SparkifyError: .*the embedded node is not running\. .*npm run cassandra -- start\n$/,
  );
});

test("a keyspace is created in the data centre there is, with a copy for each of up to three nodes", async () => {
  await connected({}, {}, async (client) => {
    const cql = await createKeyspaceCql(client, "test_connect");
    await client.execute(cql);
    await client.execute(cql); // again: it is there already
    const query = "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'test_connect'";
    assert.deepEqual((await client.execute(query)).first().get("replication"), {
      class: "org.apache.cassandra.locator.NetworkTopologyStrategy",
      datacenter1: "1",
    });
    await client.execute("DROP KEYSPACE test_connect");
    // The driver's list of hosts, as it would be in larger clusters.
    const [here] = client.hosts.values();
    const there = Object.assign(Object.create(here as object), { datacenter: "elsewhere" });
    const clusters = { 1: [here, there, there], 2: [here, here], 3: [here, here, here, here, here] };
    for (const [copies, hosts] of Object.entries(clusters)) {
      const larger = Object.assign(Object.create(client), { hosts: { values: () => hosts } });
      assert.match(await createKeyspaceCql(larger, "k"), new RegExp(`'datacenter1': ${copies}}`));
    }
    for (const name of ["Sparkify", "1st", "_x", "a-b", "a b", "a; DROP", "", "a".repeat(49)]) {
      await fails(() => createKeyspaceCql(client, name), "A keyspace name is");
    }
    assert.match(await createKeyspaceCql(client, `a_9${"a".repeat(45)}`), /IF NOT EXISTS a_9a{45}\s/);
  });
});
