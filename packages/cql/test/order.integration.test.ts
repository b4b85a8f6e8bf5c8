// The order of values beside Cassandra's own: random values of each type as clustering column, in both directions.

import assert from "node:assert/strict";
import { connect } from "@sparkify/lib";
import type { Client } from "cassandra-driver";
import fc from "fast-check";
import { afterAll, beforeAll, describe, test } from "vitest";
import { isSoak } from "../../../test/command.js";
import { createKeyspace } from "../../../test/support.js";
import { readOwnTypes } from "../src/schema.js";
import { type OwnTypes, valueType } from "../src/value-types.js";
import { placeType, randomValues } from "./random-values.js";

const keyspace = "test_order";
let client: Client;
let ownTypes: OwnTypes;
beforeAll(async () => {
  client = await connect();
  await createKeyspace(client, keyspace);
  await client.execute(`CREATE TYPE ${keyspace}.${placeType}`);
  ownTypes = await readOwnTypes(client, keyspace);
});
afterAll(() => client.shutdown());

const runs = isSoak ? 30 : 2;

describe.concurrent("values come in the order that Cassandra keeps them in", () => {
  for (const [at, [type, arbitrary]] of Object.entries(randomValues).entries()) {
    test(type, async () => {
      const known = valueType(type, ownTypes);
      const [asc, desc] = [`${keyspace}.up_${at}`, `${keyspace}.down_${at}`];
      const columns = `part int, value ${type}, PRIMARY KEY (part, value)`;
      await client.execute(`CREATE TABLE ${asc} (${columns})`);
      await client.execute(`CREATE TABLE ${desc} (${columns}) WITH CLUSTERING ORDER BY (value DESC)`);
      let part = 0;
      const holds = async (some: unknown[]) => {
        part++;
        const sorted = some
          .sort(known.compare)
          .filter((one, place) => place === 0 || known.compare(some[place - 1], one) !== 0)
          .map(known.shown);
        for (const [table, expected] of [
          [asc, sorted],
          [desc, [...sorted].reverse()],
        ] as const) {
          const query = `INSERT INTO ${table} (part, value) VALUES (?, ?)`;
          const inserts = some.map((value) => ({ query, params: [part, known.take(value)] }));
          await client.batch(inserts, { prepare: true, logged: false });
          const select = `SELECT value FROM ${table} WHERE part = ?`;
          const { rows } = await client.execute(select, [part], { prepare: true });
          assert.deepEqual(
            rows.map((row) => known.shown(row.get("value"))),
            expected,
          );
        }
      };
      await fc.assert(
        fc.asyncProperty(fc.array(arbitrary, { minLength: 1, maxLength: 60, size: "max" }), holds),
        { numRuns: runs },
      );
    });
  }
});

test("examples are values of the type, all different, and Cassandra takes each", async () => {
  await client.execute(`CREATE TABLE ${keyspace}.one (id int PRIMARY KEY)`);
  await client.execute(`INSERT INTO ${keyspace}.one (id) VALUES (1)`);
  for (const type of [...Object.keys(randomValues), "duration"]) {
    const known = valueType(type, ownTypes);
    const examples = known.examples();
    assert.ok(examples.length >= 2, type);
    assert.equal(new Set(examples.map(known.key)).size, examples.length, type);
    for (const example of examples) {
      const { rows } = await client.execute(
        `SELECT (${type})? AS value FROM ${keyspace}.one`,
        [known.take(example)],
        { prepare: true },
      );
      assert.deepEqual(known.shown(rows[0]?.get("value")), example, type);
    }
  }
});
