import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { readRawPlays } from "@sparkify/lib";
import fc from "fast-check";
import { type TestContext, test } from "vitest";
import { fails, logHeader, quotedCsv, temporaryFolder, write } from "../../../test/support.js";
import { denormalize } from "../src/csv/denormalize.js";
import { type DenormalizeReport, notPlainLogs } from "../src/csv/report.js";
import { findEventFiles } from "../src/files/event-files.js";
import { readEvents } from "../src/plays/read-events.js";
import { eventColumns, streamlinedColumns } from "../src/rows/columns.js";

type Fields = Record<string, string>;

/** Two plays and a visit of another page. */
const one: Fields = {
  artist: "Florence, The Machine",
  auth: "Logged In",
  firstName: "Zoë",
  gender: "F",
  itemInSession: "0",
  lastName: "Réaux",
  length: "189.62468",
  level: "free",
  location: "New York, NY",
  method: "PUT",
  page: "NextSong",
  registration: "1.54E+12",
  sessionId: "3",
  song: 'Say "hello"; 日本語',
  status: "200",
  ts: "1.54106E+12",
  userId: "65",
};
const two: Fields = { ...one, itemInSession: "1", length: "200", song: "Two" };
const visit: Fields = { ...one, artist: "", itemInSession: "2", length: "", song: "", page: "Home" };
const rows = [one, visit, two];

/** What must come out, worked out by hand. */
const expectedCsv = `${streamlinedColumns.map((column) => `"${column}"`).join()}
"Florence, The Machine","Zoë","F","0","Réaux","189.62468","free","New York, NY","3","Say ""hello""; 日本語","65"
"Florence, The Machine","Zoë","F","1","Réaux","200","free","New York, NY","3","Two","65"
`;

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

/** Writes a table: values that need quotes have them. */
function table(names: readonly string[], values: string[][], delimiter = ",", end = "\n"): string {
  const field = (text: string) =>
    text.includes(delimiter) || /["\r\n]|^ | $/.test(text) ? quoted(text) : text;
  return [names, ...values].map((line) => line.map(field).join(delimiter) + end).join("");
}

const valuesOf = (all: Fields[]) => all.map((row) => eventColumns.map((column) => row[column] ?? ""));
const plain = table(eventColumns, valuesOf(rows));

/** Reads logs with these contents, by their names, and holds the independent count against it. */
async function read(t: TestContext, logs: Record<string, string | Buffer>) {
  const folder = temporaryFolder(t);
  for (const [name, content] of Object.entries(logs)) write(join(folder, name), content);
  const { files } = findEventFiles(folder);
  const target = join(folder, "all.csv");
  const report = await denormalize({ files, target, rejected: join(folder, "rejected.csv") });
  const expected = readRawPlays(folder).map((play) => [play.song, play.length, play.userId, play.artist]);
  const written = quotedCsv(target)
    .slice(1)
    .map((row) => row.map((text) => Buffer.from(text, "latin1").toString()));
  assert.deepEqual(
    expected,
    written.map((row) => [row[9], Number(row[5]), Number(row[10]), row[0]]),
  );
  if (report.rejected === 0)
    assert.equal((await readEvents(files)).length, report.rows, "notebook 01 sees them too");
  return { csv: readFileSync(target, "utf8"), report, how: notPlainLogs(report).flatMap(({ how }) => how) };
}

const german = table(
  eventColumns,
  valuesOf(rows).map((values) => values.map((text) => text.replace(/^(\d+)\.(\d+)$/, "$1,$2"))),
  ";",
  "\r\n",
);
const renamed = (name: (column: string) => string) => table(eventColumns.map(name), valuesOf(rows));
const snake = (column: string) => column.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const json = (all: Fields[], change: (row: Record<string, unknown>) => unknown = (row) => row) =>
  all
    .map((row) => {
      const { length, sessionId, itemInSession, ...texts } = row;
      const numbers = {
        length: length === "" ? null : Number(length),
        sessionId: Number(sessionId),
        itemInSession: Number(itemInSession),
      };
      return `${JSON.stringify(change({ ...texts, artist: row.artist || null, ...numbers }))}\n`;
    })
    .join("");
const spaced = (text: string, delimiter = ", ") =>
  text.replace(/("(?:[^"]|"")*")|,/g, (_, quotedField) => quotedField ?? delimiter);
const utf16 = (text: string, swap: boolean) => {
  const bytes = Buffer.from(text, "utf16le");
  return swap ? bytes.swap16() : bytes;
};

test("logs are read in the form that their content has, whatever their name, and how is said", async (t) => {
  const pandas = table(
    ["", ...eventColumns],
    valuesOf(rows).map((values, row) => [`${row}`, ...values]),
  ).replace(/,65\n/g, ",65.0\n");
  const tries: [string | Buffer, string[], name?: string][] = [
    [plain, []],
    [`\uFEFF${german}`, ["semicolons", "decimal comma"]],
    [german.replace("\r\n", ";\r\n"), ["semicolons", "decimal comma"]],
    [table(eventColumns, valuesOf(rows), "\t"), ["tabs"]],
    [table(eventColumns, valuesOf(rows), "|"), ["|"]],
    [`sep=,\r\n${plain}`, ["a line with sep="]],
    [`\uFEFF"sep=;"\n${german}`, ["a line with sep=", "semicolons", "decimal comma"]],
    [`SEP=^\n${table(eventColumns, valuesOf(rows), "^")}`, ["a line with sep=", "^"]],
    [`sep=;\n${plain}`, ["a line with sep="]],
    [renamed((column) => column.toUpperCase()), ["columns named ARTIST, AUTH, FIRSTNAME, …"]],
    [renamed(snake), ["columns named first_name, item_in_session, last_name, …"]],
    [
      renamed((column) => (column === "firstName" ? "First Name" : column === "userId" ? "USER-ID" : column)),
      ["columns named First Name, USER-ID"],
    ],
    [json(rows), ["JSON lines"]],
    [`\uFEFF\n${json(rows).replaceAll("\n", "\r\n")}`, ["JSON lines"]],
    [json(rows, ({ artist, ...row }) => (artist === null ? row : { artist, ...row })), ["JSON lines"]],
    [
      json(rows, (row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [snake(key), value]))),
      ["JSON lines", "columns named first_name, last_name, user_id, …"],
    ],
    [gzipSync(plain), ["gzip, despite its name"]],
    [gzipSync(plain), [], "2018-11-01-events.csv.gz"],
    [plain, ["not gzip, despite its name"], "2018-11-01-events.csv.gz"],
    [Buffer.concat([gzipSync(plain.slice(0, 200)), gzipSync(plain.slice(200))]), [], "2018-11-01.CSV.GZ"],
    [utf16(`\uFEFF${plain}`, false), ["UTF-16LE"]],
    [utf16(`\uFEFF${plain}`, true), ["UTF-16BE"]],
    [utf16(plain, false), ["UTF-16LE"]],
    [utf16(plain, true), ["UTF-16BE"]],
    [gzipSync(utf16(german, false)), ["gzip, despite its name", "UTF-16LE", "semicolons", "decimal comma"]],
    [spaced(plain), ["spaces around the delimiters"]],
    [spaced(plain, " , "), ["spaces around the delimiters"]],
    [
      spaced(table(eventColumns, valuesOf(rows)).replace(logHeader, logHeader.replaceAll(",", ", "))),
      ["spaces around the delimiters"],
    ],
    [plain.replace(/\n(?!artist|$)/g, ",\n").replace(",\n", "\n"), ["2 rows with an empty field at the end"]],
    [plain.replaceAll("\n", ",\n"), []],
    [pandas, ["an unnamed column in front", "2 rows with whole numbers as 65.0"]],
    [plain.replace('\n"Flo', '\n\uFEFF"Flo'), ["1 row after a byte order mark"]],
  ];
  for (const [content, how, name = "2018-11-01-events.csv"] of tries) {
    const result = await read(t, { [name]: content });
    const what = `${JSON.stringify(content.toString("latin1").slice(0, 120))} as ${name}`;
    assert.equal(result.csv, expectedCsv, what);
    assert.deepEqual([result.report.dropped, result.report.rejected], [1, 0], what);
    assert.deepEqual(result.how, how, what);
  }
});

test("one day in another form among plain ones is not missing", async (t) => {
  const day = (session: string) => rows.map((row) => ({ ...row, sessionId: session }));
  const { report } = await read(t, {
    "2018-11-01-events.csv": table(eventColumns, valuesOf(day("1"))),
    "2018-11-02-events.csv": german,
    "2018-11-03-events.csv": json(day("4")),
  });
  assert.deepEqual([report.files, report.rows, report.kept, report.dropped], [3, 9, 6, 3]);
});

test("a value with two readings is rejected: commas and points in numbers, fields too many", async (t) => {
  const reasonsOf = async (content: string) => {
    const { report } = await read(t, { "2018-11-01-events.csv": content });
    return report.rejections.map(({ line, column, reason }) => `${line} ${column}: ${reason}`);
  };
  const lengths = (delimiter: string, ...all: string[]) =>
    table(
      eventColumns,
      valuesOf(all.map((length, item) => ({ ...one, itemInSession: `${item}`, length }))),
      delimiter,
    );
  const ids = (delimiter: string, ...all: string[]) =>
    table(eventColumns, valuesOf(all.map((userId) => ({ ...one, userId }))), delimiter);
  const noSeconds = "length: not a number of seconds, as 215.5";
  const noWhole = "userId: not a whole number from 0 to 2147483647";
  // The file's first fraction tells its sign.
  assert.deepEqual(await reasonsOf(lengths(";", "7", "1,5", "1.5", "1.234,5", "2,25")), [
    `4 ${noSeconds}`,
    `5 ${noSeconds}`,
  ]);
  assert.deepEqual(await reasonsOf(lengths(";", "1.5", "1,500", "2.5")), [`3 ${noSeconds}`]);
  assert.deepEqual(await reasonsOf(lengths(",", "1.5", "1,5")), [`3 ${noSeconds}`]);
  assert.deepEqual(
    await reasonsOf(ids(",", "65", "65.0", "65.00", "65.000", "65.5", "65,0", "65.", "4294967296.0")),
    [...[5, 6, 7, 8, 9].map((line) => `${line} ${noWhole}`)],
  );
  assert.deepEqual(await reasonsOf(ids(";", "65", "65,0", "65.0", "1.000", "65,5")), [
    `5 ${noWhole}`,
    `6 ${noWhole}`,
  ]);
  // The last column is a text: a delimiter in a text, and no location, would look the same.
  const columns = [...streamlinedColumns.filter((column) => column !== "location"), "location"];
  const row = columns.map((column) => (column === "song" ? "Hello" : (one[column] ?? ""))).slice(0, -1);
  const text = (...ends: string[]) =>
    `${columns}\n${ends.map((end) => `${row.map(quoted)}${end}\n`).join("")}`;
  assert.deepEqual(await reasonsOf(text(",NY", ",NY,", ",NY")), ["3 : 12 fields where the header has 11"]);
  assert.deepEqual(await reasonsOf(text(",NY,", ",LA,", ",x,y")), ["4 : 12 fields where the header has 11"]);
});

test("JSON lines: what is no object, or has a value that is none, costs its row only", async (t) => {
  const line = (change: object) => JSON.stringify({ ...JSON.parse(json([one])), ...change });
  const good = json([two]).trim();
  const bad: [string, string][] = [
    ["{", ": not a JSON object in one line"],
    ['["artist"]', ": not a JSON object in one line"],
    [good.slice(0, -1), ": not a JSON object in one line"],
    [line({ userId: 65.5 }), "userId: not a whole number from 0 to 2147483647"],
    [line({ sessionId: true }), "sessionId: neither a text nor a number"],
    [line({ song: { title: "x" } }), "song: neither a text nor a number"],
    [line({ song: null }), "song: empty, though there is an artist"],
    [line({ user_id: "65" }), "userId: two keys of the object name this column"],
    [line({ song: "a\0b" }), "song: a NUL byte"],
    [`${line({}).slice(0, -1)},"level":"\\ud800"}`, "level: bytes that are not UTF-8"],
    [line({ song: "x".repeat(1024 * 1024) }), ": longer than 1048576 bytes"],
  ];
  const content = `${good}\n${bad.map(([text]) => text).join("\n\n")}\n${line({ status: [1], song: "two\nlines" })}`;
  const { report, csv } = await read(t, { "2018-11-01-events.csv": content });
  assert.deepEqual(
    report.rejections.map(({ line, column, reason }) => `${line} ${column}: ${reason}`),
    bad.map(([, reason], index) => `${2 + 2 * index} ${reason}`),
  );
  assert.deepEqual(
    quotedCsv(report.rejectedIn)
      .slice(1)
      .map((row) => row[4]),
    bad.map(([text]) => Buffer.from(text).toString("latin1")),
  );
  assert.match(csv, /"two\nlines"/);
  assert.deepEqual([report.kept, report.rejected], [2, bad.length]);
});

test("a file that cannot be read without a guess is one fault, said of the file, and nothing is written", async (t) => {
  const body = plain.slice(plain.indexOf("\n") + 1);
  const without = (column: string) => plain.replace(new RegExp(`^(.*)\\b${column}\\b`), "$1other");
  const all = [...streamlinedColumns];
  const tries: [string | Buffer, reason: string, missing: string[], firstLine?: string | undefined][] = [
    [body, "it has no header line", all, body.split("\n")[0]?.slice(0, 100)],
    [without("artist"), "its header lacks columns that are needed", ["artist"]],
    [
      without("sessionId").replace("song", "title"),
      "its header lacks columns that are needed",
      ["sessionId", "song"],
    ],
    [plain.replace("auth", "Level"), "its header names the column level 2 times (Level, level)", []],
    [
      `Exported by Analytics\n\n${plain}`,
      "its header is line 3, after other lines",
      [],
      "Exported by Analytics",
    ],
    [`\n# log\n${german}`, "its header is line 3, after other lines", [], "# log"],
    [`[${json(rows).trim().replaceAll("\n", ",\n")}]`, "it is one JSON array", []],
    [JSON.stringify(one, null, 2), "JSON, but not an object in each line", [], "{"],
    [
      json(rows, ({ artist, ...row }) => ({ ...row, performer: artist })),
      "its JSON objects do not have the keys that are needed",
      ["artist"],
    ],
    [
      Buffer.from("PK\x03\x04\x14\0\x06\0", "latin1"),
      "it is a ZIP archive, as an .xlsx workbook is one",
      [],
      "",
    ],
    [gzipSync(gzipSync(plain)), "it is zipped twice", [], ""],
    [
      Buffer.from([...Array(400).keys()].map((byte) => (byte * 7 + 1) % 256)),
      "it is no text in UTF-8 or UTF-16",
      [],
    ],
    [Buffer.from(plain.replace("auth", "größe"), "latin1"), "it is no text in UTF-8 or UTF-16", []],
    ["<html><body>Not found</body></html>", "it has no header line", all],
    ["song\nsong\n", "it has no header line", all.filter((column) => column !== "song")],
  ];
  const good = plain.replaceAll(",3,", ",9,");
  for (const [content, reason, missing, firstLine] of tries) {
    const folder = temporaryFolder(t);
    const bad = write(join(folder, "2018-11-02-events.csv"), content);
    write(join(folder, "2018-11-01-events.csv"), good);
    const { files } = findEventFiles(folder);
    const target = write(join(folder, "out", "all.csv"), "earlier");
    const rejected = join(folder, "out", "rejected.csv");
    let report: DenormalizeReport | undefined;
    const onReport = (begun: DenormalizeReport) => {
      report = begun;
    };
    await fails(
      () => denormalize({ files, target, rejected, onReport }),
      "1 of 2 logs cannot be read, so nothing was written",
      `The log ${bad} cannot be read: ${reason}.`,
      "--skip-files",
    );
    const fault = report?.unreadable[0]?.fault;
    assert.deepEqual([report?.unreadable.length, fault?.reason, fault?.missing], [1, reason, missing]);
    if (firstLine !== undefined) assert.ok(fault?.firstLine.startsWith(firstLine), fault?.firstLine);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: just these must not be shown
    assert.doesNotMatch(report?.unreadable[0]?.reason ?? "", /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    assert.equal(readFileSync(target, "utf8"), "earlier");
    assert.ok(!existsSync(rejected), "no row is rejected for it");
    assert.throws(() => readRawPlays(folder), new RegExp(`finds no header in ${bad}`), reason);
    const skipped = await denormalize({ files, target, rejected, skipFiles: true });
    assert.deepEqual([skipped.files, skipped.kept, skipped.unreadable.length], [1, 2, 1]);
    assert.equal((await readEvents(files)).length, 3);
    await fails(() => readEvents(files.slice(1)), "None of the logs can be read", bad);
  }
});

test("several faults are said at once, each with its file, and what is missing", async (t) => {
  const folder = temporaryFolder(t);
  const paths = ["a\nb\n", plain.replace("userId", "user")].map((content, day) =>
    write(join(folder, `2018-11-0${day + 1}-events.csv`), content),
  );
  const run = () =>
    denormalize({ files: findEventFiles(folder).files, target: null, rejected: join(folder, "r") });
  await fails(run, "2 of 2 logs", `${paths[0]} cannot be read: it has no header line. Its first line: a\n`);
  await fails(
    run,
    `${paths[1]} cannot be read: its header lacks`,
    "Missing: userId. Its first line: artist,auth",
  );
});

test("a log all of whose rows are rejected is a fault of the file, so that no day is missing", async (t) => {
  const folder = temporaryFolder(t);
  const target = write(join(folder, "out", "all.csv"), "earlier");
  write(join(folder, "2018-11-01-events.csv"), plain);
  const bad = join(folder, "2018-11-02-events.csv");
  const many = (count: number) =>
    Array.from({ length: count }, (_, item) => ({ ...one, itemInSession: `${item}`, sessionId: "7" }));
  const commas = (content: string) => content.replaceAll(";", ",");
  const run = (skipFiles = false) =>
    denormalize({
      files: findEventFiles(folder).files,
      target,
      rejected: join(folder, "out", "rejected.csv"),
      skipFiles,
    });
  const header = `${eventColumns}\n`;
  const rowsOf = (count: number) =>
    table(eventColumns, valuesOf(many(count)), ";")
      .split("\n")
      .slice(1)
      .join("\n");
  write(bad, header + rowsOf(10));
  await fails(
    run,
    "1 of 2 logs cannot be read",
    `${bad} cannot be used: all of its 10 rows were rejected, most of them for: `,
  );
  assert.equal(readFileSync(target, "utf8"), "earlier");
  const left = await run(true);
  assert.deepEqual([left.kept, left.rejected, left.unreadable.length], [2, 10, 1]);
  for (const content of [header + rowsOf(9), `${header}${rowsOf(20)}${commas(plain).split("\n")[2]}\n`]) {
    write(bad, content);
    const { kept, unreadable } = await run();
    assert.deepEqual([kept, unreadable], [2, []]);
  }
});

test("where no row is kept, nothing is overwritten", async (t) => {
  const folder = temporaryFolder(t);
  const target = write(join(folder, "out", "all.csv"), "earlier");
  write(
    join(folder, "2018-11-01-events.csv"),
    table(eventColumns, valuesOf([visit, { ...one, userId: "x" }])),
  );
  const { files } = findEventFiles(folder);
  await fails(
    () => denormalize({ files, target, rejected: join(folder, "out", "rejected.csv") }),
    "No row of the 1 logs is a song play",
    "of 2 rows, 1 have no artist and 1 were rejected",
  );
  assert.equal(readFileSync(target, "utf8"), "earlier");
});

test("the report of a run that stops adds up, and says how far it came", async (t) => {
  const folder = temporaryFolder(t);
  const bad = { ...one, userId: "x" };
  const day = (session: string, ...more: Fields[]) =>
    table(eventColumns, valuesOf([...rows, ...more].map((row) => ({ ...row, sessionId: session }))));
  for (const [name, content] of [
    ["2018-11-01-events.csv", day("1", bad)],
    ["2018-11-02-events.csv", day("2", bad, bad, two)],
    ["2018-11-03-events.csv", day("3")],
  ] as const) {
    write(join(folder, name), content);
  }
  const { files } = findEventFiles(folder);
  let report: DenormalizeReport | undefined;
  const options = {
    files,
    target: join(folder, "all.csv"),
    rejected: join(folder, "rejected.csv"),
    maxErrors: 2,
  };
  await fails(() => denormalize({ ...options, onReport: (begun) => (report = begun) }), "More than 2 rows");
  const {
    files: begun,
    rows: read,
    kept,
    dropped,
    rejected,
    rejectedByReason,
    rejections,
  } = report ?? assert.fail();
  assert.deepEqual([begun, read, kept, dropped, rejected], [2, 9, 4, 2, 3]);
  assert.deepEqual(rejectedByReason, { "userId: not a whole number from 0 to 2147483647": 3 });
  assert.equal(rejections.length, 3);
});

const letters = fc.constantFrom("a", "é", "日", "🎸", ",", ";", "|", "\t", '"', " ", "'", "\n", "1,5", "x");
const words = fc.array(letters, { maxLength: 5 }).map((all) => `w${all.join("")}w`);
const log = fc.array(
  fc.record({
    artist: fc.oneof({ weight: 4, arbitrary: words }, { weight: 1, arbitrary: fc.constant("") }),
    song: words,
    location: words,
    length: fc.oneof(
      fc.nat(5000).map(String),
      fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 99_999 })).map(([a, b]) => String(a + b / 100_000)),
    ),
    userId: fc.nat(2 ** 31 - 1).map(String),
  }),
  { minLength: 2, maxLength: 8 },
);
const form = fc.record({
  json: fc.boolean(),
  delimiter: fc.constantFrom(",", ";", "\t", "|"),
  sep: fc.boolean(),
  style: fc.constantFrom<((column: string) => string)[]>(
    (column) => column,
    (column) => column.toUpperCase(),
    (column) => snake(column),
    (column) => snake(column).replaceAll("_", " ").toUpperCase(),
    (column) => snake(column).replaceAll("_", "-"),
  ),
  columns: fc.shuffledSubarray([...eventColumns], { minLength: eventColumns.length }),
  zipped: fc.boolean(),
  encoding: fc.constantFrom("UTF-8", "UTF-16LE", "UTF-16BE"),
  mark: fc.boolean(),
  end: fc.constantFrom("\n", "\r\n", "\r"),
  emptyLast: fc.boolean(),
  spaces: fc.constantFrom("", " ", "  "),
  pointZero: fc.boolean(),
  decimalComma: fc.boolean(),
  index: fc.boolean(),
});
type Form = typeof form extends fc.Arbitrary<infer Value> ? Value : never;

/** Writes the rows in the form. */
function written(all: Fields[], form: Form): Buffer {
  const { delimiter, columns, style, end, spaces } = form;
  const hasComma = form.decimalComma && delimiter !== "," && !form.json;
  const value = (row: Fields, column: string) => {
    const text = row[column] ?? "";
    if (column === "userId" && form.pointZero) return `${text}.0`;
    return column === "length" && hasComma ? text.replace(".", ",") : text;
  };
  // After a delimiter and spaces, spaces that belong to a text need quotes.
  const field = (text: string) =>
    text.includes(delimiter) || /["\r\n]|^\s|\s$|^\ufeff/.test(text) ? quoted(text) : text;
  const line = (fields: string[]) => fields.map(field).join(delimiter + spaces);
  const body = form.json
    ? all.map((row) =>
        JSON.stringify(Object.fromEntries(columns.map((name) => [style(name), value(row, name)]))),
      )
    : all.map((row, place) => {
        const fields = columns.map((column) => value(row, column));
        return line([...(form.index ? [`${place}`] : []), ...fields, ...(form.emptyLast ? [""] : [])]);
      });
  const header = form.json ? [] : [line([...(form.index ? [""] : []), ...columns.map(style)])];
  const text = [...(form.sep && !form.json ? [`sep=${delimiter}`] : []), ...header, ...body, ""].join(
    form.json && end === "\r" ? "\n" : end,
  );
  const marked = form.mark ? `\uFEFF${text}` : text;
  const bytes = form.encoding === "UTF-8" ? Buffer.from(marked) : utf16(marked, form.encoding === "UTF-16BE");
  return form.zipped ? gzipSync(bytes) : bytes;
}

test("a plain log that is written in any other form gives the same CSV, byte for byte", {
  tags: "slow",
}, async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "2018-11-01-events.csv");
  const options = { rejected: join(folder, "out", "rejected.csv") };
  const same = fc.asyncProperty(log, form, async (plays, form) => {
    const all = [...plays, { artist: "A" }].map((play, item) => ({
      ...one,
      ...play,
      itemInSession: `${item}`,
      location: "location" in play ? play.location.replaceAll("\n", form.end) : "x",
    }));
    const csvOf = async (content: string | Buffer, name: string) => {
      write(path, content);
      const target = join(folder, "out", name);
      const report = await denormalize({ ...options, files: findEventFiles(folder).files, target });
      assert.deepEqual([report.rejected, report.rows], [0, all.length]);
      return readFileSync(target, "utf8");
    };
    const expected = await csvOf(table(eventColumns, valuesOf(all)), "plain.csv");
    assert.equal(await csvOf(written(all, form), "other.csv"), expected);
    assert.equal(readRawPlays(folder).length, all.filter(({ artist }) => artist !== "").length);
  });
  await fc.assert(same, { numRuns: 300 });
});
