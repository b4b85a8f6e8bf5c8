// How Cassandra 5.0 wants its Java 17 started (from the jvm17-server.options it ships with).

import type { NodeSettings } from "./node-settings.js";

const exports = [
  "java.base/jdk.internal.misc",
  "java.base/jdk.internal.ref",
  "java.base/sun.nio.ch",
  "java.management.rmi/com.sun.jmx.remote.internal.rmi",
  "java.rmi/sun.rmi.registry",
  "java.rmi/sun.rmi.server",
  "java.rmi/sun.rmi.transport.tcp",
  "java.sql/java.sql",
  "jdk.unsupported/sun.misc",
];

const opens = [
  "java.base/java.lang",
  "java.base/java.lang.module",
  "java.base/java.lang.reflect",
  "java.base/java.io",
  "java.base/java.nio",
  "java.base/java.net",
  "java.base/java.util",
  "java.base/java.util.concurrent",
  "java.base/java.util.concurrent.atomic",
  "java.base/sun.nio.ch",
  "java.base/jdk.internal.loader",
  "java.base/jdk.internal.ref",
  "java.base/jdk.internal.reflect",
  "java.base/jdk.internal.math",
  "java.base/jdk.internal.module",
  "java.base/jdk.internal.util.jar",
  "jdk.management/com.sun.management.internal",
];

// For a node that lives for minutes with a small heap: the plain collector, and the quick compiler only. Started that
// way it is ready sooner and loads the first rows in half the time.
const shortLived = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

// A load of millions runs long enough to pay for compiling. It wants throughput, not short pauses, as G1 gives them.
const forBulk = ["-XX:+UseParallelGC"];

// A node that is alone has nobody to wait for. In a cluster this is also how long a new node asks for the others.
const noRingDelay = "-Dcassandra.ring_delay_ms=100";

// Both are Cassandra's own, for its tests. A process that is killed leaves what it has written with the operating system.
const unsynced = "-Dcassandra.skip_sync=true";
const unflushedSchema = "-Dcassandra.test.flush_local_schema_changes=false";
const byWhatDataOutlives = {
  machine: [],
  process: [unsynced],
  nothing: [unsynced, unflushedSchema],
};

// At each start Cassandra measures what a row of a memtable takes beside its values: of 100,000 rows by default, which is nearly
// half of the processor time of a start. A hundredth of them gives the same number of bytes.
const fewRowsMeasured = "-Dcassandra.memtable_row_overhead_computation_step=1000";

/** How often Cassandra asks for the time, in milliseconds. Its default of 2 is 2% of a processor, also while nobody asks anything. */
const timeAskedFor = "-Dcassandra.approximate_time_precision_ms=20";

/**
 * Java takes language and encoding from the system, on macOS and Windows not even from the environment. In Turkish the small
 * letter of I has no dot, and Cassandra's own CQL no longer parses.
 */
export const sameEverywhere = ["-Duser.language=en", "-Duser.country=US", "-Dfile.encoding=UTF-8"];

/** The options every node needs, whatever its directory and ports. */
export function jvmOptions({
  bulk = false,
  heap = bulk ? "1G" : "512M",
  seeds,
  dataOutlives = "machine",
}: Pick<NodeSettings, "heap" | "bulk" | "seeds" | "dataOutlives">): string[] {
  return [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    ...(bulk ? forBulk : shortLived),
    ...sameEverywhere,
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+PerfDisableSharedMem",
    "-Xlog:disable",
    "-Djdk.attach.allowAttachSelf=true",
    "-Dcassandra-foreground=yes",
    ...(seeds ? [] : [noRingDelay]),
    ...byWhatDataOutlives[dataOutlives],
    "-Dcassandra.skip_wait_for_gossip_to_settle=0",
    "-Dcassandra.superuser_setup_delay_ms=0",
    "-Dcassandra.shutdown_announce_in_ms=0",
    fewRowsMeasured,
    timeAskedFor,
    ...exports.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
    ...opens.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
  ];
}
