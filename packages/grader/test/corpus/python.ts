// One right Python submission, and copies of it with one flaw each.

import { type Edit, edited, python, toIpynb } from "./notebook.js";
import { flawed, type Submission, submission } from "./submission.js";

export const right = python`
%% markdown
# Listening at Sparkify
The app leaves one log a day. The analysts ask three things of them, so Cassandra gets three tables.
%% code
import csv
from pathlib import Path

from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
%% markdown
## One file of all logs
Only rows with an artist are plays.
%% code
kept = ["artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location",
        "sessionId", "song", "userId"]

def read_plays(folder):
    plays = []
    for log in sorted(Path(folder).glob("*.csv")):
        with open(log, encoding="utf8", newline="") as file:
            for row in csv.DictReader(file):
                if row["artist"]:
                    plays.append({name: row[name] for name in kept})
    return plays

plays = read_plays("event_data")
print(len(plays), "plays")
%% code
with open("event_datafile_new.csv", "w", encoding="utf8", newline="") as file:
    writer = csv.DictWriter(file, kept, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(plays)
%% code
with open("event_datafile_new.csv", encoding="utf8", newline="") as file:
    plays = list(csv.DictReader(file))
%% markdown
## Cassandra
%% code
cluster = Cluster(["127.0.0.1"])
session = cluster.connect()
session.execute("""
    CREATE KEYSPACE IF NOT EXISTS listening
    WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}""")
session.set_keyspace("listening")

def fill(insert, rows):
    execute_concurrent_with_args(session, session.prepare(insert), rows, concurrency=64)
%% markdown
## Question 1: artist, song and length at position 4 of session 338
The session is given, so it is the partition key. The position, given too, is the clustering column: both
together name exactly one play.
%% code
session.execute("DROP TABLE IF EXISTS song_by_session_item")
session.execute("""
    CREATE TABLE song_by_session_item (
        session_id int,
        item_in_session int,
        artist text,
        song text,
        length double,
        PRIMARY KEY ((session_id), item_in_session)
    )""")
fill("""
    INSERT INTO song_by_session_item (session_id, item_in_session, artist, song, length)
    VALUES (?, ?, ?, ?, ?)""",
    [(int(p["sessionId"]), int(p["itemInSession"]), p["artist"], p["song"], float(p["length"])) for p in plays])
%% code
for row in session.execute("""
        SELECT artist, song, length FROM song_by_session_item
        WHERE session_id = 338 AND item_in_session = 4"""):
    print(row.artist, row.song, row.length, sep=" | ")
%% markdown
## Question 2: artist, song (as played) and user of session 182 of user 10
User and session are given and make the partition key. The position sorts the rows of a session, and tells them
apart.
%% code
session.execute("DROP TABLE IF EXISTS songs_by_user_session")
session.execute("""
    CREATE TABLE songs_by_user_session (
        user_id int,
        session_id int,
        item_in_session int,
        artist text,
        song text,
        first_name text,
        last_name text,
        PRIMARY KEY ((user_id, session_id), item_in_session)
    )""")
fill("""
    INSERT INTO songs_by_user_session
        (user_id, session_id, item_in_session, artist, song, first_name, last_name)
    VALUES (?, ?, ?, ?, ?, ?, ?)""",
    [(int(p["userId"]), int(p["sessionId"]), int(p["itemInSession"]), p["artist"], p["song"], p["firstName"],
      p["lastName"]) for p in plays])
%% code
for row in session.execute("""
        SELECT artist, song, first_name, last_name FROM songs_by_user_session
        WHERE user_id = 10 AND session_id = 182"""):
    print(row.artist, row.song, row.first_name, row.last_name, sep=" | ")
%% markdown
## Question 3: who heard 'All Hands Against His Own'
The title is given: the partition key. Names repeat, so the user's number is the clustering column.
%% code
session.execute("DROP TABLE IF EXISTS users_by_song")
session.execute("""
    CREATE TABLE users_by_song (
        song text,
        user_id int,
        first_name text,
        last_name text,
        PRIMARY KEY ((song), user_id)
    )""")
fill("""
    INSERT INTO users_by_song (song, user_id, first_name, last_name)
    VALUES (?, ?, ?, ?)""",
    [(p["song"], int(p["userId"]), p["firstName"], p["lastName"]) for p in plays])
%% code
for row in session.execute("""
        SELECT first_name, last_name FROM users_by_song
        WHERE song = 'All Hands Against His Own'"""):
    print(row.first_name, row.last_name, sep=" | ")
%% markdown
## The end
%% code
for table in ["song_by_session_item", "songs_by_user_session", "users_by_song"]:
    session.execute(f"DROP TABLE {table}")
%% code
session.shutdown()
cluster.shutdown()
`;

const flaw = flawed("python", right);

const key1 = "PRIMARY KEY ((session_id), item_in_session)";
const key2 = "PRIMARY KEY ((user_id, session_id), item_in_session)";
const key3 = "PRIMARY KEY ((song), user_id)";
const where1 = "WHERE session_id = 338 AND item_in_session = 4";
const where2 = "WHERE user_id = 10 AND session_id = 182";
const where3 = "WHERE song = 'All Hands Against His Own'";

/** Of each column its type, and its value in Python. */
const known = {
  session_id: ["int", 'int(p["sessionId"])'],
  item_in_session: ["int", 'int(p["itemInSession"])'],
  user_id: ["int", 'int(p["userId"])'],
  artist: ["text", 'p["artist"]'],
  song: ["text", 'p["song"]'],
  first_name: ["text", 'p["firstName"]'],
  last_name: ["text", 'p["lastName"]'],
  length: ["double", 'float(p["length"])'],
};

/**
 * The columns of a table's CREATE TABLE and INSERT, and the values, anew.
 * @param names in the order in which they come
 */
function columns(table: string, names: string, others: Record<string, string[]> = {}): Edit[] {
  const all: Record<string, string[]> = { ...known, ...others };
  const list = names.split(" ");
  const insert = `(?<=INSERT INTO ${table}\\s+`;
  return [
    [
      new RegExp(`(?<=CREATE TABLE ${table} \\(\n)[^(]*(?=        PRIMARY KEY)`),
      list.map((name) => `        ${name} ${all[name]?.[0]},\n`).join(""),
    ],
    [new RegExp(`${insert}\\()[^)]*`), list.join(", ")],
    [new RegExp(`${insert}\\([^)]*\\)\\s+VALUES )[^)]*`), `(${list.map(() => "?").join(", ")}`],
    [new RegExp(`${insert}[^\\[]*\\[)[\\s\\S]*?(?= for p in plays)`), valuesOf(list, all)],
  ];
}

/** A tuple of the columns' values. */
const valuesOf = (names: string[], all: Record<string, string[]> = known) =>
  `(${names.map((name) => all[name]?.[1]).join(", ")})`;

/** The statement that fills a table. */
const fillOf = (table: string) =>
  new RegExp(`fill\\("""\n    INSERT INTO ${table}[\\s\\S]*? for p in plays\\]\\)\n`);

const namesThenUser = columns("users_by_song", "song first_name last_name user_id");

/** IF NOT EXISTS in place of a DROP in front. */
const keepsTables: Edit[] = [
  [/session\.execute\("DROP TABLE IF EXISTS \w+"\)\n/g, ""],
  [/CREATE TABLE (?=\w+ \()/g, "CREATE TABLE IF NOT EXISTS "],
];
const dropsAtTheEnd = /%% code\nfor table in [\s\S]*?(?=%% code)/;

const wrongKeys: Submission[] = [
  flaw("q1-session-only", { q1: "fail", key: "partial", results: "partial" }, [
    key1,
    "PRIMARY KEY (session_id)",
  ]),
  flaw("q2-without-item", { q2: "fail", key: "partial", results: "partial" }, [
    key2,
    "PRIMARY KEY ((user_id, session_id))",
  ]),
  // The well-known answers are right: nobody else was in session 182.
  flaw(
    "q2-without-user",
    { q2: "fail", key: "partial" },
    ...columns(
      "songs_by_user_session",
      "session_id item_in_session user_id artist song first_name last_name",
    ),
    [key2, "PRIMARY KEY ((session_id), item_in_session)"],
    [where2, "WHERE session_id = 182"],
  ),
  // In session 182 no song comes twice.
  flaw(
    "q2-by-song",
    { q2: "fail", key: "partial" },
    ...columns(
      "songs_by_user_session",
      "user_id session_id song item_in_session artist first_name last_name",
    ),
    [key2, "PRIMARY KEY ((user_id, session_id), song)"],
  ),
  flaw("q2-descending", { q2: "partial" }, [
    `${key2}\n    )`,
    `${key2}\n    ) WITH CLUSTERING ORDER BY (item_in_session DESC)`,
  ]),
  flaw("q3-song-only", { q3: "fail", key: "partial", results: "partial" }, [key3, "PRIMARY KEY (song)"]),
  flaw("q3-first-name", { q3: "fail", key: "partial" }, ...namesThenUser, [
    key3,
    "PRIMARY KEY ((song), first_name)",
  ]),
  // The well-known listeners have different names.
  flaw("q3-full-name", { q3: "fail", key: "partial" }, ...namesThenUser, [
    key3,
    "PRIMARY KEY ((song), first_name, last_name)",
  ]),
  flaw("q3-user-in-partition", { q3: "fail", results: "partial" }, [key3, "PRIMARY KEY ((song, user_id))"]),
  flaw(
    "q3-every-play",
    { q3: "partial", key: "partial" },
    ...columns("users_by_song", "song user_id session_id item_in_session first_name last_name"),
    [key3, "PRIMARY KEY ((song), user_id, session_id, item_in_session)"],
  ),
];

const wrongQueries: Submission[] = [
  flaw(
    "q3-allow-filtering",
    { q3: "fail" },
    [key3, "PRIMARY KEY ((song, user_id))"],
    [where3, `${where3} ALLOW FILTERING`],
  ),
  flaw("q1-needless-filtering", { q1: "fail" }, [where1, `${where1} ALLOW FILTERING`]),
  flaw(
    "q3-secondary-index",
    // The key of the table is right for its own question, 2.
    { "table-per-query": "partial", q3: "partial" },
    [
      '    )""")\nfill("""\n    INSERT INTO songs_by',
      '    )""")\nsession.execute("CREATE INDEX ON songs_by_user_session (song)")\nfill("""\n    INSERT INTO songs_by',
    ],
    [/%% code\nsession\.execute\("DROP TABLE IF EXISTS users_by_song"\)[\s\S]*? for p in plays\]\)\n/, ""],
    ["FROM users_by_song", "FROM songs_by_user_session"],
    [', "users_by_song"]', "]"],
  ),
  flaw(
    "one-table",
    { "table-per-query": "fail", q1: "fail", q3: "fail" },
    ...columns(
      "songs_by_user_session",
      "session_id user_id item_in_session artist song first_name last_name length",
    ),
    [key2, "PRIMARY KEY ((session_id), user_id, item_in_session)"],
    ["WHERE user_id = 10 AND session_id = 182", "WHERE session_id = 182 AND user_id = 10"],
    // Question 2's table comes first, the others are not made.
    [
      /%% code\nsession\.execute\("DROP TABLE IF EXISTS song_by_session_item"\)[\s\S]*?for p in plays\]\)\n/,
      "",
    ],
    [/%% code\nfor row in[^%]*song_by_session_item[^%]*/, ""],
    [
      /(?<=## Question 3)([\s\S]*?)%% code\nsession\.execute\("DROP TABLE IF EXISTS users_by_song"\)[\s\S]*?for p in plays\]\)\n/,
      `: who heard 'All Hands Against His Own', and question 1 again
One wide table is enough for both.
%% code
for row in session.execute("""
        SELECT artist, song, length FROM songs_by_user_session
        ${where1} ALLOW FILTERING"""):
    print(row.artist, row.song, row.length, sep=" | ")
`,
    ],
    [/FROM users_by_song\n.*'/, `FROM songs_by_user_session\n        ${where3} ALLOW FILTERING`],
    ['["song_by_session_item", "songs_by_user_session", "users_by_song"]', '["songs_by_user_session"]'],
  ),
  flaw("select-star", { columns: "fail" }, [/SELECT [a-z_, ]+ FROM/g, "SELECT * FROM"]),
  flaw(
    "q2-no-last-name",
    { q2: "partial", results: "partial" },
    ["SELECT artist, song, first_name, last_name FROM", "SELECT artist, song, first_name FROM"],
    ["row.artist, row.song, row.first_name, row.last_name,", "row.artist, row.song, row.first_name,"],
  ),
  // Enough for the example, which has four rows.
  flaw("q2-limit", { q2: "partial" }, [where2, `${where2} LIMIT 10`]),
  // Right where it is replayed; but the question was another one.
  flaw("q1-other-session", { results: "partial" }, ["session_id = 338", "session_id = 833"]),
  flaw("q3-answered-by-python", { q3: "fail" }, [
    /for row in session\.execute\("""\n.*FROM users_by_song\n.*\n.*\n/,
    `for p in plays:
    if p["song"] == "All Hands Against His Own":
        print(p["firstName"], p["lastName"], sep=" | ")
`,
  ]),
  // The values are seen, but in the file, not as answers.
  flaw(
    "file-printed",
    { results: "fail" },
    [/print\(row\..*\)/g, "answer = row"],
    ["    plays = list(csv.DictReader(file))", "    plays = list(csv.DictReader(file))\nprint(plays)"],
  ),
  // Nothing of question 1 works after that. The last cell fails too, at the table that is not there.
  flaw(
    "q1-create-refused",
    {
      types: "partial",
      "table-per-query": "partial",
      q1: "fail",
      key: "partial",
      order: "partial",
      names: "partial",
      results: "partial",
      cleanup: "partial",
    },
    ["CREATE TABLE song_by_session_item (", "CREATE TABLE song_by_session_item session_id int, ("],
  ),
  flaw("results-not-shown", { results: "fail" }, [/print\(row\..*\)/g, "answer = row"]),
];

const wrongValues: Submission[] = [
  flaw("float-length", { types: "partial" }, ["length double", "length float"]),
  flaw(
    "item-as-text",
    { types: "fail", q2: "partial" },
    [/item_in_session int/g, "item_in_session text"],
    [/int\(p\["itemInSession"\]\)/g, 'p["itemInSession"]'],
    ["item_in_session = 4", "item_in_session = '4'"],
  ),
  flaw(
    "user-as-text",
    { types: "partial" },
    ...columns("users_by_song", "song user_id first_name last_name", {
      user_id: ["text", 'p["userId"]'],
    }),
  ),
  flaw("q1-columns-swapped", { q1: "fail" }, [
    'p["artist"], p["song"], float(p["length"])',
    'p["song"], p["artist"], float(p["length"])',
  ]),
  flaw("q3-names-swapped", { q3: "fail" }, [
    valuesOf(["song", "user_id", "first_name", "last_name"]),
    valuesOf(["song", "user_id", "last_name", "first_name"]),
  ]),
  // Ends at the first title with an apostrophe, and only says so.
  flaw("failure-hidden", { q2: "fail", key: "partial", results: "partial" }, [
    fillOf("songs_by_user_session"),
    `try:
    for p in plays:
        session.execute(
            "INSERT INTO songs_by_user_session"
            " (user_id, session_id, item_in_session, artist, song, first_name, last_name) VALUES ("
            f"{p['userId']}, {p['sessionId']}, {p['itemInSession']}, '{p['artist']}', '{p['song']}',"
            f" '{p['firstName']}', '{p['lastName']}')")
except Exception as error:
    print(error)
`,
  ]),
  // Loses every title with an apostrophe; the well-known one has none.
  flaw("apostrophes-lost", { q3: "fail", key: "partial" }, [
    fillOf("users_by_song"),
    `failed = 0
for p in plays:
    try:
        session.execute(
            "INSERT INTO users_by_song (song, user_id, first_name, last_name) VALUES ("
            f"'{p['song']}', {p['userId']}, '{p['firstName']}', '{p['lastName']}')")
    except Exception:
        failed += 1
`,
  ]),
];

const wrongFiles: Submission[] = [
  flaw(
    "first-file-only",
    { csv: "partial", q1: "fail", q2: "fail", q3: "fail", key: "fail", results: "fail" },
    ["    return plays\n", "        return plays\n"],
  ),
  flaw(
    "csv-rows-missing",
    { csv: "partial" },
    ["writer.writerows(plays)", "writer.writerows(plays[:5000])"],
    [/%% code\nwith open\("event_datafile_new.csv", encoding[\s\S]*?(?=%% markdown)/, ""],
  ),
  flaw("csv-columns-missing", { csv: "partial" }, [
    /"firstName", "gender", .*\n.*\]/,
    '"firstName", "itemInSession", "lastName", "length", "sessionId", "song", "userId"]',
  ]),
  flaw("csv-not-written", { csv: "fail" }, [
    /%% code\nwith open\("event_datafile_new.csv", "w"[\s\S]*?(?=%% markdown)/,
    "",
  ]),
];

const wrongForm: Submission[] = [
  flaw(
    "column-order",
    { order: "fail" },
    ...columns("song_by_session_item", "artist item_in_session length session_id song"),
    ...columns(
      "songs_by_user_session",
      "artist first_name item_in_session last_name session_id song user_id",
    ),
    ...columns("users_by_song", "first_name last_name song user_id"),
  ),
  flaw(
    "table-names",
    { names: "fail" },
    [/song_by_session_item/g, "table1"],
    [/songs_by_user_session/g, "table2"],
    [/users_by_song/g, "table3"],
  ),
  flaw("no-prose", { described: "fail", reasoning: "fail" }, [/%% markdown\n[\s\S]*?(?=%% code)/g, ""]),
  flaw(
    "todos-left",
    { todos: "fail" },
    ["## Question 2:", "## TO-DO: Question 2:"],
    [
      'session.execute("DROP TABLE IF EXISTS users',
      '# TO-DO: make the third table here\nsession.execute("DROP TABLE IF EXISTS users',
    ],
  ),
  flaw("no-drop", { cleanup: "partial" }, [dropsAtTheEnd, ""]),
  flaw("no-shutdown", { cleanup: "partial" }, [
    /session\.shutdown\(\)\ncluster\.shutdown\(\)/,
    'print("done")',
  ]),
  flaw("no-cleanup", { cleanup: "fail" }, [/%% markdown\n## The end[\s\S]*/, ""]),
];

const wrongRerun: Submission[] = [
  // The first try stays: the later CREATE TABLE does nothing.
  flaw(
    "old-table-stays",
    { q3: "fail", key: "partial", cleanup: "partial", results: "partial" },
    ...keepsTables,
    [dropsAtTheEnd, ""],
    [
      "## Question 1",
      `## A first try
One row for each title.
%% code
session.execute("CREATE TABLE IF NOT EXISTS users_by_song"
                " (song text, user_id int, first_name text, last_name text, PRIMARY KEY (song))")
%% markdown
## Question 1`,
    ],
  ),
  flaw(
    "rerun-doubles",
    { rerun: "fail", cleanup: "partial" },
    [dropsAtTheEnd, ""],
    ["import csv\n", "import csv\nimport uuid\n"],
    ...columns(
      "songs_by_user_session",
      "user_id session_id item_in_session play_id artist song first_name last_name",
      {
        play_id: ["uuid", "uuid.uuid4()"],
      },
    ),
    [key2, "PRIMARY KEY ((user_id, session_id), item_in_session, play_id)"],
    ...keepsTables,
  ),
  flaw("rerun-create-fails", { rerun: "fail", cleanup: "partial" }, keepsTables[0] as Edit, [
    dropsAtTheEnd,
    "",
  ]),
  // A table of another key is left for the next day. The next run finds it, and keeps it.
  flaw("rerun-finds-old-table", { rerun: "fail" }, ...keepsTables, [
    "%% code\nsession.shutdown()",
    `%% markdown
To try tomorrow: the names as the key.
%% code
session.execute("CREATE TABLE IF NOT EXISTS users_by_song"
                " (song text, first_name text, last_name text, user_id int,"
                " PRIMARY KEY ((song), first_name))")
%% code
session.shutdown()`,
  ]),
];

/** Shows nothing, but was saved with the outputs of a better day. */
function savedOutputs(): string {
  const notebook = JSON.parse(toIpynb(edited(right, [[/print\(row\..*\)/g, "answer = row"]])));
  const text = `Faithless | Music Matters (Mark Knight Dub) | 495.3073
Down To The Bone | Keep On Keepin' On | Sylvie | Cruz
Three Drives | Greece 2000 | Sylvie | Cruz
Sebastien Tellier | Kilometer | Sylvie | Cruz
Lonnie Gordon | Catch You Baby (Steve Pitron & Max Sanna Radio Edit) | Sylvie | Cruz
Jacqueline | Lynch
Tegan | Levine
Sara | Johnson
`;
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") cell.outputs = [{ output_type: "stream", name: "stdout", text }];
  }
  return JSON.stringify(notebook);
}

export const pythonSubmissions: Submission[] = [
  submission("python-right", right),
  ...wrongKeys,
  ...wrongQueries,
  ...wrongValues,
  ...wrongFiles,
  ...wrongForm,
  ...wrongRerun,
  submission("python-saved-outputs", savedOutputs(), { results: "fail" }),
];
