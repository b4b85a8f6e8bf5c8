// A cluster of the tests' own that wants TLS, client certificates and a password, and everything to get in.

import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, embeddedNode } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import { type Cluster, startCluster } from "../src/cluster.js";
import { type Issued, issue, makeAuthority } from "./certificates.js";

export type Settings = Record<string, string>;

/** Writes PEM files for a certificate and its key. */
export function writeIssued(folder: string, name: string, { certificate, key }: Issued) {
  const [certificateFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  writeFileSync(certificateFile, certificate);
  writeFileSync(keyFile, key);
  return { CASSANDRA_TLS_CERT: certificateFile, CASSANDRA_TLS_KEY: keyFile };
}

/** The authority, with the TLS settings of its clients and of its nodes: these have a certificate for `hosts`. */
export function makeTls(folder: string, hosts: string[]) {
  mkdirSync(folder, { recursive: true });
  const authority = makeAuthority("The test's authority");
  const { CASSANDRA_TLS_CERT: authorityFile } = writeIssued(folder, "authority", authority);
  const node = issue("node", hosts, authority);
  const keystore = join(folder, "node-with-key.pem");
  writeFileSync(keystore, node.key + node.certificate + authority.certificate);
  return {
    authority,
    settings: {
      CASSANDRA_TLS_CA: authorityFile,
      ...writeIssued(folder, "client", issue("client", [], authority)),
    },
    yaml: {
      client_encryption_options: {
        enabled: true,
        optional: false,
        require_client_auth: true,
        ssl_context_factory: { class_name: "org.apache.cassandra.security.PEMBasedSslContextFactory" },
        keystore,
        truststore: authorityFile,
      },
    },
  };
}

/** Connects with exactly these settings, does the work and shuts down. */
export async function connected<Result>(settings: Settings, work: (client: Client) => Promise<Result>) {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) if (name.startsWith("CASSANDRA_")) delete process.env[name];
  Object.assign(process.env, settings);
  try {
    const client = await connect();
    return await work(client).finally(() => client.shutdown());
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** One node with everything on. Its certificate is for `localhost`, and its default superuser can no longer log in. */
export async function startSecureNode(folder: string) {
  const tls = makeTls(folder, ["localhost"]);
  const cluster: Cluster = await startCluster({
    directory: join(folder, "nodes"),
    program: embeddedNode().program,
    dataCenters: ["datacenter1"],
    yaml: {
      authenticator: { class_name: "PasswordAuthenticator" },
      authorizer: { class_name: "CassandraAuthorizer" },
      role_manager: { class_name: "CassandraRoleManager" },
      roles_validity: "0ms", // what is changed in a role counts at once
      ...tls.yaml,
    },
  });
  const base = { CASSANDRA_CONTACT_POINTS: `localhost:${cluster.port}`, ...tls.settings };
  const role = (name: string, password: string) => ({
    ...base,
    CASSANDRA_USERNAME: name,
    CASSANDRA_PASSWORD: password,
  });
  const password = `gehe1m-${randomBytes(8).toString("hex")}`;
  const admin = role("admin", password);
  await untilItWorks(() =>
    connected(role("cassandra", "cassandra"), (client) =>
      client.execute(`CREATE ROLE admin WITH SUPERUSER = true AND LOGIN = true AND PASSWORD = '${password}'`),
    ),
  );
  await connected(admin, (client) => client.execute("ALTER ROLE cassandra WITH LOGIN = false"));
  return { ...tls, cluster, base, role, admin };
}

/** What Cassandra makes only a moment after it begins to answer: its default superuser, its list of other nodes. */
export async function untilItWorks(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 30) throw error;
      await sleep(500);
    }
  }
}
