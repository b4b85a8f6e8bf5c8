// What is in files becomes rows with the values that Cassandra will give back, and nothing is lost without a word.

import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { SparkifyError } from "@sparkify/base/errors";
import { afterAll, describe, test } from "vitest";
import { Sources, typesOf } from "./sources.js";

const sources = new Sources();
afterAll(() => sources.remove());

const csv = (text: string | Buffer) => ({ "a.csv": text });
const notesOf = ({ source }: Awaited<ReturnType<Sources["read"]>>) =>
  source.files.flatMap(({ notes }) => notes);

/** What is told where files cannot be read. */
async function told(...[files, wanted]: Parameters<Sources["read"]>): Promise<string> {
  try {
    await sources.read(files, wanted);
  } catch (error) {
    assert.ok(error instanceof SparkifyError, String((error as Error).stack));
    assert.ok(!error.message.includes("\n"), error.message);
    return error.message.replace(/\S*sparkify-source-\w+\/\d+\/?/g, "");
  }
  return assert.fail("Nothing was told");
}

describe("a CSV", () => {
  test.each([
    ["comma", ","],
    ["semicolon", ";"],
    ["tab", "\t"],
    ["bar", "|"],
    ["tilde", "~"],
    ["unit separator", "\x1f"],
  ])("of any delimiter: %s", async (_, delimiter) => {
    const lines = [
      ["id", "when", "note"],
      ["1", "10:00:00", "a.b"],
      ["2", "11:30:00", "c d"],
    ];
    const read = await sources.read(csv(lines.map((line) => line.join(delimiter)).join("\n")));
    assert.deepEqual(read.rows, [
      { id: 1, when: "10:00:00", note: "a.b" },
      { id: 2, when: "11:30:00", note: "c d" },
    ]);
    assert.equal(read.source.files[0]?.delimiter, delimiter);
  });

  test("with newlines, delimiters and quotes in quotes, and lines that end in CRLF", async () => {
    const read = await sources.read(csv('id;name;note\r\n1;"Ann; ""x""";"two\r\nlines"\r\n2;Bob;\r\n'));
    assert.deepEqual(read.rows, [
      { id: 1, name: 'Ann; "x"', note: "two\r\nlines" },
      { id: 2, name: "Bob", note: null },
    ]);
    assert.deepEqual(read.rejected, []);
  });

  test("with bad lines, each of which costs itself", async () => {
    const read = await sources.read(
      csv('a,b\n1,x\n2,too,many\n3\n4,"x"y\n5,y\n6,caf\u00e9\n'.replace("\u00e9", "é")),
    );
    assert.deepEqual(
      read.rows.map(({ a }) => a),
      [1, 5, 6],
    );
    assert.deepEqual(read.rejected, [
      {
        file: "a.csv",
        line: 3,
        column: "",
        reason: "more fields than the 2 of the header",
        text: "2,too,many",
      },
      { file: "a.csv", line: 4, column: "", reason: "fewer fields than the 2 of the header", text: "3" },
      {
        file: "a.csv",
        line: 5,
        column: "",
        reason: "a quote that is not closed, or that something follows",
        text: '4,"x"y',
      },
    ]);
  });

  test("that is not UTF-8 costs the lines that are none", async () => {
    const read = await sources.read(csv(Buffer.from("a,b\n1,caf\xe9\n2,ok\n", "latin1")));
    assert.deepEqual(read.rows, [{ a: 2, b: "ok" }]);
    assert.equal(read.rejected[0]?.line, 2);
    assert.match(read.rejected[0]?.reason ?? "", /^not UTF-8; .*encoding = 'latin-1'/);
  });

  test("with a byte order mark, or as UTF-16", async () => {
    const expected = [{ a: 1, b: "café" }];
    assert.deepEqual((await sources.read(csv("\ufeffa,b\n1,café\n"))).rows, expected);
    const wide = Buffer.from("\ufeffa,b\n1,café\n", "utf16le");
    assert.deepEqual((await sources.read(csv(wide))).rows, expected);
    assert.deepEqual((await sources.read(csv(wide.subarray(2)))).rows, expected);
    assert.equal(
      await told(csv(Buffer.from(wide).swap16())),
      "a.csv is UTF-16 of the big-endian kind. Expected UTF-8 or little-endian UTF-16: save it as UTF-8 and run the command again.",
    );
  });

  test("of a header only, or of nothing, is told", async () => {
    assert.equal(await told(csv("a,b\n")), "There are no rows in ..");
    assert.equal(await told(csv("")), "There are no rows in ..");
    const read = await sources.read({
      "a.csv": "",
      "b.csv": "x\n1\n",
      "c.csv": "x\n",
      "d.csv.gz": gzipSync(""),
    });
    assert.deepEqual(read.rows, [{ x: 1 }]);
    assert.deepEqual(
      read.source.files.map(({ path, rows, notes }) => [path.slice(-5), rows, notes]),
      [
        ["a.csv", 0, ["It is empty, and was skipped."]],
        ["b.csv", 1, []],
        ["c.csv", 0, []],
        ["sv.gz", 0, ["It is empty, and was skipped."]],
      ],
    );
  });

  test("without names is told to look like it", async () => {
    const read = await sources.read(csv("1,2.5,x\n2,3.5,y\n"));
    assert.match(notesOf(read)[0] ?? "", /^Its first line looks like a row, .*: 1, 2\.5, x\. /);
    assert.deepEqual(notesOf(await sources.read(csv("2018,2019\n5,7\n"))).length, 1); // years as names: told, and read
    assert.deepEqual(notesOf(await sources.read(csv("id,name\n2,y\n"))), []);
  });

  test("with a title above the names is read below it", async () => {
    const read = await sources.read(csv("Report of sales\n\na,b,c\n1,2,3\n7,8\n4,5,6\n"));
    assert.deepEqual(read.rows, [
      { a: 1, b: 2, c: 3 },
      { a: 4, b: 5, c: 6 },
    ]);
    assert.deepEqual(notesOf(read), [
      "The first 2 lines are left out: the names of the columns stand in line 3.",
    ]);
    assert.deepEqual(
      read.rejected.map(({ line, text }) => [line, text]),
      [[5, "7,8"]],
    );
  });

  test("of one column, with an empty line", async () => {
    const read = await sources.read(csv("First name\nAnn Lee\n\nBob\n"));
    assert.deepEqual(read.rows, [{ "First name": "Ann Lee" }, { "First name": "Bob" }]);
  });

  test("whose lines end in two ways", async () => {
    const read = await sources.read(csv('a,b\r\n1,2\n3,4\r\n5,"x\ny"\n'));
    assert.deepEqual(read.rows, [
      { a: 1, b: "2" },
      { a: 3, b: "4" },
      { a: 5, b: "x\ny" },
    ]);
    assert.match(notesOf(read)[0] ?? "", /^Its lines end in more than one way/);
  });

  test("with values that begin with #", async () => {
    const read = await sources.read(csv("a,b\n#1,2\n3,4\n"));
    assert.deepEqual(read.rows, [
      { a: "#1", b: 2 },
      { a: "3", b: 4 },
    ]);
  });

  test("whose names differ in case only, are empty or come twice", async () => {
    const read = await sources.read(csv("id,ID,,id,b,\n1,2,3,4,5,\n"));
    assert.deepEqual(read.rows, [{ id: 1, ID_2: 2, column_3: 3, id_3: 4, b: 5 }]);
    assert.deepEqual(
      read.source.columns.map(({ cqlName }) => cqlName),
      ["id", "id_2", "column_3", "id_3", "b"],
    );
    assert.match(notesOf(read)[0] ?? "", /are called ID_2, column_3, id_3\.$/);
  });

  test("of 100 columns with odd names", async () => {
    const names = Array.from({ length: 100 }, (_, index) => `Kolumne ä "${index}" 'x'`);
    const header = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
    const read = await sources.read(csv(`${header}\n${names.map((_, index) => index).join(",")}\n`));
    assert.deepEqual(Object.keys(read.rows[0] ?? {}), names);
    assert.deepEqual(
      Object.values(read.rows[0] ?? {}),
      names.map((_, index) => index),
    );
  });
});

describe("files", () => {
  test("in nested folders, packed or not, with odd names", async () => {
    const read = await sources.read({
      'x/y/it\'s a "file" [1].csv': "a\n1\n",
      "x/b.csv.gz": gzipSync("a\n2\n"),
      "c.tsv": "a\tb\n3\tx\n",
      "notes.md": "nothing",
    });
    assert.deepEqual(read.rows.map(({ a }) => a).sort(), [1, 2, 3]);
  });

  test("named one by one, whatever they are called", async () => {
    const read = await sources.read(
      { "a [1].csv": "a\n1\n", "a 1.csv": "a\n5\n", "data.dat": "a;b\n2;x\n" },
      { source: { files: ["a [1].csv", "data.dat"] } },
    );
    assert.deepEqual(read.rows, [
      { a: 1, b: null },
      { a: 2, b: "x" },
    ]);
  });

  test("with other columns, in another order and with other types", async () => {
    const read = await sources.read({
      "1.csv": "id,value\n1,10\n",
      "2.csv": "VALUE,room,id\n2.5,x,2\n",
    });
    assert.deepEqual(read.rows, [
      { id: 1, value: 10, room: null },
      { id: 2, value: 2.5, room: "x" },
    ]);
    assert.deepEqual(typesOf(read), { id: "int", value: "double", room: "text" });
    assert.deepEqual(
      read.source.columns.map(({ nulls }) => nulls),
      [0, 0, 1],
    );
  });

  test("that are not what their names say", async () => {
    const read = await sources.read({ "a.csv.gz": "a\n1\n", "b.csv": gzipSync("a\n2\n") });
    assert.deepEqual(read.rows, [{ a: 1 }, { a: 2 }]);
    assert.deepEqual(notesOf(read), ["It is not packed, as its name says.", "It is packed by gzip."]);
    assert.match(await told({ "a.parquet": "a,b\n1,2\n" }), /^a\.parquet cannot be read as Parquet: /);
    assert.match(await told({ "a.json": "hello" }), /^a\.json cannot be read as JSON: Malformed JSON/);
  });

  test("that are not there", async () => {
    assert.match(
      await told(csv("a\n1\n"), { source: { files: ["b/*.csv"] } }),
      /^No file is found by b\/\*\.csv in .*Expected CSV, JSON lines, JSON or Parquet/,
    );
    assert.match(await told({ "a.md": "x" }, { source: { files: ["*"] } }), /^\* finds 1 files in/);
  });
});

describe("JSON", () => {
  test("lines, of which some are none", async () => {
    const read = await sources.read({
      "a.jsonl":
        '{"id":1,"at":"2026-01-01T10:00:00Z"}\n{"id":2\nnot json\n[1,2]\n5\n\n{"id":3,"x":{"y":1}}\n{}\n{"id":4}\n{"id":5}\n',
    });
    assert.deepEqual(read.rows, [
      { id: 1, at: "2026-01-01T10:00:00.000Z", x: null },
      { id: 3, at: null, x: '{"y":1}' },
      { id: null, at: null, x: null },
      { id: 4, at: null, x: null },
      { id: 5, at: null, x: null },
    ]);
    assert.deepEqual(
      read.rejected.map(({ line, reason, text }) => [line, reason, text]),
      [
        [2, "no JSON object", '{"id":2'],
        [3, "no JSON object", "not json"],
        [4, "no JSON object", "[1,2]"],
        [5, "no JSON object", "5"],
      ],
    );
  });

  test("whose texts stay texts, and whose numbers keep their digits", async () => {
    const read = await sources.read({
      "a.json": JSON.stringify([
        {
          zip: "01234",
          day: "01-02-2026",
          date: "2026-01-31",
          micro: "2026-01-01T10:00:00.123456Z",
          zoned: "2026-01-01T10:00:00+02:00",
          uuid: "5b6962dd-3f90-4c93-8f61-eabfa4a803e2",
          tags: ["b", "it's"],
          days: ["01-02-2026"],
          mixed: 1,
          nothing: null,
          ok: true,
          big: 0,
        },
        { zip: "7", mixed: "x", ID: 5, id: 6 },
      ]).replace('"big":0', '"big":12345678901234567890123'),
    });
    assert.deepEqual(typesOf(read), {
      zip: "text",
      day: "text",
      date: "date",
      micro: "text",
      zoned: "timestamp",
      uuid: "uuid",
      tags: "list<text>",
      days: "list<text>",
      mixed: "text",
      nothing: "text",
      ok: "boolean",
      big: "varint",
      ID: "int",
      id_1: "int",
    });
    assert.deepEqual(read.rows[0], {
      zip: "01234",
      day: "01-02-2026",
      date: "2026-01-31",
      micro: "2026-01-01T10:00:00.123456Z",
      zoned: "2026-01-01T08:00:00.000Z",
      uuid: "5b6962dd-3f90-4c93-8f61-eabfa4a803e2",
      tags: ["b", "it's"],
      days: ["01-02-2026"],
      mixed: "1",
      nothing: null,
      ok: true,
      big: "12345678901234567890123",
      ID: null,
      id_1: null,
    });
  });

  test("that holds no objects is told", async () => {
    assert.equal(
      await told({ "a.json": "[1, 2]" }),
      'a.json holds no objects. Expected one JSON object a line, as {"sensor": "s-1", "value": 20.5}, or an array of them.',
    );
  });
});

describe("SQL", () => {
  const sql = (text: string) => ({ source: { sql: text } });

  test("with paths relative to the model", async () => {
    const read = await sources.read(
      { "x/a.csv": "a,b\n7,1\n8,2\n" },
      sql("SELECT *, row_number() OVER () AS id FROM read_csv('x/a.csv') WHERE b > 0; "),
    );
    assert.deepEqual(read.rows, [
      { a: 7, b: 1, id: 1 },
      { a: 8, b: 2, id: 2 },
    ]);
  });

  test("and Parquet keep their types", async () => {
    const values = `SELECT 1::UTINYINT AS tiny, 3000000000::UINTEGER AS uint, 18446744073709551615::UBIGINT AS ubig, 5::HUGEINT AS huge,
      1.5::FLOAT AS flt, 'nan'::DOUBLE AS nan, 100::DECIMAL(10, 0) AS dec0, 1.50::DECIMAL(38, 30) AS dec30, TIMESTAMP '2026-01-01 10:00:00' AS ts,
      TIMESTAMP '2026-01-01 10:00:00.000001' AS us, TIMESTAMPTZ '2026-01-01 10:00:00+02' AS tz, TIME '10:00:00' AS t,
      DATE '2026-01-31' AS d, '\\xAB'::BLOB AS b, [1, 2] AS l, MAP {'a': 1.5::DOUBLE} AS m, {'x': 1} AS s, NULL AS n,
      INTERVAL 1 DAY AS i, '007' AS txt, 'x'::ENUM('x', 'y') AS e`;
    const read = await sources.read({ "a.csv": "x\n1\n" }, sql(values));
    assert.deepEqual(read.rows, [
      {
        tiny: 1,
        uint: 3_000_000_000,
        ubig: "18446744073709551615",
        huge: 5,
        flt: 1.5,
        nan: "NaN",
        dec0: 100,
        dec30: 1.5,
        ts: "2026-01-01T10:00:00.000Z",
        us: "2026-01-01T10:00:00.000001Z",
        tz: "2026-01-01T08:00:00.000Z",
        t: "10:00:00",
        d: "2026-01-31",
        b: "0xab",
        l: [1, 2],
        m: { a: 1.5 },
        s: '{"x":1}',
        n: null,
        i: "1 day",
        txt: "007",
        e: "x",
      },
    ]);
    const types = typesOf(read);
    const { uint, ubig, huge, us, dec30, l, m } = types;
    assert.deepEqual(
      [uint, ubig, huge, us, dec30, l, m],
      ["bigint", "varint", "int", "text", "decimal", "list<int>", "map<text, double>"],
    );
    const folder = sources.write({ "a.csv": "x\n1\n" });
    await read.source.database.run(
      `COPY (SELECT * EXCLUDE (n, huge, i) FROM (${values})) TO '${folder}/a.parquet'`,
    );
    const parquet = await sources.read({}, { folder, source: { files: ["*.parquet"] } });
    for (const [name, value] of Object.entries(parquet.rows[0] ?? {}))
      assert.deepEqual(value, (read.rows[0] as Record<string, unknown>)[name], name);
    assert.equal(Object.keys(parquet.rows[0] ?? {}).length, 18);
  });

  test("that DuckDB refuses is told in one sentence", async () => {
    assert.equal(
      await told({}, sql("SELECT * FORM x")),
      'Source.sql is refused by DuckDB: syntax error at or near "x"',
    );
    assert.match(await told({}, sql("SELECT * FROM read_csv('none.csv')")), /No files found .*none\.csv/);
    assert.match(
      await told({}, sql("SELECT 1 AS a WHERE false")),
      /^There are no rows in the answer of source\.sql\.$/,
    );
  });
});

test("one name for two columns of a query", async () => {
  const read = await sources.read({}, { source: { sql: "SELECT 1 AS a, 2 AS A" } });
  assert.deepEqual(read.rows, [{ a: 1, A_1: 2 }]);
});

describe("a type is inferred", () => {
  const cases: [name: string, values: string[], type: string, shown?: unknown[]][] = [
    ["boolean", ["true", "False"], "boolean", [true, false]],
    ["int", ["0", "-5", "2147483647"], "int", [0, -5, 2147483647]],
    ["leading zeros", ["007", "8"], "text", ["007", "8"]],
    ["a plus sign", ["+1", "2"], "text", ["+1", "2"]],
    ["underscores", ["1_000"], "text", ["1_000"]],
    ["hexadecimal", ["0x1F"], "text", ["0x1F"]],
    ["bigint", ["2147483648", "1"], "bigint", [2147483648, 1]],
    ["beyond bigint", ["9223372036854775808", "1"], "varint", ["9223372036854775808", 1]],
    ["beyond every number", ["1".repeat(60)], "text", ["1".repeat(60)]],
    ["an id with a point", ["65.0", "7"], "double", [65, 7]],
    ["double", ["1.5", "-0.25", "1e10"], "double", [1.5, -0.25, 1e10]],
    ["a tiny number", ["1e-400"], "text", ["1e-400"]],
    ["zero below zero", ["-0", "1.5"], "double", ["-0", 1.5]],
    ["beyond double", ["0.1234567890123456789"], "text", ["0.1234567890123456789"]],
    ["decimal", ["0.123456789012345678", "1"], "decimal", ["0.123456789012345678", 1]],
    ["date", ["2026-01-31", "0001-01-01"], "date", ["2026-01-31", "0001-01-01"]],
    ["no such day", ["2026-02-30"], "text", ["2026-02-30"]],
    ["infinity", ["infinity"], "text", ["infinity"]],
    ["days in another order", ["31.01.2026"], "text", ["31.01.2026"]],
    [
      "timestamp",
      ["2026-01-01 10:00:00", "2026-01-01T10:00"],
      "timestamp",
      ["2026-01-01T10:00:00.000Z", "2026-01-01T10:00:00.000Z"],
    ],
    [
      "timestamps with zones",
      [
        "2026-01-01T10:00:00+02:00",
        "2026-01-01T10:00Z",
        "2026-01-01 10:00:00.5 Z",
        "2026-01-01T10:00:00.120000-0130",
        "2026-01-01T10:00+02",
      ],
      "timestamp",
      [
        "2026-01-01T08:00:00.000Z",
        "2026-01-01T10:00:00.000Z",
        "2026-01-01T10:00:00.500Z",
        "2026-01-01T11:30:00.120Z",
        "2026-01-01T08:00:00.000Z",
      ],
    ],
    [
      "dates and timestamps",
      ["2026-01-01", "2026-01-01T10:00:00Z"],
      "timestamp",
      ["2026-01-01T00:00:00.000Z", "2026-01-01T10:00:00.000Z"],
    ],
    ["microseconds", ["2026-01-01T10:00:00.123456Z"], "text", ["2026-01-01T10:00:00.123456Z"]],
    ["nanoseconds", ["2026-01-01T10:00:00.123000001Z"], "text", ["2026-01-01T10:00:00.123000001Z"]],
    ["the 24th hour", ["2026-01-01T24:00:00"], "text", ["2026-01-01T24:00:00"]],
    ["time", ["10:00:00", "23:59:59.123456"], "time", ["10:00:00", "23:59:59.123456"]],
    ["a time after the day", ["24:00:00"], "text", ["24:00:00"]],
    ["uuid", ["5B6962DD-3f90-4c93-8f61-eabfa4a803e2"], "uuid", ["5b6962dd-3f90-4c93-8f61-eabfa4a803e2"]],
    ["inet", ["10.0.0.1", "::1", "2001:db8::ff00:42:8329", "::"], "inet"],
    ["an address of many zeros", ["010.0.0.1"], "text", ["010.0.0.1"]],
    ["colons", [":::", "a::b::c"], "text", [":::", "a::b::c"]],
    ["five digits in an address", ["12345::"], "text", ["12345::"]],
    ["mixed", ["1", "x", "2026-01-01"], "text", ["1", "x", "2026-01-01"]],
    ["a blank", [" 1", "2"], "text", [" 1", "2"]],
    ["empty values", ["", "1", ""], "int", [null, 1, null]],
    ["nothing", ["", ""], "text", [null, null]],
  ];
  // All in one file of as many columns as cases: each value once, the last one again and again.
  test("from every value", async () => {
    const longest = Math.max(...cases.map(([, values]) => values.length));
    const lines = Array.from({ length: longest }, (_, row) =>
      ["0", ...cases.map(([, values]) => values[row] ?? values.at(-1))]
        .map((value) => `"${value}"`)
        .join(","),
    );
    const header = ["row", ...cases.map(([name]) => name)].map((name) => `"${name}"`).join(",");
    const read = await sources.read(csv(`${header}\n${lines.join("\n")}\n`));
    const types = typesOf(read);
    for (const [name, values, type, shown] of cases) {
      assert.equal(types[name], type, name);
      if (shown)
        assert.deepEqual(
          read.rows.slice(0, values.length).map((row) => row[name]),
          shown,
          name,
        );
    }
  });

  test("from a value after the sample too", async () => {
    const many = "5,5\n".repeat(30_000);
    const read = await sources.read(csv(`a,b\n${many}x,5000000000\n`));
    assert.deepEqual(typesOf(read), { a: "text", b: "bigint" });
  });
});

describe("a type that the model names", () => {
  const cases: [type: string, good: [string, unknown][], bad: string[], altered?: [string, unknown][]][] = [
    ["text", [["007", "007"]], []],
    ["ascii", [["a", "a"]], ["ä"]],
    [
      "int",
      [
        ["65.0", 65],
        ["+7", 7],
      ],
      ["x"],
      [
        ["007", 7],
        ["1.5", 2],
        ["2147483648", null],
        ["1e3", 1000],
      ],
    ],
    ["smallint", [["5", 5]], ["x"], [["40000", null]]],
    ["tinyint", [["5", 5]], ["x"], [["200", null]]],
    ["bigint", [["5000000000", 5e9]], ["x"], [["1.5", 2]]],
    ["varint", [["9223372036854775808", "9223372036854775808"]], ["x"]],
    ["float", [["0.5", 0.5]], ["x", "1e300"], [["495.3073", 495.30731201171875]]],
    [
      "double",
      [
        ["1.50", 1.5],
        ["1e300", 1e300],
        ["NaN", "NaN"],
      ],
      ["x", "1e999"],
    ],
    [
      "decimal",
      [
        ["1.50", 1.5],
        ["100", 100],
      ],
      ["x", "1e3"],
    ],
    ["boolean", [["TRUE", true]], ["yes", "1"]],
    [
      "date",
      [
        ["2026-01-31", "2026-01-31"],
        ["2026-01-31T00:00:00Z", "2026-01-31"],
      ],
      ["2026-02-30"],
      [["2026-01-31T10:00:00", "2026-01-31"]],
    ],
    ["time", [["10:00", "10:00:00"]], ["25:00:00", "24:00:00"]],
    [
      "timestamp",
      [
        ["2026-01-31", "2026-01-31T00:00:00.000Z"],
        ["1541020000000", "2018-10-31T21:06:40.000Z"],
        ["1.54102E+12", "2018-10-31T21:06:40.000Z"],
      ],
      ["x"],
      [["2026-01-31T10:00:00.123456", "2026-01-31T10:00:00.123Z"]],
    ],
    ["uuid", [["5b6962dd-3f90-4c93-8f61-eabfa4a803e2", "5b6962dd-3f90-4c93-8f61-eabfa4a803e2"]], ["x"]],
    [
      "timeuuid",
      [["50554d6e-29bb-11e5-b345-feff819cdc9f", "50554d6e-29bb-11e5-b345-feff819cdc9f"]],
      ["5b6962dd-3f90-4c93-8f61-eabfa4a803e2"],
    ],
    ["inet", [["10.0.0.1", "10.0.0.1"]], ["10.0.0.256"]],
    ["blob", [["0xAB", "0xab"]], ["ab", "0xa"]],
    ["duration", [["1h30m", "1h30m"]], ["x"]],
    [
      "set<text>",
      [
        ["{'b', 'a', 'b'}", ["a", "b"]],
        ['["x", "it\'s"]', ["it's", "x"]],
        ["{'it''s', '', 'say \"x\"'}", ["", "it's", 'say "x"']],
      ],
      ["x", "{'a'"],
    ],
    [
      "list<int>",
      [
        ["[3, 1, 3]", [3, 1, 3]],
        ["[]", null], // as Cassandra has it
      ],
      ["[1, x]", "[1.5]", "[1, null]", "x"],
    ],
    [
      "map<text, int>",
      [
        ["{'a': 1, 'b': 2}", { a: 1, b: 2 }],
        ['{"a": 3}', { a: 3 }],
      ],
      ["{'a': x}", "{'a': 1.5}", "x"],
    ],
    ["map<int, text>", [["{1: 'x', 2: 'y'}", { 1: "x", 2: "y" }]], ["{'a': 'x'}"]],
    ["frozen<set<int>>", [["{2, 1}", [1, 2]]], ["{a}"]],
    ["list<frozen<list<int>>>", [["[[1], [2, 3]]", [[1], [2, 3]]]], ["[[x]]"]],
    [
      "list<uuid>",
      [["[5b6962dd-3f90-4c93-8f61-eabfa4a803e2]", ["5b6962dd-3f90-4c93-8f61-eabfa4a803e2"]]],
      ["[5b]"],
    ],
    ["set<timestamp>", [["{'2026-01-01T10:00:00Z'}", ["2026-01-01T10:00:00.000Z"]]], ["{'x'}"]],
  ];
  test.each(cases)(
    "%s takes what fits, tells what it alters, and the rest is rejected",
    async (type, good, bad, altered = []) => {
      const kept = [...good, ...altered];
      const fields = [...kept.map(([text]) => text), ...bad];
      const lines = fields.map((text, index) => `${index},"${text.replaceAll('"', '""')}"`);
      const read = await sources.read(csv(`n,v\n${lines.join("\n")}\n${fields.length},\n`), {
        columns: { v: type },
      });
      assert.deepEqual(
        read.rows.map(({ n, v }) => [n, v]),
        [...kept.map(([, shown], index) => [index, shown]), [fields.length, null]],
      );
      assert.equal(read.source.columns.find(({ name }) => name === "v")?.loses?.rows ?? 0, altered.length);
      assert.deepEqual(
        read.rejected,
        bad.map((text, index) => ({
          file: "a.csv",
          line: 0,
          column: "v",
          reason: `is no ${type}`,
          text: JSON.stringify({ n: String(kept.length + index), v: text }),
        })),
      );
    },
  );

  test("of a column that is not there is told", async () => {
    assert.equal(
      await told(csv("a,b\n1,2\n"), { columns: { c: "int" } }),
      "Columns.c: the source has no such column. It has a, b.",
    );
  });
});

test("a hundred thousand rejected rows are all kept, and counted by their reasons", async () => {
  const lines = Array.from({ length: 150_000 }, (_, row) =>
    row < 50_000 ? `${row},x` : row < 100_000 ? `${row}` : `y${row},x`,
  );
  const read = await sources.read(csv(`a,b\n${lines.join("\n")}\n`), { columns: { a: "int" } });
  assert.equal(read.rows.length, 50_000);
  assert.equal(read.rejected.length, 100_000);
  assert.deepEqual(read.reasons, { "fewer fields than the 2 of the header": 50_000, "a: is no int": 50_000 });
  assert.equal(read.rejected[49_999]?.line, 100_001);
});

test("an interrupt ends the reading, with its reason", async () => {
  const abort = new AbortController();
  const stopped = new Error("stopped");
  const reading = sources.read(
    csv("a\n1\n"),
    {},
    { signal: abort.signal, onFile: () => abort.abort(stopped) },
  );
  await assert.rejects(reading, stopped);
});
