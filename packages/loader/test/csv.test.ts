import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { test } from "vitest";
import { temporaryFolder } from "../../../test/support.js";
import { testUnless } from "../../../test/unless.js";
import { UnreadableFile } from "../src/files/unreadable-file.js";
import { CsvCursor, readCsv } from "../src/rows/csv-cursor.js";
import { longestRecord } from "../src/rows/rules.js";

/** What a cursor finds: a record's fields, or its problem and the bytes it was found in. */
interface Found {
  line: number;
  fields?: string[];
  problem?: string;
  raw?: string;
}

function drain(cursor: CsvCursor, found: Found[]): void {
  while (cursor.next()) {
    const { line, problem } = cursor;
    const raw = cursor.row.toString("latin1");
    const last = found.at(-1);
    if (cursor.continued && last) last.raw += raw;
    else if (problem !== undefined) found.push({ line, problem, raw });
    else found.push({ line, fields: cursor.texts() });
  }
}

/** Feeds a text to a cursor, cut at the given places. */
function read(text: string | Buffer, { cuts = [] as number[], width = 0 } = {}): Found[] {
  const bytes = Buffer.from(text as string);
  const cursor = new CsvCursor();
  cursor.width = width;
  const found: Found[] = [];
  const places = [0, ...cuts, bytes.length];
  for (const [index, place] of places.slice(1).entries()) {
    cursor.feed(bytes.subarray(places[index], place), false);
    drain(cursor, found);
  }
  cursor.feed(Buffer.alloc(0), true);
  drain(cursor, found);
  return found;
}

/** All of a file; the error that ended it comes last. */
async function readFile(path: string): Promise<(Found | Error)[]> {
  const found: Found[] = [];
  try {
    for await (const cursor of readCsv(path)) drain(cursor, found);
  } catch (error) {
    return [...found, error as Error];
  }
  return found;
}

const rows = (...all: string[][]) => all.map((fields, index) => ({ line: index + 1, fields }));
const texts = (found: (Found | Error)[]) => found.map((one) => ("fields" in one ? one.fields : one));

test("a text is read the same wherever it is cut in two, and byte by byte", () => {
  const text = Buffer.concat([
    Buffer.from('\uFEFFa,"b"\r\n"日本語, ""🎸""",é€😀\rx\r\r"two\r\nlines","and\rtwo more\n"\n\n'),
    Buffer.from('7" Single,,\n"open,1\nbad "" quote,"a"b\r\n'),
    Buffer.from("caf\xe9,1\r\nNUL\0,2\n\r\nПривет,世界", "latin1"),
    Buffer.from("Привет,世界"),
  ]);
  const whole = read(text);
  assert.deepEqual(whole.slice(0, 4), [
    { line: 1, fields: ["a", "b"] },
    { line: 2, fields: ['日本語, "🎸"', "é€😀"] },
    { line: 3, fields: ["x"] },
    { line: 5, fields: ["two\r\nlines", "and\rtwo more\n"] },
  ]);
  assert.equal(whole.length, 10);
  for (let cut = 0; cut <= text.length; cut++)
    assert.deepEqual(read(text, { cuts: [cut] }), whole, `cut at ${cut}`);
  assert.deepEqual(read(text, { cuts: [...text.keys()] }), whole);
});

test("no character, quote or line end is damaged at the border of two chunks of a file", {
  tags: "slow",
}, async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const line = '"é€😀""",\r\n'; // characters of 2, 3 and 4 bytes
  const size = Buffer.byteLength(line);
  assert.equal(size, 16); // divides a chunk, so each shift moves every border by one byte of the line
  for (let shift = 0; shift < size; shift++) {
    writeFileSync(path, `a,${"b".repeat(shift)}\r\n${line.repeat(40_000)}`); // more than two chunks
    let count = 0;
    for await (const cursor of readCsv(path)) {
      while (cursor.next()) {
        if (count++ > 0 && (cursor.fields.count !== 2 || cursor.text(0) !== 'é€😀"'))
          assert.fail(`shift ${shift}`);
      }
    }
    assert.equal(count, 40_001);
  }
});

test("a file of several chunks comes back whole: plain, zipped and as UTF-16", {
  tags: "slow",
}, async (t) => {
  const folder = temporaryFolder(t);
  const expected = Array.from({ length: 15_000 }, (_, row) => [
    `${row}`,
    `日本語 ${row}`,
    "🎸".repeat(row % 7),
    'é"',
  ]);
  const text = expected
    .map((fields) => fields.map((field) => `"${field.replaceAll('"', '""')}"`).join())
    .join("\n");
  const utf16 = Buffer.from(`\uFEFF${text}`, "utf16le");
  const files = {
    "a.csv": Buffer.from(text),
    "a.csv.gz": gzipSync(text),
    "A.CSV.GZ": gzipSync(text),
    "two-members.csv.gz": Buffer.concat([gzipSync(text.slice(0, 299_999)), gzipSync(text.slice(299_999))]),
    "padded.csv.gz": Buffer.concat([gzipSync(text), Buffer.alloc(100_000)]),
    "little-endian.csv": utf16,
    "big-endian.csv": Buffer.from(utf16).swap16(),
    "little-endian.csv.gz": gzipSync(utf16),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    assert.deepEqual(texts(await readFile(path)), expected, name);
  }
});

test("line ends of three kinds may be mixed, and empty lines are passed over but counted", () => {
  assert.deepEqual(read("a\nb\r\nc\rd\n\n\r\n\r\re\r\n"), [
    ...rows(["a"], ["b"], ["c"], ["d"]),
    { line: 9, fields: ["e"] },
  ]);
  for (const nothing of ["", "\n", "\r", "\r\n\r\n", "\uFEFF", "\uFEFF\r\n"])
    assert.deepEqual(read(nothing), []);
  assert.deepEqual(read("\uFEFF\uFEFFa"), rows(["a"]));
});

test("quotes mean what RFC 4180 says, and are kept inside a field without quotes around it", () => {
  const cases: [string, string[]][] = [
    ['"a","b, c","say ""hi"""', ["a", "b, c", 'say "hi"']],
    ['"","""",""""""', ["", '"', '""']],
    ["a,,", ["a", "", ""]],
    [",", ["", ""]],
    ['7" Single,a"b"c, "d"', ['7" Single', 'a"b"c', ' "d"']],
    ['"two\nlines",x', ["two\nlines", "x"]],
    ['x,"\r\n\r"', ["x", "\r\n\r"]],
    [",".repeat(99), Array(100).fill("")],
  ];
  for (const [line, fields] of cases) {
    assert.deepEqual(texts(read(`1\n${line}\r\n2`)), [["1"], fields, ["2"]], line);
  }
});

test("a quote that never closes costs its own line only, wherever the line stands", () => {
  const lines = ["1,a", '2,"b, c"', "3,d", '4,"e"', "5,f"];
  for (let open = 0; open < lines.length; open++) {
    for (const bad of ['x,"open', '"open,x', '"open ""quote"",x']) {
      const text = lines.map((line, index) => (index === open ? bad : line)).join("\n");
      const found = read(text, { width: 2 });
      assert.deepEqual(
        found.map(({ line, raw }) => raw ?? line),
        lines.map((_, line) => (line === open ? bad : line + 1)),
        text,
      );
    }
  }
});

test("a line is not joined with the next one by a stray quote that a later quote seems to close", () => {
  // The quote before the comma seems to close the field that the first line opens, and the fields are two.
  assert.deepEqual(read('"open\nx,",y"\n', { width: 2 }), [
    { line: 1, problem: "several lines, and a quote inside a field that has none around it", raw: '"open' },
    { line: 2, fields: ["x", ",y"] },
  ]);
  const [first, second] = read('"a,b\nc,"d",e\n', { width: 3 });
  assert.equal(first?.problem, "a quote that is neither doubled nor at the end of its field");
  assert.deepEqual(second, { line: 2, fields: ["c", "d", "e"] });
});

test("too few and too many fields, invalid bytes and NUL cost their row only", () => {
  const text = Buffer.from('1,2\n3\n4,5,6\ncaf\xe9,7\n"\xff\n",8\na\0b,9\n"10\n",11,12\n13,14', "latin1");
  assert.deepEqual(read(text, { width: 2 }), [
    { line: 1, fields: ["1", "2"] },
    { line: 2, problem: "1 fields where the header has 2", raw: "3" },
    { line: 3, problem: "3 fields where the header has 2", raw: "4,5,6" },
    { line: 4, problem: "bytes that are not UTF-8", raw: "caf\xe9,7" },
    { line: 5, problem: "bytes that are not UTF-8", raw: '"\xff' },
    { line: 6, problem: "a quote that is neither doubled nor at the end of its field", raw: '",8' },
    { line: 7, problem: "a NUL byte", raw: "a\0b,9" },
    { line: 8, problem: "several lines, and more fields than the 2 of the header", raw: '"10' },
    { line: 9, problem: "a quote that never closes", raw: '",11,12' },
    { line: 10, fields: ["13", "14"] },
  ]);
});

test("a field of 50 MB is given out in pieces, as it was, and the memory stays small", {
  tags: "slow",
}, async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const size = 50 * 1024 * 1024;
  for (const [before, after] of [
    ["2,", ""],
    ['2,"', '"'],
  ]) {
    const field = Buffer.alloc(size, '日本語""');
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`1,a\r\n${before}`), field, Buffer.from(`${after}\r\n3,b`)]),
    );
    const hash = createHash("sha1");
    const good: string[] = [];
    const problems: string[] = [];
    for await (const cursor of readCsv(path)) {
      while (cursor.next()) {
        if (cursor.problem === undefined) good.push(`${cursor.line} ${cursor.text(1)}`);
        else hash.update(cursor.bytes.subarray(cursor.start, cursor.end));
        if (cursor.problem) problems.push(cursor.problem);
      }
      assert.ok(cursor.bytes.length < 4 * longestRecord);
    }
    assert.deepEqual(good, ["1 a", "3 b"]);
    assert.deepEqual(problems, [`longer than ${longestRecord} bytes`]);
    const expected = createHash("sha1")
      .update(`2,${before === "2," ? "" : '"'}`)
      .update(field)
      .update(after ?? "");
    assert.equal(hash.digest("hex"), expected.digest("hex"));
  }
});

test("the longest record is read, and one byte more is too long", () => {
  const row = `1,${"a".repeat(longestRecord - 2)}`;
  assert.deepEqual(texts(read(`${row}\n2,b`)), [row.split(","), ["2", "b"]]);
  assert.deepEqual(
    read(`${row}a\n2,b`).map(({ problem }) => problem),
    [`longer than ${longestRecord} bytes`, undefined],
  );
});

test("a quote that is open for a long time does not give the lines after it a wrong reason", () => {
  const plain = `${"a".repeat(99)},b\n`.repeat(11_000); // longer than a record may be
  const found = read(`x,"open\n1,"a"b\n${plain}`, { width: 2 });
  assert.deepEqual(found.slice(0, 2), [
    { line: 1, problem: "a quote that is neither doubled nor at the end of its field", raw: 'x,"open' },
    { line: 2, problem: "a quote that is neither doubled nor at the end of its field", raw: '1,"a"b' },
  ]);
  assert.equal(found.length, 11_002);
  const [open, ...others] = read(`x,"open\n${plain}`, { width: 2 });
  assert.equal(open?.problem, `a quote that does not close within ${longestRecord} bytes`);
  assert.equal(others.filter(({ fields }) => fields?.[1] === "b").length, 11_000);
});

test("quotes that open and close across all lines do not make the work quadratic", { tags: "slow" }, () => {
  const started = performance.now();
  assert.equal(read('x","a\n'.repeat(300_000), { width: 2 }).length, 300_000);
  assert.ok(performance.now() - started < 20_000); // it would be half an hour
});

test("a zipped file that is cut off or damaged is an error, after the rows before that place", {
  tags: "slow",
}, async (t) => {
  const path = join(temporaryFolder(t), "a.csv.gz");
  const random = (row: number) => createHash("sha1").update(`${row}`).digest("hex"); // hard to compress
  const expected = Array.from({ length: 50_000 }, (_, row) => [`${row}`, random(row)]);
  const zipped = gzipSync(expected.map((fields) => `${fields}\n`).join(""));
  const damaged = Buffer.from(zipped);
  damaged.fill(0xff, damaged.length - 4000, damaged.length - 3000);
  const wrongSum = Buffer.from(zipped).fill(1, zipped.length - 8);
  for (const [bytes, least, message] of [
    [zipped.subarray(0, zipped.length - 2000), 49_800, "unexpected end of file"],
    [zipped.subarray(0, zipped.length - 8), 50_000, "unexpected end of file"],
    [wrongSum, 48_000, "incorrect data check"],
    [damaged, 48_000, ""],
    [zipped.subarray(0, 5), 0, "unexpected end of file"],
  ] as const) {
    writeFileSync(path, bytes);
    const found = await readFile(path);
    const error = found.pop();
    assert.ok(error instanceof UnreadableFile && error.message.includes(message), String(error));
    assert.ok(error.message.startsWith(`The file ${path} cannot be read: `));
    assert.ok(found.length >= least, `${found.length} rows, ${message}`);
    if (bytes !== damaged) assert.deepEqual(texts(found), expected.slice(0, found.length));
  }
});

test("half a character of UTF-16 costs its row only", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  const text = Buffer.from("\uFEFFa,1\nb\ud83d,2\n\udfb8c,3\n🎸,4\nd,5", "utf16le");
  for (const bytes of [text, Buffer.from(text).swap16()]) {
    writeFileSync(path, bytes);
    const found = texts(await readFile(path));
    assert.deepEqual(
      [found[0], found[3], found[4]],
      [
        ["a", "1"],
        ["🎸", "4"],
        ["d", "5"],
      ],
    );
    assert.equal(found.filter((one) => !Array.isArray(one)).length, 2);
    writeFileSync(path, bytes.subarray(0, -1));
    assert.equal((await readFile(path)).filter((one) => "problem" in one).length, 3);
  }
});

test("a file that is missing, or a folder in its place, is an error that names it", async (t) => {
  const folder = temporaryFolder(t);
  for (const [name, why] of [
    ["missing.csv", "ENOENT"],
    ["folder.csv", "EISDIR"],
    ["folder.csv.gz", "EISDIR"],
  ] as const) {
    const path = join(folder, name);
    if (why === "EISDIR") mkdirSync(path);
    const [error, ...others] = await readFile(path);
    assert.deepEqual(others, []);
    assert.ok(error instanceof UnreadableFile && error.message.includes(why), String(error));
  }
});

test("reading may begin at the end of any record, also after a byte order mark", async (t) => {
  const path = join(temporaryFolder(t), "a.csv");
  for (const mark of ["", "\uFEFF"]) {
    writeFileSync(path, `${mark}a,é\r\n"two\nlines",1\n\r\n3,4\r5,6`);
    const all: Found[] = [];
    const ends: { offset: number; line: number }[] = [];
    for await (const cursor of readCsv(path)) {
      while (cursor.next()) {
        all.push({ line: cursor.line, fields: [cursor.text(0), cursor.text(1)] });
        ends.push({ offset: cursor.offset, line: cursor.nextLine });
      }
    }
    assert.equal(all.length, 4);
    for (const [index, from] of ends.entries()) {
      const found: Found[] = [];
      for await (const cursor of readCsv(path, from)) drain(cursor, found);
      assert.deepEqual(found, all.slice(index + 1));
    }
  }
});

testUnless(process.platform === "linux" ? false : "only Linux has /proc")(
  "a reader that stops early closes its file",
  async (t) => {
    const path = join(temporaryFolder(t), "a.csv");
    writeFileSync(path, "a,b\n".repeat(200_000));
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    const open = () => readdirSync("/proc/self/fd").length;
    const before = open();
    for (let run = 0; run < 10; run++) {
      for await (const cursor of readCsv(run % 2 ? path : `${path}.gz`)) if (cursor.next()) break;
    }
    assert.equal(open(), before);
  },
);

const character = fc.constantFrom(...'",\n\r\0;\t|aé日😀\uFEFF\u0301\u2028');
const value = fc.oneof(
  fc.string({ unit: "binary" }).filter((text) => !text.includes("\0")),
  fc.string({ unit: character }).map((text) => text.replaceAll("\0", "")),
  fc.integer().map(String),
);

test("a byte order mark is dropped wherever a record begins, counted inside the file, and kept elsewhere", () => {
  const text = '\uFEFFa,b\n\uFEFF"c, d",\uFEFFe\r\n\uFEFF\uFEFF\n"\n\uFEFF",\uFEFF\n\uFEFF';
  const bytes = Buffer.from(text);
  const expected = [
    { line: 1, fields: ["a", "b"] },
    { line: 2, fields: ["c, d", "\uFEFFe"] },
    { line: 4, fields: ["\n\uFEFF", "\uFEFF"] },
  ];
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(read(bytes, { cuts: [cut] }), expected);
  const cursor = new CsvCursor();
  cursor.feed(bytes, true);
  drain(cursor, []);
  assert.equal(cursor.marks, 4);
  // A part of one is none.
  assert.equal(read(Buffer.from("\xef\xbb,1\n", "latin1"))[0]?.problem, "bytes that are not UTF-8");
});

test("other delimiters, with spaces around them or not", () => {
  const found = (text: string, delimiter: string, spaceAfter = false, spaceBefore = false) => {
    const bytes = Buffer.from(text);
    const whole: Found[] = [];
    for (let cut = 0; cut <= bytes.length; cut++) {
      const cursor = new CsvCursor(undefined, { delimiter, spaceAfter, spaceBefore });
      const pieces: Found[] = [];
      cursor.feed(bytes.subarray(0, cut), false);
      drain(cursor, pieces);
      cursor.feed(bytes.subarray(cut), true);
      drain(cursor, pieces);
      if (cut > 0) assert.deepEqual(pieces, whole);
      else whole.push(...pieces);
    }
    return texts(whole);
  };
  for (const delimiter of [";", "\t", "|", "^"]) {
    const fields = ["a,b", `c${delimiter}d`, "", 'e"f', "two\nlines"];
    const line = `a,b${delimiter}"c${delimiter}d"${delimiter}${delimiter}e"f${delimiter}"two\nlines"\r\n`;
    assert.match(JSON.stringify(found(line, delimiter)[0]), /several lines, and a quote inside a field/);
    const quoted = line.replace('e"f', '"e""f"');
    assert.deepEqual(found(quoted + quoted, delimiter), [fields, fields]);
  }
  assert.deepEqual(found('"a, b",  "c" , d ,\n', ",", true), [["a, b", "c", "d ", ""]]);
  assert.deepEqual(found('a ,"b, c" , d ,e ', ",", false, true), [["a", "b, c", " d", "e"]]);
  assert.deepEqual(found('  "a" ; b ; "c;""" ;', ";", true, true), [["a", "b", 'c;"', ""]]);
});

test("one more field at the end is accepted only where it is empty and may be there", () => {
  const found = (text: string, { mayEndEmpty = true, least = 0 } = {}) => {
    const bytes = Buffer.from(text);
    const all: string[][] = [];
    for (let cut = 0; cut <= bytes.length; cut++) {
      const cursor = new CsvCursor();
      Object.assign(cursor, { width: 2, mayEndEmpty, least });
      const pieces: string[] = [];
      const take = () => {
        while (cursor.next()) {
          pieces.push(cursor.problem ?? `${cursor.texts().join("|")}${cursor.endsEmpty ? " +" : ""}`);
        }
      };
      cursor.feed(bytes.subarray(0, cut), false);
      take();
      cursor.feed(bytes.subarray(cut), true);
      take();
      if (cut > 0) assert.deepEqual(pieces, all[0]);
      all.push(pieces);
    }
    return all[0];
  };
  const three = "3 fields where the header has 2";
  const [four, one] = ["4 fields where the header has 2", "1 fields where the header has 2"];
  assert.deepEqual(found('a,b,\na,b\na,"b\nc",\na,b,""\na,b,c\na,b,,\na\na,'), [
    "a|b +",
    "a|b",
    "a|b\nc +",
    "a|b +",
    three,
    four,
    one,
    "a|",
  ]);
  assert.deepEqual(found("a,b,\na,b", { mayEndEmpty: false }), [three, "a|b"]);
  assert.deepEqual(found("a\na,b\n", { least: 1 }), ["a", "a|b"]);
});

test("rows of any text come back as they were written, whatever the quoting, line ends and chunks", () => {
  const row = fc.array(fc.record({ value, quoted: fc.boolean() }), { minLength: 1, maxLength: 5 });
  const written = fc.record({ row, end: fc.constantFrom("\n", "\r\n", "\r", "\n\n") });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  const comeBack = fc.property(
    fc.array(written, { maxLength: 12 }),
    fc.boolean(),
    sizes,
    (all, hasMark, sizes) => {
      let text = hasMark ? "\uFEFF" : "";
      for (const { row, end } of all) {
        const fields = row.map(({ value, quoted }) => {
          const needsQuotes =
            quoted || /[",\r\n]/.test(value) || row.length === 1 || value.startsWith("\uFEFF");
          return needsQuotes ? `"${value.replaceAll('"', '""')}"` : value;
        });
        text += fields.join(",") + end;
      }
      const { length } = Buffer.from(text);
      const cuts: number[] = [];
      for (let place = 0, turn = 0; place < length; turn++) {
        place += sizes[turn % sizes.length] as number;
        if (place < length) cuts.push(place);
      }
      assert.deepEqual(
        texts(read(text, { cuts })),
        all.map(({ row }) => row.map(({ value }) => value)),
      );
    },
  );
  fc.assert(comeBack, { numRuns: 500 });
});

test("random bytes are read to their end, and no byte of them is lost", () => {
  const alphabet = fc.constantFrom(...Buffer.from('",,""\n\n\r\0a1\xff\xc3\xa9', "latin1"));
  const bytes = fc.array(alphabet, { maxLength: 200 }).map((all) => Buffer.from(all));
  const width = fc.integer({ min: 0, max: 4 });
  const survives = fc.property(
    bytes,
    width,
    fc.array(fc.nat(200), { maxLength: 5 }),
    (bytes, width, places) => {
      const whole = read(bytes, { width });
      const cuts = places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b);
      assert.deepEqual(read(bytes, { width, cuts }), whole);
      const lines = bytes.toString("latin1").split(/\r\n|\r|\n/);
      const last = whole.map(({ line }) => line);
      assert.deepEqual(
        last,
        [...new Set(last)].sort((a, b) => a - b),
        "each line once, in their order",
      );
      for (const { line, raw } of whole) if (raw !== undefined) assert.equal(raw, lines[line - 1]);
      const good = whole.some(({ fields }) => fields?.some((field) => /[\r\n]/.test(field)));
      const full = lines.filter((line) => line !== "").length;
      if (!good) assert.equal(whole.length, full);
    },
  );
  fc.assert(survives, { numRuns: 2000 });
});
