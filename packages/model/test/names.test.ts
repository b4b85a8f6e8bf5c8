// Names of raw columns as tables have them, and raw columns found by a table's names.

import assert from "node:assert/strict";
import { test } from "vitest";
import { columnNameOf, rawByColumn, wordsOf } from "../src/names.js";

test.each([
  ["sessionId", "session_id"],
  ["First Name", "first_name"],
  ["first-name", "first_name"],
  ["SESSION_ID", "session_id"],
  ["userID", "user_id"],
  ["HTTPStatus", "http_status"],
  ["item2Count", "item2_count"],
  ["v2", "v2"],
  ["Größe (cm)", "größe_cm"],
  ["Имя", "имя"],
  ["顧客名", "顧客名"],
  ["%", "%"],
  ["_id", "id"],
])("the raw column %j is %j in a table", (raw, column) => {
  assert.equal(columnNameOf(raw), column);
  assert.deepEqual([...rawByColumn([column], ["other", raw])], [[column, raw]]);
});

test("words are whole ones: an id in a name, not within a word", () => {
  assert.deepEqual(
    ["humid", "paid", "bid", "bidId", "id", "ID", "user id"].map((name) => wordsOf(name).includes("id")),
    [false, false, false, true, true, true, true],
  );
});

test("no raw column belongs to two columns, and the likest one wins", () => {
  const found = (columns: string[], raws: string[]) => Object.fromEntries(rawByColumn(columns, raws));
  assert.deepEqual(found(["firstname", "first_name"], ["firstName"]), { first_name: "firstName" });
  assert.deepEqual(found(["first_name", "firstName"], ["firstName", "first_name"]), {
    first_name: "first_name",
    firstName: "firstName",
  });
  assert.deepEqual(found(["first_name", "First Name"], ["First Name", "FirstName"]), {
    first_name: "FirstName",
    "First Name": "First Name",
  });
  assert.deepEqual(found(["a_b"], ["AB", "a b"]), { a_b: "a b" });
  assert.deepEqual(found(["+", "-"], ["-"]), { "-": "-" });
});
