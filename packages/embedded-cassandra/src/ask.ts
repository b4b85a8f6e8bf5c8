// Asks who answers on a port.

import { SparkifyError } from "@sparkify/base/errors";
import { Client, type errors, policies } from "cassandra-driver";

const timeoutMs = 4000;

/**
 * Makes sure that it is this node which answers.
 * @returns its release of Cassandra
 * @throws SparkifyError where nothing or another cluster answers
 */
export async function whoAnswers(node: {
  address: string;
  port: number;
  clusterName: string;
  dataCenter: string | undefined;
}): Promise<string> {
  const endpoint = `${node.address}:${node.port}`;
  const { AllowListPolicy, RoundRobinPolicy } = policies.loadBalancing;
  const client = new Client({
    contactPoints: [endpoint],
    localDataCenter: node.dataCenter ?? "datacenter1",
    policies: { loadBalancing: new AllowListPolicy(new RoundRobinPolicy(), [endpoint]) },
    pooling: { warmup: false, heartBeatInterval: 0 },
    socketOptions: { connectTimeout: timeoutMs, readTimeout: timeoutMs },
    isMetadataSyncEnabled: false,
  });
  const asking = client.execute("SELECT cluster_name, release_version FROM system.local");
  // The driver cannot be stopped on its way.
  const close = () => client.shutdown().catch(() => {});
  const closed = asking.then(close, close);
  const row = (await soon(asking, endpoint)).first();
  await closed;
  if (row.cluster_name === node.clusterName) return row.release_version;
  throw new SparkifyError(`${endpoint} is the cluster "${row.cluster_name}", not "${node.clusterName}".`, {
    where: { address: endpoint },
  });
}

/** The driver waits longer where a port accepts connections and does not speak CQL. */
async function soon<Result>(asking: Promise<Result>, address: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([asking, timeout]);
  } catch (error) {
    const { innerErrors = {}, message } = error as errors.NoHostAvailableError;
    const [reason] = Object.values<Error | undefined>(innerErrors);
    throw new SparkifyError(`${address} does not answer: ${reason?.message ?? message}`, {
      where: { address },
    });
  } finally {
    clearTimeout(timer);
  }
}
