// The forty models: the key that is found by rule is one of those that are known to be right.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@sparkify/lib";
import { afterAll, beforeAll, describe, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { readModelFile } from "../src/file/model-file.js";
import { askedOf } from "../src/propose/asked.js";
import { candidateFor } from "../src/propose/candidate.js";
import type { Table } from "../src/propose/proposal.js";
import { propose } from "../src/propose/propose.js";
import { Rejected } from "../src/source/rejected.js";
import { Source } from "../src/source/source.js";

interface Key {
  partitionKey: string[];
  clustering: [string, string][];
  static: string[];
  bucket: string | null;
}
type Known = { verdict: "pass"; keys: Key[] } | { verdict: "fail" };

const models = join(import.meta.dirname, "models");
const known: Record<string, Record<string, Known>> = JSON.parse(
  readFileSync(join(models, "known-answers.json"), "utf8"),
);
const files = readdirSync(models).filter((name) => name.endsWith(".model.yaml"));
/** Those that are proved on Cassandra in npm test too; npm run soak proves all. */
const proved = ["exercise-growth", "fail-range-and-order"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "known-answers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function withSource<Result>(
  name: string,
  work: (file: ReturnType<typeof readModelFile>, source: Source) => Promise<Result>,
) {
  const file = readModelFile(join(models, name));
  const source = await Source.open(file, join(folder, name), new Rejected(join(folder, `${name}.csv`)));
  try {
    return await work(file, source);
  } finally {
    source.close();
  }
}

/** The key without its bucket, which stands for itself: its column's name is nobody's business. */
const keyOf = (table: Table): Key => ({
  partitionKey: table.partitionKey.filter((column) => column !== table.bucket?.column),
  clustering: table.clustering,
  static: [...table.static].sort(),
  bucket: table.bucket?.by ?? null,
});

/** Columns of a partition key may stand in any order. */
const normal = (key: Key) =>
  JSON.stringify([[...key.partitionKey].sort(), key.clustering, [...key.static].sort(), key.bucket]);

describe("a key by rule", () => {
  for (const name of files)
    test(name.replace(".model.yaml", ""), async () => {
      const answers = known[name.replace(".model.yaml", "")] ?? assert.fail(name);
      await withSource(name, async (file, source) => {
        if (
          Object.values(answers).every(({ verdict }) => verdict === "fail") &&
          name === "fail-missing-column.model.yaml"
        ) {
          assert.throws(() => askedOf(file, source), /line \d+: the source has no column Humidity/);
          return;
        }
        for (const asked of askedOf(file, source)) {
          const answer = answers[asked.name] ?? assert.fail(asked.name);
          const { found: candidate, notes } = await candidateFor(source, asked);
          const table = candidate?.table;
          const fails = notes.filter(({ kind }) => kind === "fail").map(({ text }) => text);
          if (answer.verdict === "fail") {
            assert.ok(fails.length > 0, `${asked.name}: ${table && JSON.stringify(keyOf(table))}`);
            assert.ok(
              notes.some(({ kind }) => kind === "change"),
              `${asked.name}: nothing says what to change`,
            );
            continue;
          }
          assert.deepEqual(fails, [], asked.name);
          const found = keyOf(table ?? assert.fail(asked.name));
          assert.ok(
            answer.keys.some((key) => normal(key) === normal(found)),
            `${asked.name}: found ${normal(found)}, known ${answer.keys.map(normal).join(" or ")}`,
          );
        }
      });
    });
});

describe("a key that is proved on Cassandra", () => {
  for (const name of files.filter((one) => isSoak || proved.includes(one.replace(".model.yaml", ""))))
    test(name.replace(".model.yaml", ""), async () => {
      if (name === "fail-missing-column.model.yaml") return;
      const answers = known[name.replace(".model.yaml", "")] ?? {};
      const client = await connect();
      try {
        const proposals = await withSource(name, (file, source) =>
          propose(file, source, Promise.resolve(client)),
        );
        for (const { question, verdict, findings, rivals, table } of proposals) {
          assert.equal(
            verdict,
            answers[question]?.verdict,
            `${question}: ${JSON.stringify(findings.filter((one) => one.verdict !== "pass"))}`,
          );
          if (table && table.clustering.length > 0) assert.ok(rivals.length > 0, `${question} has no rival`);
        }
      } finally {
        await client.shutdown();
      }
    });
});
