// npm run cassandra -- start | stop | status | destroy

import { step } from "@sparkify/base/install/step";
import { keepRunning } from "@sparkify/base/processes";
import { destroyNode, nodeStatus, startNode, stopNode } from "./embedded-node.js";

export async function cassandra(action = "status"): Promise<number> {
  switch (action) {
    case "start": {
      const node = await step("Start Cassandra", startNode);
      keepRunning(node.pid);
      console.log(`Cassandra answers on 127.0.0.1:${node.port} (process ${node.pid}).`);
      return 0;
    }
    case "stop":
      console.log((await stopNode()) ? "Cassandra has stopped." : "Cassandra was not running.");
      return 0;
    case "status": {
      const status = await nodeStatus();
      if ("port" in status) {
        console.log(`${status.state}: 127.0.0.1:${status.port}, process ${status.pid}, ${status.detail}`);
      } else {
        console.log(`${status.state}. Start it with: npm run cassandra -- start`);
      }
      return status.state === "running" ? 0 : 1;
    }
    case "destroy":
      await destroyNode();
      console.log("Cassandra has stopped and its data is deleted.");
      return 0;
    default:
      throw new Error(`${action} is declared and not done`);
  }
}
