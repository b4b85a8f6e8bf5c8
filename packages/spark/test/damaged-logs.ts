// Daily logs with every kind of damage that the rules know, and with damage by chance: the same ones every time.

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { longestRecord, streamlinedColumns } from "@sparkify/loader";
import { logHeader, logRow, write } from "../../../test/support.js";

const numbersThatAreNone = [
  "",
  " 1",
  "1 ",
  "+1",
  "-1",
  "1.5",
  "1e3",
  "2147483648",
  "99999999999999999999",
  "१",
];
const secondsThatAreNone = ["", "-1", ".5", "5.", "1.2.3", "1e2", "NaN", "٣", "9".repeat(400)];

/** Writes the logs into the folder, a day each from 1 January 2019 on. @returns how many */
export function writeDamagedLogs(folder: string, chances: number): number {
  let day = 0;
  let session = 0;
  const log = (content: string | Buffer, name = "events.csv") => {
    const date = new Date(Date.UTC(2019, 0, ++day)).toISOString().slice(0, 10);
    write(join(folder, `${date}-${name}`), content);
  };
  /** A row with a key of its own. */
  const row = (fields: Record<string, string> = {}) => logRow({ sessionId: String(++session), ...fields });
  const lines = (...all: string[]) => `${[logHeader, ...all].join("\n")}\n`;
  const raw = (text: string) => Buffer.from(text, "latin1");

  log(
    lines(
      ...["sessionId", "itemInSession", "userId"].flatMap((column) =>
        [...numbersThatAreNone, "007", "2147483647"].map((value) => row({ [column]: value })),
      ),
      ...[...secondsThatAreNone, "0", "0.0", "200", "200.50", "9".repeat(299)].map((length) =>
        row({ length }),
      ),
      row({ song: "" }),
      row({ artist: "", page: "Home", userId: "" }),
      `${row()},"mo""re"`,
      "Faithless,Logged In",
      "",
      row({ song: "after an empty line" }),
    ),
  );
  // Quotes: doubled, inside, astray, never closed.
  log(
    lines(
      row({ artist: 'The "X", Y', song: 'Say "hello"' }),
      `7" Single,,Ava,F,1,Robinson,1,free,"New York, NY",PUT,NextSong,1,800,"Insomnia",200,1,50`,
      row().replace('"Faithless"', '"Faith"less"'),
      row({ song: "between" }),
      row().replace('"Insomnia"', '"Insomnia'),
      row({ song: "after it" }),
      row({ song: "two\nlines", artist: "of a\r\nkind" }),
      row({ song: "three\n\nlines" }),
      row({ song: "x\ny", userId: "none" }),
      row({ song: "x\ny", artist: "" }),
      `${row({ song: "x\ny" })},more`,
      `a"b,,Ava,F,1,Robinson,1,free,"New\nYork, NY",PUT,NextSong,1,801,"Insomnia",200,1,50`,
      row({ song: "last but one" }),
      row().replace('"Insomnia"', '"Insomnia'),
    ),
  );
  // Lines' ends and marks.
  log(`\uFEFF${lines(row({ song: "日本語 🎸" }), row()).replaceAll("\n", "\r\n")}`);
  log(lines(row(), row({ song: "" }), row({ song: "a\rb" })).replaceAll("\n", "\r"));
  log([logHeader, row(), row({ song: "" }), row(), row({ userId: "" })].join("\n\r\r\n"));
  log(`\r\n\n${lines(row(), row({ length: "" }))}`.slice(0, -1));
  log(gzipSync(lines(row({ song: "zipped" }), row({ song: "" }))), "events.csv.gz");
  log(lines(row(), row()), "of 100% ünusual +name.csv");
  // Bytes that are no text.
  log(
    Buffer.concat([
      raw(lines(row({ song: "before" }))),
      raw(`${row({ song: "Caf\xe9" })}\n${row({ artist: "\0" })}\n${row({ page: "\0", artist: "\xff" })}\n`),
      raw(`${row({ artist: "", page: "\xc3" })}\n${row({ song: "a\nb\xff" })}\n${row({ song: "end" })}\n`),
      Buffer.from(`${row({ song: "\uFFFD is a character" })}\n`),
    ]),
  );
  log(raw(lines(row({ song: "\xc3\xb6" }), row({ song: "\xe9" })).replaceAll("\n", "\r")));
  // Headers.
  const good = Object.fromEntries(logHeader.split(",").map((column) => [column, `${column}!`]));
  const inOrder = (columns: string[], fields: Record<string, string>) =>
    columns.map((column) => fields[usual(column)] ?? "").join();
  const usual = (column: string) =>
    logHeader.split(",").find((name) => name.toLowerCase() === column.replace(/[_ ]/g, "").toLowerCase()) ??
    "";
  const all = logHeader.split(",");
  for (const columns of [
    [...all].reverse(),
    ["new", ...all.slice(5), "newer", ...all.slice(0, 5), "newer"],
    all.map((column) => ` ${column} `),
    [...streamlinedColumns],
    all.map((column) => column.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()),
    ["", ...all],
  ]) {
    const plays = Array.from({ length: 3 }, (_, item) => ({
      ...good,
      itemInSession: String(item),
      length: "2.5",
      sessionId: String(++session),
      userId: "4",
    }));
    log(
      [
        columns.join(),
        ...plays.map((play) => inOrder(columns, play)),
        inOrder(columns, { artist: "a" }),
      ].join("\n"),
    );
    log([columns.join(), `${inOrder(columns, plays[0] ?? {})},x`, `"a\0",${"b,".repeat(30)}`].join("\n"));
  }
  log(logHeader);
  // What has only one reading: an empty field more, whole numbers with a fraction of none, byte order marks inside.
  log(
    lines(
      `${row()},`,
      `${row()},""`,
      `${row({ song: "two\nlines" })},`,
      `${row()},x`,
      `${row()},,`,
      ...["65.0", "65.00", "65.000", "65.5", "65,0"].map((userId) => row({ userId })),
      row({ sessionId: "7777.0", itemInSession: "3.0" }),
      `\uFEFF${row({ song: "marked" })}`,
      `\uFEFF${row({ song: "marked,\nof two lines" })}`,
      `\uFEFF${row({ userId: "x" })}`,
      "\uFEFF",
      row({ song: "\uFEFF" }),
    ),
  );
  log(`\uFEFF${lines(row()).replaceAll("\n", "\r\n")}\uFEFF${row()}`);
  // Length.
  log(
    lines(
      row({ song: "a".repeat(longestRecord) }),
      row(),
      `"open${",".repeat(longestRecord)}`,
      `"open,${`${"a".repeat(9_999)}\n`.repeat(longestRecord / 10_000 + 9)}`,
      row({ song: "the last" }),
    ),
  );

  // By chance. The generator is Marsaglia's xorshift.
  let state = 20181108;
  const below = (limit: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const pieces = ["a", "é", "日", "🎸", ",", ",,", '"', '""', " ", '12"', "x", "\n", "\r\n"];
  const text = () => Array.from({ length: below(6) }, () => pieces[below(pieces.length)]).join("");
  const damage = Buffer.from('",\n\r\0\xff1x', "latin1");
  for (let chance = 0; chance < chances; chance++) {
    const ends = ["\n", "\r\n", "\r"][below(8)] ?? "\n";
    const content = Array.from({ length: 3 + below(8) }, () => {
      const line = row({
        artist: below(9) === 0 ? "" : `A${text()}`,
        song: text(),
        location: text(),
        page: text(),
      });
      return below(2)
        ? line
        : line.replace(/"((?:[^"]|"")*)"/g, (field, value) => (/[",\r\n]/.test(value) ? field : value));
    }).join(ends);
    let bytes = Buffer.from(`${logHeader}${ends}${content}${below(2) ? ends : ""}`);
    for (let times = below(4); times > 0; times--) {
      const at = logHeader.length + 1 + below(bytes.length - logHeader.length - 1);
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
      const byte = damage[below(damage.length)] as number;
      bytes = Buffer.concat(
        [
          [before, Buffer.of(byte), after.subarray(1)],
          [before, Buffer.alloc(1 + below(3), byte), after],
          [before, after.subarray(1 + below(5))],
        ][below(3)] as Buffer[],
      );
    }
    log(bytes);
  }
  return day;
}
