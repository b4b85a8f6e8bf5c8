// The one way to a database, for cells, tools and tests.

import { readFileSync } from "node:fs";
import { auth, Client, type ClientOptions, policies, types } from "cassandra-driver";
import { type EmbeddedNode, readEmbeddedNode, SparkifyError } from "./project";

/** How long a connection may take before the error is shown. */
const connectTimeoutMs = 4000;

export interface ConnectOptions {
  /** The keyspace that unqualified table names belong to. It must exist. */
  keyspace?: string;
  /** The embedded node to use, whatever the environment says: for the tools that start it. */
  embedded?: EmbeddedNode;
}

/**
 * Connects to the cluster that CASSANDRA_CONTACT_POINTS names (`host` or `host:port`, comma separated), or
 * else to the project's embedded node.
 *
 * Further settings, for a cluster of your own: CASSANDRA_LOCAL_DC (found out when unset),
 * CASSANDRA_USERNAME and CASSANDRA_PASSWORD, CASSANDRA_TLS_CA (file of the authority's certificate; switches
 * TLS on; the certificate must name the address that is connected to), CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY (a client certificate).
 * Reads and writes are done at LOCAL_QUORUM; requests go to a replica of the partition in the local data
 * centre (the driver's default policy: token aware over data-centre aware).
 *
 * @returns a connected client; the caller shuts it down
 * @throws SparkifyError within 10 seconds: what was tried, why it failed and the command that helps
 */
export async function connect({ keyspace, embedded }: ConnectOptions = {}): Promise<Client> {
  const target = embedded ? embeddedCluster(embedded) : (clusterFromEnvironment() ?? embeddedCluster());
  try {
    const localDataCenter = await findDataCenter(target);
    return await open({ ...target.options, localDataCenter, ...(keyspace ? { keyspace } : {}) });
  } catch (error) {
    if (keyspace && /Keyspace '.*' does not exist/.test(String(error))) {
      throw new SparkifyError(
        `The keyspace "${keyspace}" does not exist on ${target.name}. Run the notebook 03-create-tables first.`,
      );
    }
    throw new SparkifyError(`No connection to ${target.name}: ${reason(error)}\n${target.help}`);
  }
}

interface Target {
  options: ClientOptions;
  /** The local data centre; found out when unset. */
  dataCenter?: string | undefined;
  name: string;
  help: string;
}

/** The contact points that CASSANDRA_CONTACT_POINTS names; none means the embedded node. */
export function contactPointsFromEnvironment(): string[] {
  return (process.env.CASSANDRA_CONTACT_POINTS ?? "")
    .split(",")
    .map((point) => point.trim())
    .filter((point) => point !== "");
}

function clusterFromEnvironment(): Target | undefined {
  const contactPoints = contactPointsFromEnvironment();
  if (contactPoints.length === 0) return undefined;
  const { CASSANDRA_USERNAME: username, CASSANDRA_PASSWORD: password } = process.env;
  const { CASSANDRA_TLS_CA: ca, CASSANDRA_TLS_CERT: cert, CASSANDRA_TLS_KEY: key } = process.env;
  if ((cert || key) && !ca) {
    throw new SparkifyError(
      "CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY need CASSANDRA_TLS_CA, which switches TLS on.",
    );
  }
  // The driver looks for the other nodes on one port for all: that of the contact points.
  const port = Number(contactPoints[0]?.match(/:(\d+)$/)?.[1] ?? 9042);
  return {
    options: {
      contactPoints,
      protocolOptions: { port },
      ...(username ? { authProvider: new auth.PlainTextAuthProvider(username, password ?? "") } : {}),
      ...(ca
        ? {
            sslOptions: {
              ca: [readPem("CASSANDRA_TLS_CA", ca)],
              rejectUnauthorized: true,
              ...(cert ? { cert: readPem("CASSANDRA_TLS_CERT", cert) } : {}),
              ...(key ? { key: readPem("CASSANDRA_TLS_KEY", key) } : {}),
            },
          }
        : {}),
    },
    dataCenter: process.env.CASSANDRA_LOCAL_DC,
    name: `the cluster at ${contactPoints.join(", ")} (CASSANDRA_CONTACT_POINTS)`,
    help: "Check CASSANDRA_CONTACT_POINTS, or unset it to use the embedded node: npm run cassandra -- start",
  };
}

function embeddedCluster(node = readEmbeddedNode()): Target {
  const help = "Start it with: npm run cassandra -- start";
  if (!node?.pid) {
    throw new SparkifyError(
      "No Cassandra to connect to: CASSANDRA_CONTACT_POINTS is not set, and the embedded node is not running." +
        `\n${help}`,
    );
  }
  return {
    options: { contactPoints: [`127.0.0.1:${node.port}`], protocolOptions: { port: node.port } },
    name: `the embedded node at 127.0.0.1:${node.port}`,
    help,
  };
}

function readPem(variable: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new SparkifyError(`${variable} names a file that cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Asks the first contact point that answers which data centre it is in. A wanted one is looked for: the driver
 * would leave a connection open where it is missing.
 */
async function findDataCenter({ options, dataCenter: wanted }: Target): Promise<string> {
  const scout = await open({
    ...options,
    policies: { loadBalancing: new policies.loadBalancing.RoundRobinPolicy() },
    pooling: { warmup: false, heartBeatInterval: 0 },
    socketOptions: { readTimeout: connectTimeoutMs },
  });
  try {
    if (!wanted)
      return (await scout.execute("SELECT data_center FROM system.local")).first().get("data_center");
    const found = new Set(scout.hosts.values().map((host) => host.datacenter));
    if (found.has(wanted)) return wanted;
    throw new Error(`CASSANDRA_LOCAL_DC is "${wanted}", but the data centres are: ${[...found].join(", ")}`);
  } finally {
    await scout.shutdown();
  }
}

async function open(options: ClientOptions): Promise<Client> {
  const client = new Client({
    ...options,
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true },
    socketOptions: { ...options.socketOptions, connectTimeout: connectTimeoutMs },
  });
  let timer: NodeJS.Timeout | undefined;
  // A port that accepts connections but does not speak CQL would keep the driver waiting longer.
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer to the CQL handshake within ${connectTimeoutMs / 1000} s`)),
      connectTimeoutMs,
    );
  });
  const connecting = client.connect();
  try {
    await Promise.race([connecting, timeout]);
    return client;
  } catch (error) {
    // The driver cannot be stopped on its way: what still comes of it is closed then.
    connecting.then(() => client.shutdown()).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** The driver keeps the reason of each host inside a NoHostAvailableError: shows them. */
function reason(error: unknown): string {
  const innerErrors = (error as { innerErrors?: Record<string, Error> }).innerErrors;
  if (!innerErrors || Object.keys(innerErrors).length === 0) return (error as Error).message;
  return Object.entries(innerErrors)
    .map(([host, inner]) => `${host}: ${inner.message}`)
    .join("; ");
}

/**
 * The CQL that creates a keyspace with NetworkTopologyStrategy in the connected data centre, with a
 * replication factor of min(3, nodes in it). A keyspace cannot be a bound parameter, hence the text.
 */
export async function createKeyspaceCql(client: Client, keyspace: string): Promise<string> {
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace)) {
    throw new SparkifyError(
      `A keyspace name is lower-case letters, digits and _, at most 48: got "${keyspace}".`,
    );
  }
  // The driver only asks nodes of the local data centre, so the answer is the connected one.
  const dataCenter: string = (await client.execute("SELECT data_center FROM system.local")).first().get(0);
  const nodes = client.hosts.values().filter((host) => host.datacenter === dataCenter).length;
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace}
  WITH replication = {'class': 'NetworkTopologyStrategy', '${dataCenter.replaceAll("'", "''")}': ${Math.min(3, nodes)}}`;
}

/** What a report says of the cluster: its release, the contact points and the number of nodes. */
export async function describeCluster(client: Client) {
  const local = (await client.execute("SELECT release_version FROM system.local")).first();
  const hosts = client.hosts.values();
  const points = contactPointsFromEnvironment();
  return {
    version: local.get("release_version") as string,
    contactPoints: points.length > 0 ? points : hosts.map((host) => host.address),
    nodes: hosts.length,
  };
}
