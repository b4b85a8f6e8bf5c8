// What a profile says of rows whose columns, keys and dependencies are known.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { assertAccessible } from "../../../test/accessible.js";
import { profile } from "../src/profile/command.js";
import type { Profile } from "../src/profile/profile.js";
import { Sources } from "./sources.js";

const sources = new Sources();
afterAll(() => sources.remove());

/** Ten sensors in five rooms, 200 readings each; two lines are the same, one is bad. */
function readings(): string {
  const lines = Array.from({ length: 2000 }, (_, index) => {
    const sensor = index % 10;
    const minute = Math.floor(index / 10);
    const clock = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
    const note = index % 4 === 0 ? "ok" : "";
    return `s-${sensor},room ${sensor % 5},2026-01-01T${clock}:00Z,${(index % 70) + 0.5},C,${note}`;
  });
  return ["sensor,room,ts,value,unit,note", ...lines, lines[0], "s-1,too few", ""].join("\n");
}

async function run(files: Record<string, string>, paths: string[], overwrite = false) {
  const folder = sources.write(files);
  const out = join(folder, "out");
  const code = await profile(paths, { folder, out, overwrite });
  const read = (name: string) => readFileSync(join(out, name), "utf8");
  const found: Profile = JSON.parse(read("profile.json"));
  return { folder, out, code, read, found };
}

describe("a profile of readings", () => {
  let profiled: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    profiled = await run({ "data/readings.csv": readings() }, ["data/readings.csv"]);
  });

  test("counts rows, and those that are there twice", () => {
    assert.equal(profiled.code, 0);
    assert.equal(profiled.found.rows, 2001);
    assert.equal(profiled.found.duplicates, 1);
  });

  test("tells type, empty and different values of each column", () => {
    assert.deepEqual(
      profiled.found.columns.map(({ name, type, empty, distinct, isEstimate }) => [
        name,
        type,
        empty,
        distinct,
        isEstimate,
      ]),
      [
        ["sensor", "text", 0, 10, false],
        ["room", "text", 0, 5, false],
        ["ts", "timestamp", 0, 200, false],
        ["value", "double", 0, 70, false],
        ["unit", "text", 0, 1, false],
        ["note", "text", 1500, 1, false],
      ],
    );
  });

  test("tells the least, the greatest and the commonest values", () => {
    const columns = Object.fromEntries(profiled.found.columns.map((column) => [column.name, column]));
    assert.equal(columns.ts?.least, "2026-01-01T00:00:00.000Z");
    assert.equal(columns.ts?.greatest, "2026-01-01T03:19:00.000Z");
    assert.deepEqual(columns.sensor?.frequent.slice(0, 2), [
      { value: "s-0", rows: 201 },
      { value: "s-1", rows: 200 },
    ]);
  });

  test("finds what determines what, and what tells rows apart", () => {
    const { determines, keys } = profiled.found;
    const bySensor = determines.find(({ column }) => column === "sensor");
    assert.deepEqual(bySensor?.others, ["room"]);
    assert.equal(bySensor?.repeated, 10);
    assert.ok(!determines.some(({ column }) => column === "room"));
    assert.ok(
      keys.sets.some((set) => set.join() === "sensor,ts"),
      JSON.stringify(keys),
    );
  });

  test("keeps the bad row with its reason", () => {
    const { rejected } = profiled.found;
    assert.equal(rejected.rows, 1);
    assert.match(readFileSync(rejected.path ?? "", "utf8"), /,2003,,fewer fields than the 6 of the header,/);
  });

  test("is a page without barriers, and leaves nothing else behind", async () => {
    const page = profiled.read("profile.html");
    assert.match(page, /<h1>What is in readings<\/h1>/);
    await assertAccessible({ "profile.html": page });
    assert.deepEqual(readdirSync(profiled.out).sort(), ["profile.html", "profile.json", "rejected.csv"]);
    assert.deepEqual(readdirSync(profiled.folder).sort(), ["data", "out", "readings.model.yaml"]);
  });
});

test("a model that is there is not written over, unless that is asked for", async () => {
  const files = { "a.csv": "id,x\n1,a\n2,b\n", "a.model.yaml": "mine\n" };
  const { folder } = await run(files, ["a.csv"]);
  assert.equal(readFileSync(join(folder, "a.model.yaml"), "utf8"), "mine\n");
  const asked = await run(files, ["a.csv"], true);
  assert.match(
    readFileSync(join(asked.folder, "a.model.yaml"), "utf8"),
    /^# yaml-language-server: \$schema=/,
  );
});

test("rows that nothing tells apart, lists and maps, and one column", async () => {
  const same = await run({ "a.csv": "a,b\n1,1\n1,2\n2,1\n2,2\n1,1\n" }, ["a.csv"]);
  assert.equal(same.found.duplicates, 1);
  assert.deepEqual(same.found.keys.sets, [["a", "b"]]);
  const lists = await run({ "a.jsonl": '{"l":[1,2],"m":null}\n{"l":[1,2],"m":{"k":1}}\n' }, ["a.jsonl"]);
  assert.deepEqual(lists.found.keys.sets, []);
  assert.deepEqual(lists.found.columns[0]?.frequent, [{ value: "[1, 2]", rows: 2 }]);
  assert.equal((await run({ "a.csv": "a\n1\n" }, ["a.csv"])).found.rows, 1);
});

test("over 200,000 different values are estimated, and the most frequent ones still counted", async () => {
  const lines = Array.from(
    { length: 260_000 },
    (_, index) => `${index % 26 === 0 ? 7 : index},${index},${index % 3}`,
  );
  const { found } = await run({ "a.csv": `value,rows,found\n${lines.join("\n")}\n` }, ["a.csv"]);
  const [value, rows, third] = found.columns;
  assert.deepEqual([value?.isEstimate, rows?.isEstimate, third?.isEstimate], [true, true, false]);
  assert.ok(Math.abs((value?.distinct ?? 0) - 250_000) < 60_000, String(value?.distinct));
  assert.deepEqual(value?.frequent[0], { value: "7", rows: 10_001 });
  assert.deepEqual(found.keys.sets, [["rows"]]);
});

test("a profile that fails leaves nothing behind", async () => {
  const folder = sources.write({ "a.csv": "" });
  const out = join(folder, "out");
  await assert.rejects(profile(["a.csv"], { folder, out }), /There are no rows in .*a\.csv\./);
  assert.deepEqual(readdirSync(out), []);
  assert.ok(!existsSync(join(folder, "a.model.yaml")));
  await assert.rejects(profile([], { folder, out }), /profile takes at least one path/);
  writeFileSync(join(folder, "b.csv"), "a\n1\n");
  assert.equal(await profile(["b.csv"], { folder, out }), 0);
});
