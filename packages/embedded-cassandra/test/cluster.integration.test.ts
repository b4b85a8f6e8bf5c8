// connect() and the walkthrough against a node that is set up as a cluster of one's own may be: TLS with an authority of
// its own, client certificates, passwords and a role with few rights.

import assert from "node:assert/strict";
import { once } from "node:events";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, connect as connectSocket, createServer, type Server } from "node:net";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { inspect } from "node:util";
import { SparkifyError } from "@sparkify/base/errors";
import { createKeyspaceIfMissing, describeCluster, projectRoot, workDirectory } from "@sparkify/lib";
import { afterAll, onTestFinished, test } from "vitest";
import {
  installNode24,
  isSoak,
  newFolder,
  registeringKernel,
  runCommand,
  writeNotebook,
} from "../../../test/command.js";
import { fails } from "../../../test/support.js";
import { issue, makeAuthority } from "./certificates.js";
import { startCloud } from "./cloud.js";
import { connected, type Settings, startSecureNode, writeIssued } from "./secure-cluster.js";

const folder = newFolder("secure");
const { cluster, authority, base, role, admin } = await startSecureNode(folder);
afterAll(() => cluster.destroy());
const { port } = cluster;
const secrets = [admin.CASSANDRA_PASSWORD, "wr0ng-Wort", "t4schen-Wort"];

/** Expects an error of one line within 10 seconds, which has these texts and no secret, however it is printed. */
async function failsSoon(settings: Settings, ...texts: (string | RegExp)[]) {
  const started = performance.now();
  const error = await connected(settings, async () => {}).then(
    () => assert.fail("connected"),
    (reason) => reason,
  );
  assert.ok(performance.now() - started < 10_000);
  assert.ok(error instanceof SparkifyError, inspect(error));
  assert.doesNotMatch(error.message, /\n/);
  for (const text of texts) {
    if (typeof text === "string") assert.ok(error.message.includes(text), `${text} in: ${error.message}`);
    else assert.match(error.message, text);
  }
  for (const printed of [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    error.stack ?? "",
  ]) {
    for (const secret of secrets) assert.ok(!printed.includes(secret), printed);
  }
}

/** A server on loopback that passes everything on to the node. */
async function listening(server: Server): Promise<string> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `localhost:${(server.address() as AddressInfo).port}`;
}

/** What a client sees of a node with another certificate. */
function nodeWith({ certificate, key }: { certificate: string; key: string }): Promise<string> {
  const server = createTlsServer({ cert: certificate, key }, (socket) =>
    socket.resume().on("error", () => {}),
  );
  return listening(server.on("tlsClientError", () => {}));
}

test("a certificate for the name that was given is accepted, with a client certificate and a password", async () => {
  await connected(admin, async (client) => {
    assert.equal(client.getState().getConnectedHosts().length, 1);
    const { rows } = await client.execute("SELECT role FROM system_auth.roles");
    assert.deepEqual(rows.map((row) => row.role).sort(), ["admin", "cassandra"]);
    for (const printed of [
      inspect(client, { depth: 10 }),
      inspect(client, { depth: 10, showHidden: true }),
    ]) {
      for (const secret of [...secrets, "PRIVATE KEY"]) assert.ok(!printed.includes(secret), secret);
    }
  });
});

test("a certificate that names another host is refused, by name and by address", async () => {
  const byAddress = { ...admin, CASSANDRA_CONTACT_POINTS: `127.0.0.1:${port}` };
  await failsSoon(
    byAddress,
    `at 127.0.0.1:${port} `,
    "is for DNS:localhost, not for 127.0.0.1",
    "Use the name",
  );
  const other = await nodeWith(issue("node", ["db.example.com"], authority));
  await failsSoon(
    { ...admin, CASSANDRA_CONTACT_POINTS: other },
    `at ${other} `,
    "is for DNS:db.example.com, not for localhost",
  );
});

test("an expired certificate and those of foreign authorities are refused", async () => {
  const expired = await nodeWith(issue("node", ["localhost"], authority, -2));
  await failsSoon(
    { ...admin, CASSANDRA_CONTACT_POINTS: expired },
    `at ${expired} `,
    "has expired",
    "new certificate",
  );
  const stranger = makeAuthority(authority.subject);
  const { CASSANDRA_TLS_CERT: foreign } = writeIssued(folder, "stranger", stranger);
  await failsSoon(
    { ...admin, CASSANDRA_TLS_CA: foreign },
    `at localhost:${port} `,
    "not issued by the authority of CASSANDRA_TLS_CA",
    "Set CASSANDRA_TLS_CA",
  );
});

test("client certificates: none, an expired one, a foreign one", async () => {
  const { CASSANDRA_TLS_CERT: _, CASSANDRA_TLS_KEY: __, ...without } = admin;
  const help = "Set CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY";
  await failsSoon(without, `at localhost:${port} `, "wants a client certificate", help);
  const expired = writeIssued(folder, "expired", issue("client", [], authority, -2));
  await failsSoon(
    { ...admin, ...expired },
    "refuses the client certificate (TLS alert: certificate expired)",
    help,
  );
  const foreign = writeIssued(folder, "foreign", issue("client", [], makeAuthority("Somebody")));
  await failsSoon({ ...admin, ...foreign }, "refuses the client certificate", help);
});

test("TLS settings that cannot be right are named before anything is connected to", async () => {
  const { CASSANDRA_TLS_KEY: key, ...withoutKey } = admin;
  await failsSoon(withoutKey, /^CASSANDRA_TLS_CERT is set, CASSANDRA_TLS_KEY is not: /);
  const { CASSANDRA_TLS_KEY: otherKey } = writeIssued(folder, "other", issue("other", [], authority));
  await failsSoon(
    { ...admin, CASSANDRA_TLS_KEY: otherKey },
    /^CASSANDRA_TLS_KEY cannot be used with CASSANDRA_TLS_CERT/,
  );
  await failsSoon(
    { ...admin, CASSANDRA_TLS_CA: key },
    /^CASSANDRA_TLS_CA names a file that is not a certificate in PEM/,
  );
  const withSecret = {
    ...admin,
    CASSANDRA_CONTACT_POINTS: `cassandra://admin:${admin.CASSANDRA_PASSWORD}@localhost:${port}`,
  };
  await failsSoon(withSecret, "entry 1 of 1 is not a host or host:port", "127.0.0.1:9042");
});

test("no TLS where it is wanted, TLS where there is none", async () => {
  await failsSoon(
    { CASSANDRA_CONTACT_POINTS: `localhost:${port}` },
    "it closed the connection",
    "Set CASSANDRA_TLS_CA",
  );
  const plain = await listening(
    createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );
  await failsSoon(
    { ...admin, CASSANDRA_CONTACT_POINTS: plain },
    `at ${plain} `,
    "does not speak TLS",
    "Unset CASSANDRA_TLS_CA",
  );
});

test("a wrong password, an unknown role, no password at all", async () => {
  for (const wrong of [
    role("admin", "wr0ng-Wort"),
    role("nobody", "wr0ng-Wort"),
    role("cassandra", "cassandra"),
  ]) {
    await failsSoon(
      wrong,
      `at localhost:${port} `,
      "refuses the user name or the password",
      "CASSANDRA_PASSWORD",
    );
  }
  await failsSoon(
    base,
    `at localhost:${port} `,
    "wants a user name and a password",
    "Set CASSANDRA_USERNAME",
  );
});

test("a bundle of Astra's form leads to the database, by the name of the node, with the password", async () => {
  const cloud = await startCloud(folder, port, admin);
  onTestFinished(() => cloud.stop());
  const { CASSANDRA_USERNAME = "", CASSANDRA_PASSWORD = "" } = admin;
  const password = { CASSANDRA_USERNAME, CASSANDRA_PASSWORD };
  const client = cloud.clientOf(cloud.authority);
  const whole = cloud.bundle("whole.zip", client);
  const good = { ...password, CASSANDRA_SECURE_BUNDLE: whole };
  await connected(good, async (client) => {
    const { rows } = await client.execute("SELECT host_id FROM system.local");
    assert.equal(String(rows[0]?.host_id), cloud.hostId);
    assert.deepEqual((await describeCluster(client)).contactPoints, ["whole.zip"]);
    for (const printed of [
      inspect(client, { depth: 10 }),
      inspect(client, { depth: 10, showHidden: true }),
    ]) {
      assert.ok(!printed.includes("Buffer 2d 2d 2d 2d 2d 42"), "a key or a certificate is printed");
      for (const secret of secrets) assert.ok(!printed.includes(secret), secret);
    }
  });
  assert.deepEqual([...cloud.asked], [cloud.hostId]);

  const help = /download its bundle anew and leave it zipped; .*CASSANDRA_PASSWORD the token$/;
  const failsWith = (bundle: string, ...texts: (string | RegExp)[]) =>
    failsSoon({ ...good, CASSANDRA_SECURE_BUNDLE: bundle }, `(${bundle}): `, help, ...texts);
  const zipped = readFileSync(whole);
  const noBundle = "the file is no secure connect bundle, or only a part of one. ";
  await failsWith(join(folder, "missing.zip"), "the file cannot be read (ENOENT). ");
  await failsWith(folder, "the file cannot be read (EISDIR). ");
  for (const [name, content] of Object.entries({
    "empty.zip": "",
    "page.zip": "<!doctype html>",
    "cut.zip": zipped.subarray(0, zipped.length / 2),
    "end-missing.zip": zipped.subarray(0, -30),
  }))
    await failsWith(cloud.write(name, content), noBundle);
  for (const [name, text] of Object.entries({ "config.json": "{", cert: "x", key: "" }))
    await failsWith(cloud.bundle(`bad-${name}.zip`, client, { [name]: text }), noBundle);
  const expired = cloud.bundle("expired.zip", cloud.clientOf(cloud.authority, -1));
  await failsWith(expired, /the bundle expired on \w+ [\d :]+ \d{4} GMT\. /);
  const foreign = cloud.bundle("foreign.zip", cloud.clientOf(makeAuthority("Another")));
  await failsWith(foreign, "it closed the connection. ");
  const strange = { "ca.crt": makeAuthority("Another").certificate };
  await failsWith(
    cloud.bundle("strange.zip", client, strange),
    "its certificate was not issued by the authority of the bundle. ",
  );
  const elsewhere = { "config.json": JSON.stringify({ host: "no-such-host.invalid", port: 1 }) };
  await failsWith(cloud.bundle("elsewhere.zip", client, elsewhere), "the host name is not known. ");
  cloud.answerWith(503);
  await failsWith(whole, "Obtained http status 503. ");
  cloud.answerWith(200);
  await failsSoon(
    { ...good, CASSANDRA_PASSWORD: "wr0ng-Wort" },
    help,
    "refuses the user name or the password",
  );
  await failsSoon({ CASSANDRA_SECURE_BUNDLE: whole }, help, "wants a user name and a password");
  await failsSoon({ ...good, CASSANDRA_CONTACT_POINTS: "localhost" }, "unset CASSANDRA_CONTACT_POINTS");
});

test("a wrong data centre, an unknown host and a closed port are named, each with its address", async () => {
  await failsSoon(
    { ...admin, CASSANDRA_LOCAL_DC: "elsewhere" },
    /"elsewhere", but the data centres are: datacenter1\. Set/,
  );
  await failsSoon(
    { ...admin, CASSANDRA_CONTACT_POINTS: "no-such-host.invalid:9042, localhost:1" },
    "no-such-host.invalid:9042: the host name is not known; localhost:1: nothing listens there.",
    "Check the host",
  );
});

test("contact points that do not answer do not use up the time of one that does", async () => {
  const silent = await listening(createServer((socket) => socket.resume().on("error", () => {})));
  const slowlyRefused = await listening(
    createServer((socket) => {
      const upstream = connectSocket(port, "127.0.0.1");
      socket.on("error", () => {}).on("data", (data) => setTimeout(() => upstream.write(data), 5000));
      upstream.on("error", () => {});
      onTestFinished(() => void upstream.destroy());
    }),
  );
  const points = [silent, slowlyRefused, "localhost:1", `localhost:${port}`].join(", ");
  const started = performance.now();
  await connected({ ...admin, CASSANDRA_CONTACT_POINTS: points }, async (client) => {
    assert.equal(client.hosts.length, 1);
  });
  assert.ok(performance.now() - started < 5000);
  await failsSoon(
    { ...admin, CASSANDRA_CONTACT_POINTS: silent },
    `at ${silent} `,
    "no answer to the CQL handshake within 4 s",
    "firewall",
  );
});

const walker = role("sparkify_walkthrough", "t4schen-Wort");

test("the role of docs/role.cql cannot be made with the password that stands there", async () => {
  await connected(admin, async (client) => {
    const statements = roleStatements((text) => text);
    await assert.rejects(
      client.execute(statements.find((cql) => cql.startsWith("CREATE ROLE")) ?? ""),
      /mismatched input|no viable/,
    );
    for (const cql of roleStatements((text) =>
      text
        .replace("CHOOSE-A-PASSWORD;", `'${walker.CASSANDRA_PASSWORD}';`)
        .replace("'datacenter1': 3", "'datacenter1': 1"),
    )) {
      await client.execute(cql);
    }
  });
});

function roleStatements(change: (text: string) => string): string[] {
  const text = readFileSync(join(projectRoot, "docs", "role.cql"), "utf8");
  return change(text.replace(/^--.*$/gm, ""))
    .split(";\n")
    .map((cql) => cql.trim())
    .filter((cql) => cql !== "");
}

const whole = isSoak ? "the whole walkthrough is right" : "the tables are created and judged";
test(`with that role ${whole}, over TLS and under the newest Node, and no password shows anywhere`, {
  timeout: 300_000,
}, async () => {
  const node = await installNode24();
  const some = newFolder("some");
  cpSync(join(projectRoot, "notebooks", "03-create-tables.ipynb"), join(some, "03-create-tables.ipynb"));
  const { code, output } = await registeringKernel(async () => {
    const ended = await runCommand(["run", ...(isSoak ? [] : ["--notebooks", some])], walker, { node });
    await runCommand(["cassandra", "status"]); // registers the kernel with this Node again
    return ended;
  });
  // Without the other notebooks there are no answers, so the run as a whole is not right.
  assert.equal(code, isSoak ? 0 : 1, output);
  assert.match(output, isSoak ? /✔ Every cell ran, every table and answer is right/ : /✔ 03-create-tables/);
  noSecretIn(output);

  const notebooks = newFolder("notebooks");
  writeNotebook(notebooks, "01-connect", [
    'import { connect } from "@sparkify/lib";',
    "const client = await connect();",
  ]);
  const wrong = { ...walker, CASSANDRA_PASSWORD: "wr0ng-Wort" };
  const refused = await runCommand(["run", "--notebooks", notebooks], wrong);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /01-connect, code cell 2.*refuses the user name or the password/s);
  noSecretIn(refused.output);
});

/** Looks at what a command printed and at everything it left in out/. */
function noSecretIn(output: string): void {
  const out = join(workDirectory, "out");
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length >= 3);
  for (const text of [
    output,
    ...files.map((file) => readFileSync(join(file.parentPath, file.name), "utf8")),
  ]) {
    for (const secret of secrets) assert.ok(!text.includes(secret), "a password shows");
  }
}

test("where the keyspace is missing, the role is told who makes it", async () => {
  await connected(walker, async (client) => {
    const create = () => createKeyspaceIfMissing(client, "not_there");
    await fails(create, /^The keyspace "not_there" does not exist, and .* docs\/role\.cql/);
  });
});

test("that role can work with any table of the keyspace, and do nothing else", async () => {
  await connected(admin, async (client) => {
    await client.execute(
      "CREATE KEYSPACE other WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
    );
    await client.execute("CREATE TABLE other.t (id int PRIMARY KEY)");
    await client.execute("CREATE TABLE sparkify.by_admin (id int PRIMARY KEY)");
  });
  await connected(walker, async (client) => {
    for (const cql of [
      "SELECT * FROM other.t",
      "INSERT INTO other.t (id) VALUES (1)",
      "TRUNCATE other.t",
      "DROP TABLE other.t",
      "CREATE TABLE other.u (id int PRIMARY KEY)",
      "DROP KEYSPACE sparkify",
      "ALTER KEYSPACE sparkify WITH durable_writes = true",
      "CREATE KEYSPACE mine WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
      "CREATE KEYSPACE IF NOT EXISTS sparkify WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}",
      "ALTER TABLE sparkify.by_admin ADD more int",
      "SELECT * FROM system_auth.roles",
      "CREATE ROLE friend",
      "GRANT SELECT ON KEYSPACE other TO sparkify_walkthrough",
    ]) {
      await assert.rejects(client.execute(cql), { code: 0x2100 }, cql); // unauthorized
    }
    await client.execute("INSERT INTO sparkify.by_admin (id) VALUES (1)");
    assert.equal((await client.execute("SELECT * FROM sparkify.by_admin")).rowLength, 1);
    await client.execute("DROP TABLE sparkify.by_admin");
  });
});
