// The one way to a database, for cells, tools and tests.

import { setTimeout as sleep } from "node:timers/promises";
import { AddressBook } from "@sparkify/base/address-book";
import { SparkifyError } from "@sparkify/base/errors";
import { firstAnswer } from "@sparkify/base/first-answer";
import type { EmbeddedNode } from "@sparkify/embedded-cassandra/node-file";
import { auth, Client, type ClientOptions, type Host, policies, types } from "cassandra-driver";
import { explain, noAnswer, PlainFailure } from "./connection-failure.js";
import { type ContactPoint, parseContactPoints } from "./contact-points.js";
import { hideKey, secureBundle } from "./secure-bundle.js";
import { type ClusterSettings, clusterSettings, otherCluster, readEmbeddedNode } from "./settings.js";
import { tlsOptions } from "./tls.js";

/** How long the contact points have for an answer, all together; and then the connection to the cluster. */
const connectTimeoutMs = 4000;
/** A contact point that is silent for this long gets company by the next one. */
const patienceMs = 1000;

export interface ConnectOptions {
  /** The keyspace that unqualified table names belong to. It must exist. */
  keyspace?: string;
  /** The embedded node to use, whatever the environment says: for the tools that start it. */
  embedded?: EmbeddedNode;
  /** The cluster to use, whatever the environment says: for a lab that starts its own. All have one port. */
  contactPoints?: string[];
}

/**
 * Connects to the cluster that CASSANDRA_CONTACT_POINTS names (`host` or `host:port`, comma separated), or
 * else to the project's embedded node. CASSANDRA_SECURE_BUNDLE, a file of Astra's, takes the place of addresses and TLS.
 *
 * Further settings, for a cluster of your own: CASSANDRA_LOCAL_DC (when unset, that of the first contact point
 * that answers), CASSANDRA_USERNAME and CASSANDRA_PASSWORD, CASSANDRA_TLS_CA (file of the authority's certificate;
 * switches TLS on, see `tlsOptions`), CASSANDRA_TLS_CERT and CASSANDRA_TLS_KEY (a client certificate).
 * Reads and writes are done at LOCAL_QUORUM; requests go to a replica of the partition in the local data
 * centre (the driver's default policy: token aware over data-centre aware).
 *
 * @returns a connected client; the caller shuts it down
 * @throws SparkifyError within 10 seconds, in one line: what was tried, why it failed and what helps
 * @example
 * const client = await connect();
 * const { rows } = await client.execute("SELECT release_version FROM system.local");
 * await client.shutdown();
 */
export async function connect({ keyspace, embedded, contactPoints }: ConnectOptions = {}): Promise<Client> {
  const settings = clusterSettings();
  const target = embedded
    ? embeddedCluster(embedded)
    : contactPoints
      ? plainCluster(parseContactPoints(contactPoints))
      : otherCluster(settings).length > 0
        ? clusterOf(settings)
        : embeddedCluster();
  try {
    const options = { ...target.options, ...(keyspace ? { keyspace } : {}) };
    if (options.cloud) return await openInDataCenter(options);
    const { contactPoint, dataCenter } = await findDataCenter(target);
    return await openInDataCenter({ ...options, contactPoints: [contactPoint] }, dataCenter);
  } catch (error) {
    if (keyspace && /Keyspace '.*' does not exist/.test(String(error))) {
      throw new SparkifyError(
        `The keyspace "${keyspace}" does not exist on ${target.name}. ` +
          `Connect without it, and create it with createKeyspaceIfMissing(client, "${keyspace}").`,
      );
    }
    throw new SparkifyError(`No connection to ${target.name}: ${inWords(error, target, settings)}`);
  }
}

interface Target {
  points: ContactPoint[];
  book: AddressBook;
  options: Omit<ClientOptions, "contactPoints">;
  /** The local data centre; found out when unset. */
  dataCenter?: string | undefined;
  name: string;
  /** What helps whatever the reason is. */
  help?: string;
}

/** Without passwords or TLS. The driver looks for the other nodes on one port for all: that of the contact points. */
function plainCluster(points: ContactPoint[]): Target {
  return {
    points,
    book: new AddressBook(),
    options: { protocolOptions: { port: points[0]?.port ?? 9042 } },
    name: `the cluster at ${points.map(({ text }) => text).join(", ")}`,
  };
}

function clusterOf(settings: ClusterSettings): Target {
  const { contactPoints, localDataCenter, username, password = "", tls } = settings;
  const credentials = username ? { authProvider: new Credentials(username, password) } : {};
  const cloud = secureBundle(settings);
  if (cloud)
    return { points: [], book: new AddressBook(), ...cloud, options: { ...credentials, ...cloud.options } };
  const plain = plainCluster(parseContactPoints(contactPoints));
  const sslOptions = tlsOptions(tls, plain.book);
  return {
    ...plain,
    options: { ...plain.options, ...credentials, ...(sslOptions ? { sslOptions } : {}) },
    dataCenter: localDataCenter,
    name: `${plain.name} (CASSANDRA_CONTACT_POINTS)`,
  };
}

function embeddedCluster(node = readEmbeddedNode()): Target {
  const help = "Start it with: npm run cassandra -- start";
  if (!node?.pid) {
    throw new SparkifyError(
      "No Cassandra to connect to: CASSANDRA_CONTACT_POINTS is not set, and the embedded node is not running. " +
        help,
    );
  }
  const cluster = plainCluster(parseContactPoints([`127.0.0.1:${node.port}`]));
  return { ...cluster, name: `the embedded node at 127.0.0.1:${node.port}`, help };
}

/** A user name and a password that no printed client shows: it may be the last line of a cell. */
class Credentials extends auth.PlainTextAuthProvider {
  readonly #provider: auth.PlainTextAuthProvider;

  constructor(username: string, password: string) {
    super(username, "(not shown)");
    this.#provider = new auth.PlainTextAuthProvider(username, password);
  }

  override newAuthenticator(endpoint: string, name: string): auth.Authenticator {
    return this.#provider.newAuthenticator(endpoint, name);
  }
}

/** The address that answered, as the driver takes it, and the data centre to use. */
type Found = { contactPoint: string; dataCenter: string };

/** Asks the contact points for their data centre; the first that answers counts. */
async function findDataCenter(target: Target): Promise<Found> {
  const { points, book } = target;
  for (const { host } of points) book.addressesOf(host); // all at once; a slow name holds up no other
  const deadline = Date.now() + connectTimeoutMs;
  const patience = Math.min(patienceMs, connectTimeoutMs / 2 / points.length);
  const atPoint = async (point: ContactPoint) => {
    const addresses = await within(deadline - Date.now(), book.addressesOf(point.host));
    const attempts = addresses.map((address) => () => askDataCenter(target, address, point.port, deadline));
    return firstAnswer(attempts, patience / attempts.length);
  };
  return firstAnswer(
    points.map((point) => () => atPoint(point)),
    patience,
  );
}

/** Leaves every node but one alone. */
class OnlyPolicy extends policies.loadBalancing.RoundRobinPolicy {
  constructor(private readonly endpoint: string) {
    super();
  }

  override getDistance(host: Host) {
    return host.address === this.endpoint ? types.distance.local : types.distance.ignored;
  }
}

/** A wanted data centre is looked for: the driver would leave a connection open where it is missing. */
async function askDataCenter(
  { options, dataCenter: wanted }: Target,
  address: string,
  port: number,
  deadline: number,
): Promise<Found> {
  const endpoint = `${address}:${port}`; // as the driver knows the host
  const contactPoint = address.includes(":") ? `[${address}]:${port}` : endpoint;
  const scout = await open(
    {
      ...options,
      contactPoints: [contactPoint],
      policies: { loadBalancing: new OnlyPolicy(endpoint) },
      pooling: { warmup: false, heartBeatInterval: 0 },
      socketOptions: { readTimeout: connectTimeoutMs },
    },
    deadline - Date.now(),
  );
  try {
    const found = new Set(scout.hosts.values().map((host) => host.datacenter));
    // What the node says of itself, not what the next one would.
    const dataCenter = wanted || scout.hosts.get(endpoint).datacenter;
    if (!wanted || found.has(wanted)) return { contactPoint, dataCenter };
    throw new PlainFailure({
      what: `CASSANDRA_LOCAL_DC is "${wanted}", but the data centres are: ${[...found].join(", ")}`,
      help: "Set CASSANDRA_LOCAL_DC to one of these",
    });
  } finally {
    await scout.shutdown();
  }
}

/**
 * Opens the connections to the nodes of the data centre. One that is silent is not waited for long: the driver goes on
 * trying, and asks the others meanwhile.
 */
async function openInDataCenter(options: ClientOptions, named?: string): Promise<Client> {
  const deadline = Date.now() + connectTimeoutMs;
  const local = named ? { localDataCenter: named } : {};
  const client = await open({ ...options, ...local, pooling: { warmup: false } }, connectTimeoutMs);
  const dataCenter = named ?? client.hosts.values()[0]?.datacenter; // a bundle is for one
  const near = (hosts: Host[]) => hosts.filter((host) => host.datacenter === dataCenter).length;
  const nodes = near(client.hosts.values());
  const connectedNodes = () => near(client.getState().getConnectedHosts());
  const patient = Date.now() + patienceMs;
  while (connectedNodes() < nodes && Date.now() < (connectedNodes() > 0 ? patient : deadline)) {
    await sleep(10);
  }
  if (connectedNodes() > 0) return client;
  await client.shutdown();
  throw new PlainFailure({
    what: `none of the ${nodes} nodes of the data centre "${dataCenter}" answered within ${connectTimeoutMs / 1000} s`,
    help: "Check that its nodes run, that they can be reached on the addresses they announce (rpc_address), and that their certificates name these",
  });
}

async function open(options: ClientOptions, timeoutMs: number): Promise<Client> {
  const client = new Client({
    ...options,
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true },
    socketOptions: { ...options.socketOptions, connectTimeout: connectTimeoutMs },
  });
  if (options.cloud) hideKey(client);
  const connecting = client.connect();
  try {
    // A port that accepts connections but does not speak CQL would keep the driver waiting longer.
    await within(timeoutMs, connecting);
    return client;
  } catch (error) {
    // The driver cannot be stopped on its way: what still comes of it is closed then.
    connecting.then(() => client.shutdown()).catch(() => {});
    throw error;
  }
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const timeout = sleep(milliseconds, undefined, { signal: timer.signal }).then((): never => {
    throw noAnswer(connectTimeoutMs / 1000);
  });
  return Promise.race([work, timeout]).finally(() => timer.abort());
}

/** The reason, for each contact point where they differ, then everything that helps, once. */
function inWords(error: unknown, { points, help }: Target, settings: ClusterSettings): string {
  const perPoint = error instanceof AggregateError ? error.errors : [error];
  const failures = perPoint.map((one) =>
    (one instanceof AggregateError ? one.errors : [one]).map((reason) => explain(reason, settings)),
  );
  const perPointText = failures.map((ofPoint) => [...new Set(ofPoint.map(({ what }) => what))].join(", "));
  const reasons =
    new Set(perPointText).size === 1
      ? perPointText.slice(0, 1)
      : perPointText.map((what, index) => `${points[index]?.text}: ${what}`);
  const helps = help ? [help] : [...new Set(failures.flat().map((failure) => failure.help))];
  return `${reasons.join("; ")}. ${helps.join(". ")}`;
}

/** What a report says of the cluster: its release, the contact points and the number of nodes. */
export async function describeCluster(client: Client) {
  const local = (await client.execute("SELECT release_version FROM system.local")).first();
  const hosts = client.hosts.values();
  const points = otherCluster(clusterSettings());
  return {
    version: local.get("release_version") as string,
    contactPoints: points.length > 0 ? points : hosts.map((host) => host.address),
    nodes: hosts.length,
  };
}
