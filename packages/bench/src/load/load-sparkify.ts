// A process of its own: loads a streamlined CSV as this project does. Arguments: the CSV, a folder for what it leaves,
// the keyspace.

import { join } from "node:path";
import { messageLine } from "@sparkify/base/messages";
import { connect } from "@sparkify/lib";
import { load } from "@sparkify/loader";
import { benchTables } from "./schema.js";

const [csv = "", folder = "", keyspace] = process.argv.slice(2);
const client = await connect();
try {
  const inserts = benchTables(keyspace).map(({ insertCql }) => insertCql);
  const files = { checkpoint: join(folder, "checkpoint.json"), rejected: join(folder, "rejected.csv") };
  await load(client, inserts, { csv, ...files });
} finally {
  await client.shutdown();
}
process.stdout.write(messageLine({ event: "loaded", seconds: process.uptime() }));
