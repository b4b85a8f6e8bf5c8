// npm run cassandra -- start | stop | status | destroy

import { step } from "@sparkify/base/install/step";
import { keepRunning } from "@sparkify/base/processes";
import { type CassandraOptions, EmbeddedCassandra } from "./embedded-cassandra.js";

export async function cassandra(options: CassandraOptions, action = "status"): Promise<number> {
  const node = new EmbeddedCassandra(options);
  switch (action) {
    case "start": {
      const { port, pid } = await step("Start Cassandra", (news) => node.start(news));
      keepRunning(pid);
      console.log(`Cassandra answers on 127.0.0.1:${port} (process ${pid}).`);
      return 0;
    }
    case "stop":
      console.log((await node.stop()) ? "Cassandra has stopped." : "Cassandra was not running.");
      return 0;
    case "status": {
      const status = await node.status();
      if ("port" in status) {
        console.log(`${status.state}: 127.0.0.1:${status.port}, process ${status.pid}, ${status.detail}`);
      } else {
        console.log(`${status.state}. Start it with: npm run cassandra -- start`);
      }
      return status.state === "running" ? 0 : 1;
    }
    case "destroy":
      await node.destroy();
      console.log("Cassandra has stopped and its data is deleted.");
      return 0;
    default:
      throw new Error(`${action} is declared and not done`);
  }
}
