// npm run verify: are all rows of the tables what the streamlined CSV says?

import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { step } from "@sparkify/base/install/step";
import { writableFolder } from "@sparkify/base/private-folder";
import { onInterrupt } from "@sparkify/base/processes";
import { withCassandra } from "@sparkify/embedded-cassandra";
import { connect, embeddedNode, streamlinedCsv, workDirectory } from "@sparkify/lib";
import { type Advice, type Comparison, compareTables, needCsv } from "./compare.js";
import { comparisonText } from "./text.js";

export interface Verified {
  /** The tables, with their keyspace. */
  tables: string[];
  /** What the reader can do, as sentences: see {@link Advice}, and what makes the tables anew where they differ. */
  advice: Advice & { anew: string };
}

/** @returns 0 only if every row of every table is right */
export async function verify({ tables, advice }: Verified): Promise<number> {
  const report = join(writableFolder(join(workDirectory, "out")), "verify.json");
  rmSync(report, { force: true }); // what an earlier run found must not be taken for this run's result
  needCsv(streamlinedCsv, advice.csv);
  const comparison = await withCassandra(embeddedNode(), async (database) => {
    await database;
    return compare({ tables, advice });
  });
  writeFileSync(report, `${JSON.stringify(comparison, null, 2)}\n`);
  console.log(comparisonText(comparison, advice.anew));
  console.log(`  The report: ${report}`);
  return comparison.ok ? 0 : 1;
}

async function compare({ tables, advice }: Verified): Promise<Comparison> {
  const client = await connect();
  const interrupt = new AbortController();
  const forget = onInterrupt(() => interrupt.abort());
  try {
    return await step(`Compare with ${streamlinedCsv}`, (news) =>
      compareTables(client, {
        csv: streamlinedCsv,
        tables,
        advice,
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
