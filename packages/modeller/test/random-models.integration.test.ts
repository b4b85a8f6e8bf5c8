// Random rows and random questions: what is proposed and proved is taken by Cassandra, loaded, and answers as SQL on the source does.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import fc from "fast-check";
import Papa from "papaparse";
import { afterAll, beforeAll, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { readModelFile } from "../src/file/model-file.js";
import { loadModel } from "../src/load/load.js";
import { propose } from "../src/propose/propose.js";
import { Rejected } from "../src/source/rejected.js";
import { Source } from "../src/source/source.js";

let client: Client;
let folder: string;

beforeAll(async () => {
  client = await connect();
  folder = mkdtempSync(join(tmpdir(), "random-models-"));
});
afterAll(async () => {
  await client.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number)).toISOString().slice(0, 10);
const second = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, number * 3607)).toISOString();

/** Columns with few values, so that rows meet; their names and values are those of dirty files. */
const columns: Record<string, fc.Arbitrary<string>> = {
  "Group Id": fc.integer({ min: 1, max: 4 }).map(String),
  order: fc.constantFrom("a", "B", "ä", "𝒳", "\uFFFD", "it's", 'say "hi"', "007"),
  when: fc.integer({ min: 0, max: 300 }).map(second),
  Day: fc.integer({ min: 0, max: 40 }).map(day),
  größe: fc.oneof(
    fc.constant(""),
    fc.integer({ min: -50, max: 50 }).map((tenths) => String(tenths / 10)),
  ),
  isOpen: fc.constantFrom("true", "false"),
  big: fc.constantFrom("9007199254740993", "-9007199254740995", "12", "9", "100"),
};
const names = Object.keys(columns);

const rowsOf = fc
  .array(fc.record(columns as Record<string, fc.Arbitrary<string>>), { minLength: 30, maxLength: 120 })
  .map((rows) => rows.map((row, index) => ({ id: String(index + 1), ...row })));

const question = fc
  .record({
    given: fc.uniqueArray(fc.constantFrom<string>("Group Id", "order", "isOpen", "Day"), {
      minLength: 1,
      maxLength: 2,
    }),
    range: fc.option(fc.constantFrom<string>("when", "big", "Day", "id"), { nil: undefined }),
    order: fc.option(
      fc.tuple(fc.constantFrom<string>("when", "big", "order", "größe"), fc.constantFrom("", " desc")),
      {
        nil: undefined,
      },
    ),
    answer: fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
    limit: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  })
  .map(({ range, order, ...rest }) => {
    const between = range !== undefined && !rest.given.includes(range) ? range : undefined;
    const first = between === undefined ? order : ([between, order?.[1] ?? ""] as const);
    return {
      ...rest,
      between,
      order: first && !rest.given.includes(first[0]) ? [first.join("")] : undefined,
    };
  });

test("what is proposed for random rows and questions is proved, loaded, and answers as SQL does", {
  timeout: 3_600_000,
}, async () => {
  let passed = 0;
  let run = 0;
  await fc.assert(
    fc.asyncProperty(rowsOf, question, async (rows, { given, between, order, answer, limit }) => {
      const place = join(folder, String(++run));
      mkdirSync(place);
      writeFileSync(join(place, "rows.csv"), Papa.unparse(rows));
      const sample = rows[Math.floor(rows.length / 2)] as Record<string, string>;
      const values = rows.map((row) => (row as Record<string, string>)[between ?? "id"] as string);
      const sorted = /^-?\d+$/.test(values[0] ?? "")
        ? values.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))
        : values.sort();
      const model = {
        keyspace: "random_model",
        source: { files: "rows.csv" },
        event: ["id"],
        questions: [
          {
            name: `answers_${run}`,
            text: "a random question",
            given,
            ...(between !== undefined && { between }),
            ...(order && { order }),
            answer,
            ...(limit !== undefined && { limit }),
            example: {
              ...Object.fromEntries(given.map((name) => [name, sample[name]])),
              ...(between !== undefined && { [between]: [sorted[5], sorted.at(-5)] }),
            },
          },
        ],
      };
      writeFileSync(join(place, "random.model.yaml"), JSON.stringify(model)); // JSON is YAML
      const file = readModelFile(join(place, "random.model.yaml"));
      const rejected = new Rejected(join(place, "rejected.csv"));
      const source = await Source.open(file, join(place, "duckdb"), rejected);
      try {
        assert.equal(source.rows, rows.length);
        const [proposal] = await propose(file, source, Promise.resolve(client));
        assert.ok(proposal);
        // Each row has an id, so a table can always be right.
        assert.equal(
          proposal.verdict,
          "pass",
          JSON.stringify(proposal.findings.filter((one) => one.verdict !== "pass")),
        );
        passed++;
        writeFileSync(join(place, "schema.cql"), `${proposal.create};`);
        writeFileSync(join(place, "proposal.json"), JSON.stringify([proposal]));
        const loaded = await loadModel(file, source, client, { out: place, goOn: "again" });
        assert.deepEqual(
          { ...loaded, tables: [], questions: loaded.questions.map(({ ok }) => ok) },
          {
            ok: true,
            rows: rows.length,
            rejected: 0,
            tables: [],
            questions: [true],
          },
        );
      } finally {
        source.close();
      }
    }),
    { numRuns: isSoak ? 60 : 3, ...(isSoak ? {} : { seed: 20261129 }) },
  );
  assert.ok(passed >= 3, `${passed} proposals were proved`);
});
