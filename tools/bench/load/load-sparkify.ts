// A process of its own: loads a streamlined CSV as this project does. Arguments: the CSV.

import { connect, insertRows, readSongPlays } from "@sparkify/lib";
import { benchTables } from "./schema.js";

const client = await connect();
try {
  for (const { insertCql, columns } of benchTables()) {
    await insertRows(client, insertCql, readSongPlays(process.argv[2]), (play) =>
      columns.map((column) => play[column.csv]),
    );
  }
} finally {
  await client.shutdown();
}
