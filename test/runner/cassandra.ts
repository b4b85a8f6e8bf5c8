// Runs in each worker of the tests that need a Cassandra: the first one of a lane starts it.

import { startCassandra } from "./lanes.js";

startCassandra(Number(process.env.VITEST_POOL_ID));
