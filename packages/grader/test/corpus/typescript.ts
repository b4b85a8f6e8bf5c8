// TypeScript submissions: right ones, copies of them with one flaw each, and learners' copies of the project's notebooks.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "@sparkify/lib";
import { type Edit, edited, tslab } from "./notebook.js";
import { flawed, placed, type Submission, submission, type Verdicts } from "./submission.js";

export const right = tslab`
%% markdown
# Three questions to a music app's logs
%% code
import { Client, concurrent } from "cassandra-driver";
import { readdirSync, readFileSync, writeFileSync } from "fs";
%% markdown
## From many logs to one file
%% code
function parseLine(line: string): string[] {
  return [...("," + line).matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    quoted === undefined ? plain : quoted.replace(/""/g, '"'),
  );
}

type Play = Record<string, string>;

function readPlays(folder: string): Play[] {
  const plays: Play[] = [];
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".csv")).sort()) {
    const [header, ...lines] = readFileSync(folder + "/" + name, "utf8").trim().split(/\r?\n/);
    const columns = parseLine(header);
    for (const line of lines) {
      const values = parseLine(line);
      const play = Object.fromEntries(columns.map((column, i) => [column, values[i]]));
      if (play.artist) plays.push(play);
    }
  }
  return plays;
}

const plays = readPlays("event_data");
plays.length;
%% code
const columns = ["artist", "song", "length", "userId", "firstName", "lastName", "gender", "level", "location", "sessionId", "itemInSession"];
const quote = (text: string) => '"' + text.replace(/"/g, '""') + '"';
writeFileSync("plays.csv", [columns, ...plays.map((play) => columns.map((column) => play[column]))]
  .map((values) => values.map(quote).join(",") + "\n")
  .join(""));
%% markdown
## The database
%% code
const client = new Client({ contactPoints: ["127.0.0.1"], localDataCenter: "datacenter1" });
await client.connect();
await client.execute(\`CREATE KEYSPACE IF NOT EXISTS music
  WITH replication = { 'class': 'SimpleStrategy', 'replication_factor': 1 }\`);
await client.execute("USE music");
%% code
async function load(insert: string, values: (play: Play) => unknown[]) {
  const result = await concurrent.executeConcurrent(client, insert, plays.map(values), { concurrencyLevel: 32 });
  return result.totalExecuted;
}
%% markdown
### Which song, by whom and how long, was item 4 of session 338?
The session says where, the item says which one: partition key and clustering column.
%% code
await client.execute("DROP TABLE IF EXISTS session_items");
await client.execute(\`
  CREATE TABLE session_items (
    session_id int,
    item int,
    artist text,
    song text,
    length double,
    PRIMARY KEY ((session_id), item)
  )\`);
await load(
  "INSERT INTO session_items (session_id, item, artist, song, length) VALUES (?, ?, ?, ?, ?)",
  (play) => [Number(play.sessionId), Number(play.itemInSession), play.artist, play.song, Number(play.length)],
);
%% code
const answer1 = await client.execute(
  "SELECT artist, song, length FROM session_items WHERE session_id = ? AND item = ?",
  [338, 4],
  { prepare: true },
);
console.log(answer1.rows);
%% markdown
### What did user 10 hear in session 182, in that order?
User and session together are the partition. The item sorts its rows.
%% code
await client.execute("DROP TABLE IF EXISTS user_session_songs");
await client.execute(\`
  CREATE TABLE user_session_songs (
    user_id int,
    session_id int,
    item int,
    artist text,
    song text,
    first_name text,
    last_name text,
    PRIMARY KEY ((user_id, session_id), item)
  )\`);
await load(
  \`INSERT INTO user_session_songs (user_id, session_id, item, artist, song, first_name, last_name)
    VALUES (?, ?, ?, ?, ?, ?, ?)\`,
  (play) => [
    Number(play.userId), Number(play.sessionId), Number(play.itemInSession),
    play.artist, play.song, play.firstName, play.lastName,
  ],
);
%% code
const answer2 = await client.execute(
  "SELECT artist, song, first_name, last_name FROM user_session_songs WHERE user_id = ? AND session_id = ?",
  [10, 182],
  { prepare: true },
);
for (const row of answer2) console.log(\`\${row.artist}: \${row.song}, \${row.first_name} \${row.last_name}\`);
%% markdown
### Who heard 'All Hands Against His Own'?
The song is the partition, each user one row of it.
%% code
await client.execute("DROP TABLE IF EXISTS song_users");
await client.execute(\`
  CREATE TABLE song_users (
    song text,
    user_id int,
    first_name text,
    last_name text,
    PRIMARY KEY ((song), user_id)
  )\`);
await load(
  "INSERT INTO song_users (song, user_id, first_name, last_name) VALUES (?, ?, ?, ?)",
  (play) => [play.song, Number(play.userId), play.firstName, play.lastName],
);
%% code
const answer3 = await client.execute(
  "SELECT first_name, last_name FROM song_users WHERE song = ?",
  ["All Hands Against His Own"],
  { prepare: true },
);
answer3.rows.map((row) => row.first_name + " " + row.last_name);
%% code
for (const table of ["session_items", "user_session_songs", "song_users"]) await client.execute("DROP TABLE " + table);
await client.shutdown();
`;

/** Everything in few long cells, camelCase, promises in chains, errors caught and printed, values pasted. */
const longCells = tslab`
%% markdown
# Cassandra homework
One table for each query. 1: key \`(sessionId, itemInSession)\` because both are asked for. 2: key
\`((userId, sessionId), itemInSession)\` because user and session are asked for and the item sorts. 3: key
\`(song, userId)\` because the song is asked for and users must not overwrite each other.
%% code
import * as cassandra from "cassandra-driver";
import * as fs from "fs";
import * as path from "path";
import Papa from "papaparse";

const dir = path.join(process.cwd(), "data");
const events = fs.readdirSync(dir)
  .filter((file) => /^\d{4}-\d\d-\d\d/.test(file))
  .flatMap((file) => Papa.parse(fs.readFileSync(path.join(dir, file), "utf8"), { header: true, skipEmptyLines: true }).data as any[])
  .filter((event) => event.artist !== "");
fs.writeFileSync("event_datafile_new.csv", Papa.unparse(events, {
  columns: ["artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "sessionId", "song", "userId"],
}));
console.log(events.length);
%% code
const db = new cassandra.Client({
  contactPoints: ["db:9042"],
  localDataCenter: "datacenter1",
});
const text = (value: string) => "'" + value.split("'").join("''") + "'";
async function run(cql: string, show = false) {
  try {
    const result = await db.execute(cql);
    if (show) console.table(result.rows.map((row) => Object.assign({}, row)));
  } catch (error) {
    console.error(String(error));
  }
}
await db.connect();
await run("CREATE KEYSPACE IF NOT EXISTS homework WITH REPLICATION = {'class': 'SimpleStrategy', 'replication_factor': 1}");
await run("CREATE TABLE IF NOT EXISTS homework.songBySession (sessionId int, itemInSession int, artist text, song text, length double, PRIMARY KEY (sessionId, itemInSession))");
await run("CREATE TABLE IF NOT EXISTS homework.songsByUser (userId int, sessionId int, itemInSession int, artist text, song text, firstName text, lastName text, PRIMARY KEY ((userId, sessionId), itemInSession))");
await run("CREATE TABLE IF NOT EXISTS homework.usersBySong (song text, userId int, firstName text, lastName text, PRIMARY KEY (song, userId))");
%% code
for (let i = 0; i < events.length; i += 40) {
  await Promise.all(events.slice(i, i + 40).flatMap((e) => [
    run(\`INSERT INTO homework.songBySession (sessionId, itemInSession, artist, song, length) VALUES (\${e.sessionId}, \${e.itemInSession}, \${text(e.artist)}, \${text(e.song)}, \${e.length})\`),
    run(\`INSERT INTO homework.songsByUser (userId, sessionId, itemInSession, artist, song, firstName, lastName) VALUES (\${e.userId}, \${e.sessionId}, \${e.itemInSession}, \${text(e.artist)}, \${text(e.song)}, \${text(e.firstName)}, \${text(e.lastName)})\`),
    run(\`INSERT INTO homework.usersBySong (song, userId, firstName, lastName) VALUES (\${text(e.song)}, \${e.userId}, \${text(e.firstName)}, \${text(e.lastName)})\`),
  ]));
}
%% code
await run("SELECT artist, song, length FROM homework.songBySession WHERE sessionId = 338 AND itemInSession = 4", true);
await run("SELECT artist, song, firstName, lastName FROM homework.songsByUser WHERE userId = 10 AND sessionId = 182", true);
await run("SELECT firstName, lastName FROM homework.usersBySong WHERE song = 'All Hands Against His Own'", true);
%% code
for (const table of ["songBySession", "songsByUser", "usersBySong"]) await run("DROP TABLE homework." + table);
await db.shutdown();
`;

const flaw = flawed("typescript", right);

const flaws: Submission[] = [
  flaw("q2-descending", { q2: "partial" }, [
    "PRIMARY KEY ((user_id, session_id), item)\n  )",
    "PRIMARY KEY ((user_id, session_id), item)\n  ) WITH CLUSTERING ORDER BY (item DESC)",
  ]),
  flaw("q3-song-only", { q3: "fail", key: "partial", results: "partial" }, [
    "PRIMARY KEY ((song), user_id)",
    "PRIMARY KEY (song)",
  ]),
  flaw("q1-swapped", { q1: "fail" }, [
    "play.artist, play.song, Number(play.length)]",
    "play.song, play.artist, Number(play.length)]",
  ]),
  // The driver takes numbers for doubles where a statement is not prepared: refused, and nobody reads the message. A table
  // without rows keeps no value.
  flaw("q3-not-prepared", { types: "partial", q3: "fail", key: "partial", results: "partial" }, [
    /await load\(\n {2}"INSERT INTO song_users([^\n]*)",\n {2}\(play\) => (\[.*\]),\n\);/,
    `for (const play of plays) {
  await client
    .execute("INSERT INTO song_users (song, user_id, first_name, last_name) VALUES (?, ?, ?, ?)", [
      play.song, Number(play.userId), play.firstName, play.lastName,
    ])
    .catch(() => {});
}`,
  ]),
  flaw("connection-open", { cleanup: "partial" }, ["\nawait client.shutdown();", ""]),
  // A cell that does not compile, in the middle: what it should have shown is missing, the rest is there.
  flaw("cell-with-type-error", { results: "partial", q2: "fail" }, [
    "[10, 182],\n  { prepare: true },",
    "[10, 182],\n  { prepare: treu },",
  ]),
];

/** The project's own notebooks, as a learner has them after a clone. */
function learnersCopy(name: string, touched: Verdicts, changes: Record<string, Edit[]>): Submission {
  const folder = join(projectRoot, "notebooks");
  const files = readdirSync(folder)
    .filter((file) => file.endsWith(".ipynb"))
    .map((file): [string, string] => {
      const text = readFileSync(join(folder, file), "utf8");
      return [`${name}/notebooks/${file}`, edited(text, changes[file] ?? [])];
    });
  return placed(name, `${name}/notebooks`, Object.fromEntries(files), touched);
}

export const typescriptSubmissions: Submission[] = [
  submission("typescript-right", right),
  submission("typescript-long-cells", longCells),
  ...flaws,
  // As it is shipped, it keeps its tables for queries of one's own.
  learnersCopy("learners-copy", { cleanup: "partial" }, {}),
  learnersCopy(
    "learners-copy-first-name",
    { q3: "fail", key: "partial", cleanup: "partial" },
    {
      "03-create-tables.ipynb": [
        ["PRIMARY KEY ((song), user_id)", "PRIMARY KEY ((song), first_name)"],
        [
          /" {4}user_id {4}int,\\n",\n *" {4}first_name text,\\n"/,
          '"    first_name text,\\n",\n    "    user_id    int,\\n"',
        ],
      ],
      "04-insert-rows.ipynb": [
        [
          "(song, user_id, first_name, last_name) VALUES (?, ?, ?, ?)",
          "(song, first_name, user_id, last_name) VALUES (?, ?, ?, ?)",
        ],
      ],
    },
  ),
];
