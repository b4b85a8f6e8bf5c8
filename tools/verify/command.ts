// npm run verify: are all rows of the tables what the streamlined CSV says?

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type Comparison,
  compareTables,
  connect,
  needStreamlinedCsv,
  streamlinedCsv,
  workDirectory,
} from "@sparkify/lib";
import { withCassandra } from "../cassandra/with-cassandra.js";
import type { OptionsOf } from "../command-line/commands.mjs";
import { chooseTables } from "../load/tables.js";
import { writableFolder } from "../private-folder.mjs";
import { onInterrupt } from "../processes.mjs";
import { step } from "../setup/step.mjs";
import { comparisonText } from "./text.js";

/** @returns 0 only if every row of every table is right */
export async function verify(options: OptionsOf<"verify">): Promise<number> {
  const tables = chooseTables(options.tables ?? []);
  const report = join(writableFolder(join(workDirectory, "out")), "verify.json");
  rmSync(report, { force: true }); // what an earlier run found must not be taken for this run's result
  needStreamlinedCsv();
  const comparison = await withCassandra(async (database) => {
    await database;
    return compare(tables.map(({ name }) => name));
  });
  writeFileSync(report, `${JSON.stringify(comparison, null, 2)}\n`);
  console.log(comparisonText(comparison));
  console.log(`  The report: ${report}`);
  return comparison.ok ? 0 : 1;
}

async function compare(tables: string[]): Promise<Comparison> {
  const client = await connect();
  const interrupt = new AbortController();
  const forget = onInterrupt(() => interrupt.abort());
  try {
    return await step(`Compare with ${streamlinedCsv}`, (news) =>
      compareTables(client, {
        tables,
        signal: interrupt.signal,
        onProgress({ pass, passes, csvRows, tableRows }) {
          const which = passes > 1 ? `pass ${pass} of ${passes}, ` : "";
          const rows = (count: number) => count.toLocaleString("en");
          news(`${which}${rows(csvRows)} rows of the CSV, ${rows(tableRows)} of the tables`);
        },
      }),
    );
  } finally {
    forget();
    await client.shutdown();
  }
}
