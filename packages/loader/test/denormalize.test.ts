import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { eventDataDirectory } from "@sparkify/lib";
import fc from "fast-check";
import { type TestContext, test } from "vitest";
import {
  fails,
  logHeader,
  logOf,
  logRow,
  quotedCsv,
  temporaryFolder,
  write,
  writeLog,
} from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { type DenormalizeOptions, denormalize } from "../src/csv/denormalize.js";
import type { DenormalizeReport } from "../src/csv/report.js";
import { type EventFile, findEventFiles } from "../src/files/event-files.js";
import { streamlinedColumns } from "../src/rows/columns.js";

const header = streamlinedColumns.map((column) => `"${column}"`).join();
const projectLogs = findEventFiles(eventDataDirectory).files;

interface Result {
  report: DenormalizeReport;
  /** The songs of the rows that were kept. */
  songs: string[];
  /** The rejected rows as "line column: reason", and what they were. */
  reasons: string[];
  raw: string[];
}

/** Denormalizes the files into a folder of its own. Input is always kept, dropped or rejected. */
async function run(
  t: TestContext,
  files: EventFile[],
  options: Partial<DenormalizeOptions> = {},
): Promise<Result> {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const report = await denormalize({ files, target, rejected: join(folder, "rejected.csv"), ...options });
  assert.equal(report.rows, report.kept + report.dropped + report.rejected);
  const [columns, ...rows] = options.target === null ? [[...streamlinedColumns]] : quotedCsv(target);
  assert.deepEqual(columns, streamlinedColumns);
  assert.equal(rows.length, report.kept);
  const rejected = quotedCsv(report.rejectedIn).slice(1);
  assert.equal(rejected.length, report.rejected);
  const sum = (counts: Record<string, number>) =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  assert.equal(sum(report.rejectedByReason), report.rejected);
  assert.equal(sum(report.droppedByPage), report.dropped);
  const songs = rows.map((row) => Buffer.from(row[9] ?? "", "latin1").toString());
  const reasons = rejected.map(([, line, column, reason]) => `${line} ${column}: ${reason}`);
  return { report, songs, reasons, raw: rejected.map((row) => row[4] ?? "") };
}

/** The same for one log of any content. */
const runLog = (
  t: TestContext,
  content: string | Buffer,
  name = "1.csv",
  options: Partial<DenormalizeOptions> = {},
) => run(t, [logOf(join(temporaryFolder(t), name), content)], options);

/** The same where no row is kept. */
const judgeLog = (t: TestContext, content: string | Buffer, name = "1.csv") =>
  runLog(t, content, name, { target: null });

test("the CSV has eleven columns, all quoted, and the rows in the order of the files given", async (t) => {
  const folder = temporaryFolder(t);
  const second = writeLog(join(folder, "2.csv"), [logRow({ artist: 'The "X", Y', song: "a\nb" })]);
  const first = writeLog(join(folder, "1.csv"), [
    logRow({ sessionId: "7", itemInSession: "11", userId: "0" }),
    logRow({ firstName: "Zoë 🎸", level: "paid", sessionId: "2147483647", length: "3" }),
    `7" Single,,Ava,F,1,Robinson,1,free,"New York, NY",PUT,NextSong,1,8,"Insomnia",200,1,50`,
  ]);
  const target = join(folder, "all.csv");
  const rejectedIn = join(folder, "rejected.csv");
  const shares: number[] = [];
  const onProgress = ({ share }: { share: number }) => shares.push(share);
  const files = [second, first];
  const report = await denormalize({ files, target, rejected: rejectedIn, onProgress });
  const { read, ...counts } = report;
  assert.deepEqual(
    read.map(({ file, format, encoding, delimiter }) => [file, format, encoding, delimiter]),
    files.map(({ path }) => [path, "CSV", "UTF-8", ","]),
  );
  const expected = [
    header,
    '"The ""X"", Y","Ava","F","0","Robinson","200.5","free","New York, NY","1","a\nb","50"',
    '"Faithless","Ava","F","11","Robinson","200.5","free","New York, NY","7","Insomnia","0"',
    '"Faithless","Zoë 🎸","F","0","Robinson","3","paid","New York, NY","2147483647","Insomnia","50"',
    '"7"" Single","Ava","F","1","Robinson","1","free","New York, NY","8","Insomnia","50"\n',
  ];
  assert.equal(readFileSync(target, "utf8"), expected.join("\n"));
  assert.deepEqual(counts, {
    files: 2,
    rows: 4,
    kept: 4,
    dropped: 0,
    droppedByPage: {},
    rejected: 0,
    rejectedByReason: {},
    rejections: [],
    rejectedIn,
    unreadable: [],
    encodedTooOften: { rows: 0, examples: [] },
    repeated: { sameEvent: 0, differentContent: 0, examples: [] },
  });
  assert.deepEqual(shares.at(-1), 1);
  assert.deepEqual(
    shares,
    [...shares].sort((a, b) => a - b),
  );
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "2.csv", "all.csv", "rejected.csv"]);
});

test("every row is kept, dropped or rejected, with the page or the reason, and rejected as it was", async (t) => {
  const bad = [
    logRow({ sessionId: "abc" }),
    logRow({ song: "" }),
    logRow({ length: "long" }),
    `${logRow()},"mo""re"`,
    "Faithless,Logged In",
  ];
  const { report, songs, reasons, raw } = await run(t, [
    writeLog(join(temporaryFolder(t), "1.csv"), [
      logRow(),
      logRow({ artist: "", page: "Home" }),
      logRow({ artist: "", page: "Login", userId: "" }),
      ...bad,
      logRow({ artist: "", page: "Home" }),
      logRow({ song: "X", userId: "51" }),
    ]),
  ]);
  assert.deepEqual(songs, ["Insomnia", "X"]);
  assert.deepEqual([report.rows, report.kept, report.dropped, report.rejected], [10, 2, 3, 5]);
  assert.deepEqual(report.droppedByPage, { Home: 2, Login: 1 });
  assert.deepEqual(raw, bad);
  assert.deepEqual(reasons, [
    "5 sessionId: not a whole number from 0 to 2147483647",
    "6 song: empty, though there is an artist",
    "7 length: not a number of seconds, as 215.5",
    "8 : 18 fields where the header has 17",
    "9 : 2 fields where the header has 17",
  ]);
  assert.deepEqual(
    report.rejections.map(({ line, column, reason }) => `${line} ${column}: ${reason}`),
    reasons,
  );
  assert.deepEqual(report.rejectedByReason, {
    "sessionId: not a whole number from 0 to 2147483647": 1,
    "song: empty, though there is an artist": 1,
    "length: not a number of seconds, as 215.5": 1,
    "18 fields where the header has 17": 1,
    "2 fields where the header has 17": 1,
  });
});

test("a value that is not the number it should be, or empty, costs its row", async (t) => {
  const values = (text: string) => text.split("|");
  const noWhole = values(
    "| 1|1 |+1|-1|-0|1.5|1.|1e3|1E3|0x1|NaN|Infinity|null|2147483648|99999999999999999999|१|1,000",
  );
  const whole = values("0|007|2147483647");
  const noSeconds = [...values("| 1|-1|1,5|.5|5.|1.2.3|1e2|2E+02|NaN|Infinity|٣"), "9".repeat(400)];
  const seconds = [...values("0|0.0|200|200.55555"), "9".repeat(299)];
  const ids = ["sessionId", "itemInSession", "userId"];
  const tries = (good: boolean) => [
    ...ids.flatMap((column) => (good ? whole : noWhole).map((value) => [column, value] as const)),
    ...(good ? seconds : noSeconds).map((value) => ["length", value] as const),
    ...(good ? [] : [["song", ""] as const]),
  ];
  const log = (good: boolean) => [
    writeLog(
      join(temporaryFolder(t), "1.csv"),
      tries(good).map(([column, value], index) => logRow({ sessionId: `${index}`, [column]: value })),
    ),
  ];
  const bad = await run(t, log(false), { target: null, skipFiles: true });
  assert.deepEqual([bad.report.kept, bad.report.rejected], [0, tries(false).length]);
  assert.deepEqual(
    bad.report.rejections.map(({ line, column, reason }) => [line, column, reason.startsWith("empty")]),
    tries(false).map(([column, value], index) => [index + 2, column, value === ""]),
  );
  const good = await run(t, log(true));
  assert.deepEqual([good.report.kept, good.report.rejected], [tries(true).length, 0]);
});

test("the header may name the columns in another order, with others between; only needed ones must be there", async (t) => {
  const row = Object.fromEntries(logHeader.split(",").map((column) => [column, `${column}!`]));
  const numbers = { itemInSession: "1", length: "2.5", sessionId: "3", userId: "4", song: "One" };
  const log = (columns: string[], ...rows: Record<string, string>[]) =>
    [columns, ...rows.map((fields) => columns.map((column) => fields[column.trim()] ?? ""))].join("\n");
  const good = { ...row, ...numbers };
  const none = { ...row, artist: "" };
  const all = logHeader.split(",");
  for (const columns of [
    [...all].reverse(),
    ["new", ...all.slice(5), "newer", ...all.slice(0, 5), "newer"],
    all.map((column) => ` ${column} `),
    [...streamlinedColumns],
    [...streamlinedColumns, "page", "auth", "auth"],
  ]) {
    const { report, songs } = await runLog(t, log(columns, good, none));
    assert.deepEqual([songs, report.dropped, report.rejected], [["One"], 1, 0], columns.join());
    assert.deepEqual(report.droppedByPage, {
      [columns.some((column) => column.trim() === "page") ? "page!" : ""]: 1,
    });
  }
});

test("a row of the wrong width is nobody's column, also where the file lacks one", async (t) => {
  const { reasons } = await judgeLog(t, `${streamlinedColumns.join()}\na,b\n`);
  assert.deepEqual(reasons, ["2 : 2 fields where the header has 11"]);
});

test("empty files, and files of a header alone, have no rows", async (t) => {
  for (const content of ["", "\n\n", "\uFEFF", logHeader, `${logHeader}\r\n`, `\uFEFF\r\n${logHeader}\r\r`]) {
    const { report } = await judgeLog(t, content);
    assert.deepEqual([report.rows, report.unreadable], [0, []]);
    const zipped = await judgeLog(t, gzipSync(content), "1.csv.gz");
    assert.deepEqual([zipped.report.rows, zipped.report.unreadable], [0, []]);
  }
});

test("byte order marks, all line ends, UTF-16 and zipped files are understood", async (t) => {
  const rows = ["One", "日本語 🎸", 'Th"ree', "Fo\nur"].map((song, item) =>
    logRow({ song, itemInSession: `${item}` }),
  );
  const songs = ["One", "日本語 🎸", 'Th"ree', "Fo\nur"];
  const ends = (...all: string[]) =>
    [logHeader, ...rows].map((row, index) => row + all[index % all.length]).join("");
  const utf16 = Buffer.from(`\uFEFF${ends("\r\n")}`, "utf16le");
  for (const [content, name] of [
    ...["\n", "\r\n", "\r", "\n\n\r\n"].map((end) => [ends(end), "1.csv"] as const),
    [ends("\n", "\r", "\r\n"), "1.csv"],
    [`\uFEFF${ends("\n")}`, "1.csv"],
    [ends("\n").trimEnd(), "1.csv"],
    [utf16, "1.csv"],
    [Buffer.from(utf16).swap16(), "1.csv"],
    [gzipSync(ends("\n")), "1.csv.gz"],
    [gzipSync(utf16), "1.CSV.GZ"],
  ] as const) {
    const result = await runLog(t, content as string, name);
    assert.deepEqual([result.songs, result.report.rejected], [songs, 0], JSON.stringify(content));
  }
});

test("in a file of Latin-1 only the rows with other letters than English ones are rejected", async (t) => {
  const rows = ["One", "Björk", "Two", "Mot\0rhead", "Three"].map((song) => logRow({ song }));
  const { songs, reasons, raw } = await runLog(t, Buffer.from([logHeader, ...rows].join("\n"), "latin1"));
  assert.deepEqual(songs, ["One", "Two", "Three"]);
  assert.deepEqual(reasons, ["3 song: bytes that are not UTF-8", "5 song: a NUL byte"]);
  assert.deepEqual(raw, [rows[1], rows[3]]);
});

test("texts of every length are written as they are, with quotes around them or not, and quotes in them", async (t) => {
  // A text cannot begin with a quote where it has none around it.
  const texts = Array.from({ length: 10 }, (_, length) => "xÉabcdefgh".slice(0, length + 1)).flatMap(
    (text) => [
      text,
      ...Array.from({ length: text.length }, (_, at) => `${text.slice(0, at + 1)}"${text.slice(at + 1)}`),
    ],
  );
  for (const delimiter of [",", ";", "\t"]) {
    const row = (song: string) =>
      logRow({ song: "SONG", location: "none" })
        .replaceAll('"', "")
        .replaceAll(",", delimiter)
        .replace("SONG", () => song);
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = texts.flatMap((text) => [row(text), row(quoted(text))]);
    const log = [logHeader.replaceAll(",", delimiter), ...rows, ""].join("\n");
    const { songs } = await runLog(t, log);
    assert.deepEqual(
      songs,
      texts.flatMap((text) => [text, text]),
    );
  }
});

test("a quote that never closes costs one line, in the first, a middle and the last row", async (t) => {
  const rows = Array.from({ length: 5 }, (_, row) =>
    logRow({ song: `${row}`, location: "no quotes" }).replaceAll('"', ""),
  );
  for (const [open, row] of rows.entries()) {
    for (const bad of [row.replace("Ava", '"Ava'), `"${row}`, row.replace(/,50$/, ',"50')]) {
      const log = [logHeader, ...rows.map((other) => (other === row ? bad : other))].join("\r\n");
      const { songs, raw } = await runLog(t, log);
      assert.deepEqual(raw, [bad]);
      assert.deepEqual(
        songs,
        ["0", "1", "2", "3", "4"].filter((song) => song !== `${open}`),
      );
    }
  }
});

test("a row over several lines that cannot be used is rejected line by line", async (t) => {
  const bad = logRow({ location: "one\ntwo\nthree", userId: "x" });
  const { report, songs, raw } = await runLog(
    t,
    [logHeader, logRow({ song: "a\r\nb" }), bad, logRow()].join("\n"),
  );
  assert.deepEqual(songs, ["a\r\nb", "Insomnia"]);
  assert.equal(raw.join("\n"), bad);
  assert.deepEqual(
    report.rejections.map(({ line }) => line),
    [4, 5, 6],
  );
});

test("text encoded too often is counted by rows, and repaired only when asked", async (t) => {
  const folder = temporaryFolder(t);
  const twice = "Bj\u00c3\u0083\u00c2\u00b6rk";
  const file = writeLog(join(folder, "1.csv"), [
    logRow({ artist: "Björk", song: "Jóga" }),
    logRow({ artist: "BjÃ¶rk", song: "JÃ³ga", itemInSession: "1" }),
    logRow({ artist: twice, itemInSession: "2" }),
  ]);
  const target = join(folder, "all.csv");
  const rejected = join(folder, "rejected.csv");
  const asItCame = await denormalize({ files: [file], target, rejected });
  const text = readFileSync(target, "utf8");
  assert.match(text, new RegExp(`\n"Björk",.*"Jóga",.*\n"BjÃ¶rk",.*"JÃ³ga",.*\n"${twice}",.*\n$`));
  assert.deepEqual(asItCame.encodedTooOften, {
    rows: 2,
    examples: [
      { file: file.path, line: 3, text: "BjÃ¶rk", meant: "Björk" },
      { file: file.path, line: 3, text: "JÃ³ga", meant: "Jóga" },
      { file: file.path, line: 4, text: twice, meant: "Björk" },
    ],
  });
  assert.deepEqual(await denormalize({ files: [file], target, rejected, repair: true }), asItCame);
  assert.match(readFileSync(target, "utf8"), /\n("Björk",.*"Jóga",.*\n){2}"Björk",.*\n$/);
});

test("text encoded too often is found in every chunk of a file, and only there", {
  tags: "slow",
}, async (t) => {
  const artists = ["Bj\u00c3\u00b6rk", "Bj\u00f6rk", "\u00c3", "Faithless", "\u00c3\u0083\u00c2\u00b6"];
  const rows = Array.from({ length: 9000 }, (_, item) =>
    logRow({ artist: artists[(item * item) % 7] ?? "x", itemInSession: `${item}` }),
  );
  const { report } = await runLog(t, [logHeader, ...rows].join("\n"));
  const isMeant = (item: number) => [0, 4].includes((item * item) % 7);
  assert.equal(report.encodedTooOften.rows, rows.filter((_, item) => isMeant(item)).length);
});

test("over the limit of rejected rows the run stops, says so, keeps them and leaves an earlier target alone", async (t) => {
  const folder = temporaryFolder(t);
  const target = write(join(folder, "all.csv"), "earlier");
  const rejected = join(folder, "rejected.csv");
  const bad = (count: number) => Array.from({ length: count }, (_, row) => logRow({ userId: `no ${row}` }));
  const log = (count: number) =>
    writeLog(join(folder, "1.csv"), [logRow(), ...bad(count), logRow({ userId: "1" })]);
  for (const [count, maxErrors] of [
    [101, undefined],
    [500, undefined],
    [1, 0],
    [8, 7],
  ] as const) {
    const options = {
      files: [log(count)],
      target,
      rejected,
      ...(maxErrors === undefined ? {} : { maxErrors }),
    };
    const most = maxErrors ?? 100;
    await fails(
      () => denormalize(options),
      `More than ${most} rows`,
      `line ${most + 3} of`,
      "userId",
      rejected,
    );
    assert.deepEqual(
      quotedCsv(rejected)
        .slice(1)
        .map(([, , , , row]) => row),
      bad(most + 1),
    );
    assert.equal(readFileSync(target, "utf8"), "earlier");
    assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "all.csv", "rejected.csv"]);
  }
  const { report } = await run(t, [log(100)]);
  assert.deepEqual([report.kept, report.rejected], [2, 100]);
  assert.equal((await run(t, [log(500)], { maxErrors: Number.POSITIVE_INFINITY })).report.rejected, 500);
});

test("a field of 50 MB is rejected as it was, in little memory", { tags: "slow" }, async (t) => {
  const folder = temporaryFolder(t);
  const field = Buffer.alloc(50 * 1024 * 1024, `${"日本 ".repeat(99)}"`);
  const [before = "", after = ""] = logRow({ song: "|" }).split('"|"');
  const content = Buffer.concat([
    Buffer.from(`${logHeader}\n${logRow({ song: "One" })}\n${before}`),
    field,
    Buffer.from(`${after}\n${logRow({ song: "Two" })}\n`),
  ]);
  const files = [logOf(join(folder, "1.csv"), content)];
  const rejected = join(folder, "rejected.csv");
  const memory = process.memoryUsage().arrayBuffers;
  let most = 0;
  const onProgress = () => {
    most = Math.max(most, process.memoryUsage().arrayBuffers);
  };
  const report = await denormalize({ files, target: join(folder, "all.csv"), rejected, onProgress });
  assert.deepEqual([report.rows, report.kept, report.rejected], [3, 2, 1]);
  assert.ok(most - memory < 40e6, `${most - memory} bytes more`);
  const place = Buffer.from(`"${files[0]?.path}","3","","longer than 1048576 bytes",""`);
  const text = readFileSync(rejected);
  const at = text.indexOf(place) + place.length - 1;
  const row = Buffer.concat([Buffer.from(before), field, Buffer.from(after)]);
  const sha = (bytes: Buffer) => createHash("sha1").update(bytes).digest("hex");
  const doubled = Buffer.from(row.toString("latin1").replaceAll('"', '""'), "latin1");
  assert.equal(sha(text.subarray(at)), sha(Buffer.concat([doubled, Buffer.from('"\n')])));
});

test("a file that grows loses its last row only if no line end follows it yet", async (t) => {
  const folder = temporaryFolder(t);
  const rows = ["One", "Two", "Three"].map((song, item) => logRow({ song, itemInSession: `${item}` }));
  const log = (end: string, missing: number, name = "1.csv") => {
    const text = [logHeader, ...rows].join("\n") + end;
    const file = logOf(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
    return [{ ...file, bytes: file.bytes - missing }];
  };
  assert.deepEqual((await run(t, log("\n", 9))).songs, ["One", "Two", "Three"]);
  assert.deepEqual((await run(t, log("", 0))).songs, ["One", "Two", "Three"]);
  for (const name of ["1.csv", "1.csv.gz"]) {
    const { songs, reasons, raw } = await run(t, log("", 9, name));
    assert.deepEqual(songs, ["One", "Two"]);
    assert.deepEqual(reasons, ["4 : the file was still being written, and this row has no line end yet"]);
    assert.deepEqual(raw, [rows[2]]);
  }
});

test("a file that vanishes, turns into a folder or is cut off costs its own rows only", async (t) => {
  const folder = temporaryFolder(t);
  const log = (name: string) =>
    writeLog(join(folder, name), [
      logRow({ song: name, sessionId: name.slice(0, 1) }),
      logRow({ artist: "" }),
    ]);
  const files = ["1.csv", "2.csv", "3.csv", "4.csv", "5.csv"].map(log);
  const [, gone, blocked, zipped] = files.map(({ path }) => path) as [string, string, string, string];
  rmSync(gone);
  rmSync(blocked);
  mkdirSync(blocked);
  const cut = `${zipped}.gz`;
  write(cut, gzipSync(readFileSync(zipped)));
  truncateSync(cut, 60);
  const { report, songs } = await run(
    t,
    files.map((file) => (file.path === zipped ? { ...file, path: cut } : file)),
    { skipFiles: true },
  );
  assert.deepEqual(
    songs.filter((song) => song !== "4.csv"),
    ["1.csv", "5.csv"],
  );
  assert.deepEqual(
    report.unreadable.map(({ file }) => file),
    [gone, blocked, cut],
  );
  const [first, second, third] = report.unreadable.map(({ reason }) => reason);
  assert.match(String(first), /2\.csv cannot be read: ENOENT/);
  assert.match(String(second), /3\.csv cannot be read: EISDIR/);
  assert.match(String(third), /4\.csv\.gz cannot be read: unexpected end of file/);
});

test("a file that vanishes while it is read is read to its end", async (t) => {
  const rows = Array.from({ length: 6_000 }, (_, item) => logRow({ itemInSession: `${item}` }));
  const file = logOf(join(temporaryFolder(t), "1.csv"), [logHeader, ...rows].join("\n"));
  const onProgress = () => rmSync(file.path, { force: true });
  const { report } = await run(t, [file], { onProgress });
  assert.deepEqual([report.kept, report.rejected, report.unreadable], [6_000, 0, []]);
});

test("of a zipped file that is cut off, the rows before are kept", async (t) => {
  const songs = Array.from({ length: 3000 }, (_, row) => createHash("sha1").update(`${row}`).digest("hex"));
  const rows = songs.map((song, item) => logRow({ song, itemInSession: `${item}` }));
  const zipped = gzipSync([logHeader, ...rows].join("\n"));
  const file = logOf(join(temporaryFolder(t), "1.csv.gz"), zipped.subarray(0, zipped.length - 500));
  const target = write(join(temporaryFolder(t), "all.csv"), "earlier");
  await fails(
    () => denormalize({ files: [file], target, rejected: `${target}.rejected` }),
    "1 of 1 logs",
    file.path,
  );
  assert.equal(readFileSync(target, "utf8"), "earlier");
  const result = await run(t, [file], { skipFiles: true });
  assert.equal(result.report.unreadable.length, 1);
  assert.ok(result.songs.length > 2900 && result.report.rejected === 0, `${result.songs.length} songs`);
  assert.deepEqual(result.songs, songs.slice(0, result.songs.length));
});

test("pages may have any name, and are counted together when there are too many", async (t) => {
  const pages = ["__proto__", "constructor", "toString", "", "__proto__"];
  const named = await judgeLog(
    t,
    [logHeader, ...pages.map((page) => logRow({ artist: "", page }))].join("\n"),
  );
  assert.deepEqual(
    Object.entries(named.report.droppedByPage),
    Object.entries(JSON.parse('{"__proto__":2,"constructor":1,"toString":1,"":1}')),
  );
  const many = Array.from({ length: 3000 }, (_, page) => logRow({ artist: "", page: `${page % 1500}` }));
  const { report } = await judgeLog(t, [logHeader, ...many].join("\n"));
  assert.deepEqual([report.dropped, report.droppedByPage["other pages"]], [3000, 1000]);
});

test("an aborted run leaves neither target nor partial file, and an earlier target alone", {
  tags: ["slow"],
}, async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const rejected = join(temporaryFolder(t), "rejected.csv");
  const timeout = new DOMException("It takes too long.", "TimeoutError");
  const abortAfter = (calls: number, reason?: Error) => {
    const controller = new AbortController();
    let count = 0;
    const onProgress = () => ++count === calls && controller.abort(reason);
    return denormalize({ files: projectLogs, target, rejected, signal: controller.signal, onProgress });
  };
  // Often, because a write may or may not be under way at that moment.
  for (let run = 0; run < 30; run++) {
    await assert.rejects(abortAfter((run % 5) + 1), { name: "AbortError" });
    assert.deepEqual(readdirSync(folder), []);
  }
  const early = { files: [], target, rejected, signal: AbortSignal.abort() };
  await assert.rejects(denormalize(early), { name: "AbortError" });
  assert.deepEqual(readdirSync(folder), []);
  write(target, "earlier");
  await assert.rejects(abortAfter(2, timeout), (error) => error === timeout);
  assert.deepEqual(readdirSync(folder), ["all.csv"]);
  assert.equal(readFileSync(target, "utf8"), "earlier");
});

// A device that is always full, where the system has one.
testUnless(existsSync("/dev/full") ? false : "no /dev/full")(
  "a full disk is an error that says so, and leaves an earlier target alone",
  async (t) => {
    const folder = temporaryFolder(t);
    const target = write(join(folder, "all.csv"), "earlier");
    const rejected = join(temporaryFolder(t), "rejected.csv");
    for (const files of [projectLogs.slice(0, 1), projectLogs]) {
      symlinkSync("/dev/full", `${target}.partial`);
      await fails(() => denormalize({ files, target, rejected }), target, "The disk is full");
      assert.equal(readFileSync(target, "utf8"), "earlier");
      assert.deepEqual(readdirSync(folder), ["all.csv"]);
    }
    const full = { files: projectLogs, target, rejected: "/dev/full" };
    await fails(() => denormalize(full), "The rejected rows cannot be kept in /dev/full", "The disk is full");
    assert.deepEqual(readdirSync(folder), ["all.csv"]);
  },
);

test("a target that cannot be written is named, and no target only judges the rows", async (t) => {
  const folder = temporaryFolder(t);
  const good = writeLog(join(folder, "1.csv"), [logRow(), logRow({ userId: "x" })]);
  const rejected = join(folder, "rejected.csv");
  const nowhere = join(folder, "missing", "all.csv");
  await fails(
    () => denormalize({ files: [good], target: nowhere, rejected }),
    `The file ${nowhere} cannot be written`,
  );
  mkdirSync(join(folder, "taken"));
  const taken = { files: [good], target: join(folder, "taken"), rejected };
  await fails(() => denormalize(taken), `The file ${taken.target} cannot be written`);
  const report = await denormalize({ files: [good], target: null, rejected });
  assert.deepEqual([report.kept, report.rejected], [1, 1]);
  assert.deepEqual(readdirSync(folder).sort(), ["1.csv", "rejected.csv", "taken"]);
});

const piece = fc.constantFrom("a", "é", "日", "🎸", ",", ",,", '"', '""', " ", '12"', "x");
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));
const fields = fc.record({ artist: text, song: text, location: text, page: text, quoted: fc.boolean() });
interface Damage {
  kind: string;
  place: number;
  byte: number;
  count: number;
}
const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom("flip", "remove", "insert", "cut", "join"),
  place: fc.double({ min: 0, max: 0.999, noNaN: true }),
  byte: fc.constantFrom(...Buffer.from('",\n\r\0\xff1x', "latin1")),
  count: fc.integer({ min: 1, max: 5 }),
});

/** The bytes with some damage; what is joined goes on with `next`. */
function damaged(bytes: Buffer, all: Damage[], next = (after: Buffer) => after): Buffer {
  for (const { kind, place, byte, count } of all) {
    const at = Math.floor(place * bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    if (kind === "flip") bytes = Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    if (kind === "insert") bytes = Buffer.concat([before, Buffer.alloc(count, byte), after]);
    if (kind === "remove") bytes = Buffer.concat([before, after.subarray(count)]);
    if (kind === "cut") bytes = before;
    if (kind === "join") bytes = Buffer.concat([bytes, next(after)]);
  }
  return bytes;
}

test("damage in one line costs no other row: these come out as they were", { tags: "slow" }, async (t) => {
  const folder = temporaryFolder(t);
  const target = join(folder, "all.csv");
  const rows = fc.array(fields, { minLength: 3, maxLength: 8 }); // one row stays, so there is something to keep
  const survives = fc.asyncProperty(
    rows,
    fc.nat(7),
    fc.array(damage, { minLength: 1, maxLength: 4 }),
    async (rows, nth, all) => {
      const plays = rows.map(({ artist, song, location, page, quoted }, item) => {
        const row = {
          artist: `A${artist}`,
          song: `${song} ${item}`,
          location,
          page,
          itemInSession: `${item}`,
        };
        const line = logRow(row);
        // Without needless quotes there are fewer places where an open quote is found out.
        const sparing = line.replace(/"((?:[^"]|"")*)"/g, (field, value) =>
          /[",]/.test(value) ? field : value,
        );
        return { row, line: quoted ? line : sparing };
      });
      const nthDamaged = nth % plays.length;
      const isJoined = all.some(({ kind }) => kind === "join");
      const lines = plays.map(({ line }, index) => {
        const bytes = Buffer.from(line);
        if (index !== nthDamaged) return Buffer.concat([bytes, Buffer.from("\r\n")]);
        return Buffer.concat([
          damaged(bytes, all, () => Buffer.alloc(0)),
          Buffer.from(isJoined ? "" : "\r\n"),
        ]);
      });
      const file = logOf(join(folder, "1.csv"), Buffer.concat([Buffer.from(`${logHeader}\r\n`), ...lines]));
      const report = await denormalize({ files: [file], target, rejected: join(folder, "rejected.csv") });
      assert.equal(report.rows, report.kept + report.dropped + report.rejected);
      const kept = quotedCsv(target).map(String);
      for (const [index, { row }] of plays.entries()) {
        if (index === nthDamaged || (isJoined && index === nthDamaged + 1)) continue;
        const { artist, song, location, itemInSession } = row;
        const whole = `${artist},Ava,F,${itemInSession},Robinson,200.5,free,${location},1,${song},50`;
        assert.ok(kept.includes(Buffer.from(whole).toString("latin1")), `row ${index} of ${lines.join("")}`);
      }
    },
  );
  await fc.assert(survives, { numRuns: 300 });
});

test("a zipped log with any damage is read as far as possible, and the run goes on", {
  tags: "slow",
}, async (t) => {
  const folder = temporaryFolder(t);
  const rows = Array.from({ length: 50 }, (_, item) =>
    logRow({ song: `${item * 7919}`, itemInSession: `${item}` }),
  );
  const zipped = gzipSync([logHeader, ...rows, ""].join("\n"));
  const next = writeLog(join(folder, "2.csv"), [logRow({ sessionId: "2", song: "next" })]);
  const path = join(folder, "1.csv.gz");
  const options = {
    target: join(folder, "all.csv"),
    rejected: join(folder, "rejected.csv"),
    maxErrors: 1000,
    skipFiles: true,
  };
  const survives = fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (all) => {
    const report = await denormalize({ files: [logOf(path, damaged(zipped, all)), next], ...options });
    assert.equal(report.rows, report.kept + report.dropped + report.rejected);
    assert.equal(quotedCsv(options.target).at(-1)?.[9], "next");
  });
  await fc.assert(survives, { numRuns: 200 });
});
