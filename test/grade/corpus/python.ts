// One right Python submission, and copies of it with one flaw each.

import { python } from "./notebook.js";
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

/** Question 3 with the user behind the names. */
const namesBeforeUser: [string, string][] = [
  [
    "song text,\n        user_id int,\n        first_name text,\n        last_name text,",
    "song text,\n        first_name text,\n        last_name text,\n        user_id int,",
  ],
  [
    "users_by_song (song, user_id, first_name, last_name)",
    "users_by_song (song, first_name, last_name, user_id)",
  ],
  [
    '(p["song"], int(p["userId"]), p["firstName"], p["lastName"])',
    '(p["song"], p["firstName"], p["lastName"], int(p["userId"]))',
  ],
];

const where3 = 'WHERE song = \'All Hands Against His Own\'"""';

export const pythonSubmissions: Submission[] = [
  submission("python-right", right),
  flaw("q3-key-first-name", { q3: "fail", key: "partial" }, ...namesBeforeUser, [
    key3,
    "PRIMARY KEY ((song), first_name)",
  ]),
  flaw("q3-key-song-only", { q3: "fail", key: "partial" }, [key3, "PRIMARY KEY (song)"]),
  flaw("q2-without-item", { q2: "fail", key: "partial", results: "partial" }, [
    key2,
    "PRIMARY KEY ((user_id, session_id))",
  ]),
  flaw("q2-descending", { q2: "partial" }, [
    `${key2}\n    )`,
    `${key2}\n    ) WITH CLUSTERING ORDER BY (item_in_session DESC)`,
  ]),
  flaw("float-length", { types: "partial" }, ["length double", "length float"]),
];
void [key1, where3];
