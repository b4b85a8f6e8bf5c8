// What a SELECT says, and how it is asked of another table.

import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { readSelect, tableOf } from "../src/index.js";

describe("a SELECT", () => {
  test("is read with its table, columns and values, and asked of another table with markers", () => {
    const select = readSelect(
      `select artist, "Song" -- the title\nfrom "Ks".t1 where session_id=338 AND "itemInSession" = 4 and name='O''Neil' order by x desc limit 3;`,
    );
    assert.ok(select);
    assert.deepEqual([select.keyspace, select.table, select.columns], ["Ks", "t1", ["artist", "Song"]]);
    assert.deepEqual(select.conditions, [
      { column: "session_id", operator: "=", markers: 0, value: 338 },
      { column: "itemInSession", operator: "=", markers: 0, value: 4 },
      { column: "name", operator: "=", markers: 0, value: "O'Neil" },
    ]);
    assert.equal(select.allowFiltering, false);
    assert.equal(
      select.on("other.t"),
      'select artist, "Song" from other.t where session_id = ? AND "itemInSession" = ? and name = ? order by x desc limit 3',
    );
  });

  test("may have all columns, markers, lists and ALLOW FILTERING", () => {
    const select = readSelect("SELECT * FROM t WHERE a = ? AND b IN (1, 2) ALLOW FILTERING");
    assert.ok(select);
    assert.deepEqual([select.keyspace, select.columns, select.allowFiltering], [undefined, undefined, true]);
    assert.equal(select.on("t"), "SELECT * FROM t WHERE a = ? AND b IN (?) ALLOW FILTERING");
  });

  test("can be asked without its LIMIT", () => {
    const select = readSelect("SELECT a FROM t WHERE b = 1 LIMIT 10 ALLOW FILTERING");
    assert.equal(select?.limit, "10");
    assert.equal(select.on("t", { withLimit: false }), "SELECT a FROM t WHERE b = ? ALLOW FILTERING");
    assert.equal(select.on("t"), "SELECT a FROM t WHERE b = ? LIMIT 10 ALLOW FILTERING");
  });

  test("is told from other statements, also where they hold the word", () => {
    assert.equal(readSelect("INSERT INTO t (a) VALUES ('SELECT a FROM t')"), undefined);
    assert.equal(readSelect("SELECT"), undefined);
    assert.deepEqual(tableOf("CREATE TABLE", 'CREATE TABLE IF NOT EXISTS ks."T"(a int)'), {
      keyspace: "ks",
      table: "T",
    });
    assert.deepEqual(tableOf("INSERT INTO", "BEGIN BATCH insert into Plays(a) VALUES (1)"), {
      keyspace: undefined,
      table: "plays",
    });
  });
});
