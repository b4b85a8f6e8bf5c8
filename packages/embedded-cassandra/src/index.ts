export { Cluster, type ClusterSettings, startCluster } from "./cluster.js";
export {
  type CassandraOptions,
  EmbeddedCassandra,
  type NodeStatus,
  type StartedNode,
} from "./embedded-cassandra.js";
export { ClassArchive } from "./java/class-archive.js";
export { findJava } from "./java/find-java.js";
export { endLeftNode } from "./node-process.js";
export { logsOf } from "./node-settings.js";
export { canListen, freePort } from "./ports.js";
export { installCassandra, type Program } from "./program.js";
export { fullDisk } from "./why-ended.js";
export { withCassandra } from "./with-cassandra.js";
