// The notebooks of a model, as they are written, and run in the real kernel on a real Cassandra.

import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { connect, dropKeyspace, projectRoot, workDirectory } from "@sparkify/lib";
import { executeNotebooks, readNotebook } from "@sparkify/notebook-runner";
import { afterAll, test } from "vitest";
import { stringify } from "yaml";
import { longForm, newFolder } from "../../../test/command.js";
import { testUnless } from "../../../test/unless.js";
import { notebook, openModel, propose, Rejected, readModelFile, Source } from "../src/index.js";
import { writeOddModel } from "./odd-model.js";

const keyspaces = ["odd_model", "own_plays"];
afterAll(async () => {
  const client = await connect();
  for (const keyspace of keyspaces) await dropKeyspace(client, keyspace);
  await client.shutdown();
});

/** Proposes the tables of a model, and writes its notebooks. */
async function written(path: string, folder: string) {
  const file = readModelFile(path);
  const source = await Source.open(file, join(folder, "duckdb"), new Rejected(join(folder, "rejected.csv")));
  const client = connect();
  try {
    const proposals = await propose(file, source, client);
    const out = join(folder, "own");
    return { proposals, paths: await notebook(file, source, proposals, { out }), out };
  } finally {
    source.close();
    await (await client).shutdown();
  }
}

type Verdict = { kind: string; ok: boolean; name?: string; question?: string; rows?: number };

async function verdictsOf(paths: string[], folder: string) {
  const results = await executeNotebooks(paths, { out: folder, cellTimeout: 120 });
  assert.deepEqual(
    results.filter(({ ok }) => !ok).map(({ name, failure }) => [name, failure?.source, failure?.error]),
    [],
  );
  return paths.flatMap((path) =>
    readNotebook(join(folder, basename(path)))
      .cells.flatMap(({ outputs = [] }) => outputs)
      .flatMap(({ data }) => (data?.["application/vnd.sparkify.verdict+json"] as Verdict | undefined) ?? []),
  );
}

test("odd names and texts, a range, buckets, a static column, a set: every cell runs, every check is right", async () => {
  const folder = newFolder("odd-notebooks");
  const path = writeOddModel(folder);
  const { proposals, paths, out } = await written(path, folder);
  console.log(
    JSON.stringify(
      proposals.map(({ question, verdict, table, notes, findings }) => ({
        question,
        verdict,
        table,
        notes,
        bad: findings.filter((f) => f.verdict !== "pass"),
      })),
      null,
      1,
    ),
  );
  assert.deepEqual(
    proposals.map(({ question, verdict }) => [question, verdict]),
    ["by_sensor", "latest_of_sensor", "highest_in_place", "by_id", "by_price_and_place"].map((name) => [
      name,
      "pass",
    ]),
  );
  const verdicts = await verdictsOf(paths, join(folder, "executed"));
  console.log(
    JSON.stringify(
      verdicts.map(({ kind, name, question, ok, rows }) => ({ kind, name, question, ok, rows })),
    ),
  );
});
