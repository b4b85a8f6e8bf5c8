// What is judged of tables, statements and files, as far as it needs no database.

import assert from "node:assert/strict";
import { join } from "node:path";
import { projectRoot, type RawPlay, readRawPlays } from "@sparkify/lib";
import { describe, test } from "vitest";
import { temporaryFolder, write } from "../../../test/support.js";
import { heldBy, lookedUp } from "../src/columns.js";
import { type Assessment, itemOf } from "../src/grade.js";
import type { Answered } from "../src/items/answered.js";
import { addCauses } from "../src/items/find-causes.js";
import { judgeTodos } from "../src/items/prose.js";
import { judgeColumns, judgeTypes } from "../src/items/schema.js";
import { judgeStreamlined } from "../src/items/streamlined.js";
import { type Cell, namedCells } from "../src/notebook.js";
import { asked } from "../src/questions.js";
import type { ItemId } from "../src/rubric.js";
import type { Table } from "../src/tables.js";

const plays = readRawPlays(join(projectRoot, "event_data")).slice(0, 2000);

/** Which raw columns the columns of a table hold. */
const heldIn = (rows: Record<string, unknown>[]) =>
  Object.fromEntries(
    [...heldBy(Object.keys(rows[0] ?? {}), rows as never, plays)].map(([name, { raw }]) => [
      name,
      raw.join(" "),
    ]),
  );
const rowsOf = (columns: Record<string, (play: RawPlay) => unknown>) =>
  plays.map((play) => Object.fromEntries(Object.entries(columns).map(([name, of]) => [name, of(play)])));

describe("a column holds", () => {
  test("what its name says, in other words too", () => {
    const rows = rowsOf({
      artist_name: (p) => p.artist,
      track: (p) => p.song,
      secs: (p) => Math.fround(p.length),
      sess: (p) => p.sessionId,
      pos: (p) => p.itemInSession,
      uid: (p) => String(p.userId),
      listener: (p) => `${p.firstName} ${p.lastName}`,
    });
    assert.deepEqual(heldIn(rows), {
      artist_name: "artist",
      track: "song",
      secs: "length",
      sess: "sessionId",
      pos: "itemInSession",
      uid: "userId",
      listener: "firstName lastName",
    });
  });

  test("numbers of the logs under a name that says nothing, where all of them fit", () => {
    const rows = rowsOf({
      a: (p) => p.sessionId,
      b: (p) => p.itemInSession,
      c: (p) => p.userId,
      song: (p) => p.song,
    });
    assert.deepEqual(heldIn(rows), { a: "sessionId", b: "itemInSession", c: "userId", song: "song" });
  });

  const computed: [what: string, name: string, of: (play: RawPlay) => unknown][] = [
    ["zeros", "bucket", () => 0],
    ["zeros under the name of a song", "song_shard", () => 0],
    ["a remainder", "user_bucket", (p) => p.userId % 10],
    ["a remainder of the session", "session_part", (p) => p.sessionId % 16],
    ["a length of a text", "n", (p) => p.song.length],
    ["a number of the month", "day", (p) => 1 + (p.userId % 30)],
    ["text that is no number", "id", (p) => `${p.userId}-${p.sessionId}-x`],
  ];
  for (const [what, name, of] of computed)
    test(`nothing of the logs where the learner computed it: ${what}`, () => {
      const rows = rowsOf({
        song: (p) => p.song,
        [name]: of,
        user_id: (p) => p.userId,
        first_name: (p) => p.firstName,
      });
      assert.deepEqual(heldIn(rows), { song: "song", user_id: "userId", first_name: "firstName" });
    });

  test("what is computed is looked up in the table, for each play its own", () => {
    const rows = rowsOf({ song: (p) => p.song, user_id: (p) => p.userId }).map((row, n) => ({
      ...row,
      id: `uuid ${n}`,
    }));
    const known = heldBy(["song", "user_id", "id"], rows as never, plays);
    const found = lookedUp(["id"], rows as never, known, plays).get("id");
    assert.ok(found);
    const [one, another] = plays as [RawPlay, RawPlay];
    assert.equal(found.valueIn(one), "uuid 0");
    assert.equal(found.valueIn(another), "uuid 1");
    const repeated = plays.filter((play) => play.song === one.song && play.userId === one.userId);
    assert.equal(
      new Set(plays.map((play) => found.valueIn(play))).size,
      plays.length,
      `${repeated.length} alike`,
    );
  });
});

/** What is known of a question's table, as far as these judges look. */
function answered(
  id: "q1" | "q2" | "q3",
  rows: number,
  altered: { column: string; type: string }[] = [],
): Answered {
  const one = asked.find((question) => question.id === id);
  assert.ok(one);
  const table = {
    name: `table_of_${id}`,
    rows: Array(rows).fill({}),
    columns: [],
    held: new Map([["length", { raw: ["length"] }]]),
  };
  return {
    asked: one,
    table: table as unknown as Table,
    asking: undefined,
    tried: undefined,
    renamed: { question: one.question, rows: [], plays: [], nameOf: (raw: string) => raw },
    judged: {
      findings: [
        {
          point: "right types",
          verdict: altered.length > 0 ? "fail" : "pass",
          evidence: {
            kind: "types",
            altered: altered.map((fault) => ({ ...fault, raw: "1.1", stored: "1.10001" })),
          },
          question: one.question,
        },
      ],
    } as never,
    contents: undefined,
    replaced: [],
    replay: undefined,
    isCut: false,
  };
}
const none = (id: "q1" | "q2" | "q3"): Answered => ({
  ...answered(id, 0),
  table: undefined,
  judged: undefined,
  renamed: undefined,
});

describe("types", () => {
  const points = (all: Answered[]) => {
    const { verdict, share = 0.5 } = judgeTypes(all);
    return verdict === "pass" ? 1 : verdict === "partial" ? share : 0;
  };
  const float = [{ column: "length", type: "float" }];

  test("a fault never raises the score, however many tables there are", () => {
    for (const others of [
      [none("q2"), none("q3")],
      [answered("q2", 9), none("q3")],
      [answered("q2", 9), answered("q3", 9)],
      [answered("q2", 9, float), answered("q3", 0)],
    ]) {
      const without = points([answered("q1", 9), ...others]);
      const withFault = points([answered("q1", 9, float), ...others]);
      assert.ok(withFault <= without && withFault > 0, `${withFault} with a fault, ${without} without`);
    }
    assert.ok(
      points([answered("q1", 9, float), none("q2"), none("q3")]) <
        points([answered("q1", 9), none("q2"), none("q3")]),
    );
  });

  test("a table that holds nothing keeps nothing", () => {
    const { verdict, share, evidence } = judgeTypes([
      answered("q1", 9),
      answered("q2", 0),
      answered("q3", 9),
    ]);
    assert.deepEqual([verdict, share], ["partial", 2 / 3]);
    assert.match(evidence, /2 of 3 tables; table_of_q2: without rows/);
    assert.equal(judgeTypes([answered("q1", 0), answered("q2", 0), answered("q3", 0)]).verdict, "fail");
  });
});

describe("the cause of what is wrong", () => {
  const causesOf = (id: ItemId, verdict: Assessment["verdict"], all: Answered[]) => {
    const assessment: Assessment = { verdict, evidence: "seen" };
    addCauses(new Map([[id, assessment]]), all);
    return assessment.causes;
  };
  const fails = (one: Answered, point: string): Answered => ({
    ...one,
    judged: {
      findings: [
        ...(one.judged?.findings ?? []),
        { point, verdict: "fail", evidence: { kind: "filtering" } },
      ],
    } as never,
  });
  const withKey = (one: Answered, keys: Record<string, string>, order = "asc"): Answered => ({
    ...one,
    table: {
      ...one.table,
      columns: Object.keys(keys).map((name) => ({ name, kind: "clustering", order, values: {} })),
      held: new Map(Object.entries(keys).map(([name, raw]) => [name, { raw: [raw] }])),
    } as never,
  });

  test("is said of each item in which it shows, and of no other", () => {
    const silent = { ...answered("q2", 9), contents: { silent: 3 } as never };
    assert.deepEqual(causesOf("q2", "fail", [silent]), ["rows without a song"]);
    assert.deepEqual(causesOf("key", "partial", [answered("q1", 9), silent]), ["rows without a song"]);
    assert.equal(causesOf("q1", "fail", [answered("q1", 9), silent]), undefined);
    assert.equal(causesOf("q2", "pass", [silent]), undefined);
    assert.equal(causesOf("names", "fail", [silent]), undefined);
    const filtering = { ...answered("q3", 9), asking: { select: { allowFiltering: true } } as never };
    assert.deepEqual(causesOf("q3", "fail", [filtering]), ["ALLOW FILTERING"]);
    assert.deepEqual(
      causesOf("types", "partial", [answered("q1", 9, [{ column: "length", type: "float" }])]),
      ["float for a length"],
    );
    assert.deepEqual(causesOf("types", "fail", [answered("q1", 9, [{ column: "item", type: "text" }])]), [
      "text for a number",
    ]);
    const named = withKey(answered("q3", 9), { song: "song", first: "firstName" });
    assert.deepEqual(causesOf("q3", "fail", [fails(named, "loses nothing")]), ["a name in the key"]);
    assert.equal(causesOf("q3", "fail", [named]), undefined, "where the key loses nothing");
    const both = withKey(answered("q3", 9), { song: "song", first: "firstName", user: "userId" });
    assert.equal(causesOf("q3", "fail", [fails(both, "loses nothing")]), undefined);
    const descending = withKey(answered("q2", 9), { itemInSession: "itemInSession" }, "desc");
    assert.deepEqual(causesOf("q2", "partial", [fails(descending, "right order")]), ["descending order"]);
  });

  test("gives the hint, which else is the item's", () => {
    const item = { id: "types", points: 6, title: "Types", hint: "of the item" } as const;
    const hintWith = (causes: Assessment["causes"]) =>
      itemOf(item, { verdict: "partial", evidence: "seen", ...(causes && { causes }) }).hint;
    assert.equal(hintWith(undefined), "of the item");
    assert.match(hintWith(["float for a length"]), /^float keeps seven digits/);
  });
});

test("cells are counted as in the rest of a report", () => {
  const cells: Cell[] = [
    { kind: "markdown", source: "TO-DO: one" },
    { kind: "code", source: "x = 1" },
    { kind: "markdown", source: "## TO-DO: two" },
    { kind: "code", source: "# TO-DO: three" },
  ];
  const module: Cell = { kind: "code", source: "# TODO: four", file: "tables.py" };
  const notebook = { path: join("x", "01-a.ipynb"), notebook: { kernel: "python3", cells } };
  const second = { path: join("x", "02-b.ipynb"), notebook: { kernel: "python3", cells: cells.slice(3) } };
  assert.match(
    judgeTodos(namedCells([notebook, second]))
      .details?.map((detail) => JSON.stringify(detail))
      .join() ?? "",
    /code cell 2 of 01-a.ipynb: # TO-DO: three.*code cell 1 of 02-b.ipynb: # TO-DO: three/,
  );
  const text = judgeTodos([...namedCells([notebook]), module])
    .details?.map((detail) => ("text" in detail ? detail.text : ""))
    .join();
  assert.deepEqual(text?.split("\n"), [
    "the text at the beginning: TO-DO: one",
    "the text after code cell 1: ## TO-DO: two",
    "code cell 2: # TO-DO: three",
    "tables.py: # TODO: four",
  ]);
});

test("a SELECT that names its columns counts, though its table is not there", () => {
  const select = (columns: string[] | undefined) => ({
    select: { columns } as never,
    cql: "",
    refused: "no table",
  });
  const all = [
    { ...none("q1"), tried: select(["artist"]) },
    { ...none("q2"), tried: select(["artist", "song"]) },
    none("q3"),
  ];
  assert.deepEqual([judgeColumns(all).verdict, judgeColumns(all).share], ["partial", 2 / 3]);
  assert.equal(judgeColumns([{ ...none("q1"), tried: select(undefined) }]).verdict, "fail");
});

describe("the CSV", () => {
  const all = [
    "artist",
    "firstName",
    "gender",
    "itemInSession",
    "lastName",
    "length",
    "level",
    "location",
    "sessionId",
    "song",
    "userId",
  ] as const;
  const field = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  const csv = (header: string[], columns: readonly (keyof RawPlay)[] = all, some = plays) =>
    [header, ...some.map((play) => columns.map((column) => play[column]))]
      .map((row) => row.map(field).join(","))
      .join("\n");

  test("may have other words in its header, judged by what it holds", (t) => {
    const folder = temporaryFolder(t);
    const headers = [
      [...all],
      [
        "artist_name",
        "first_name",
        "gender",
        "item_in_session",
        "last_name",
        "length",
        "level",
        "location",
        "session_id",
        "song_title",
        "user_id",
      ],
      ["singer", "fname", "sex", "pos", "surname", "duration", "plan", "place", "sess", "track", "uid"],
      ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"],
    ];
    for (const [n, header] of headers.entries()) {
      const { verdict, evidence } = judgeStreamlined([write(join(folder, `${n}.csv`), csv(header))], plays);
      assert.equal(verdict, "pass", `${header}: ${evidence}`);
    }
  });

  test("may have two kinds of line ends", (t) => {
    const [first = "", ...rest] = csv(all.map((name) => `the_${name}`)).split("\n");
    const file = write(join(temporaryFolder(t), "x.csv"), `${first}\n${rest.join("\r\n")}\r\n`);
    const { verdict, evidence } = judgeStreamlined([file], plays);
    assert.equal(verdict, "pass", evidence);
  });

  test("the columns that are really missing are named", (t) => {
    const columns = all.filter((column) => column !== "gender" && column !== "location");
    const header = columns.map((column) => `${column}_x`);
    const file = write(join(temporaryFolder(t), "x.csv"), csv(header, columns));
    const { verdict, evidence } = judgeStreamlined([file], plays);
    assert.equal(verdict, "partial");
    assert.match(evidence, /the columns gender, location are missing$/);
  });
});
