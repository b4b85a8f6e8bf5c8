// Right Python submissions in the ways in which people write them. A grader that finds a fault here is wrong.

import { edited, type Notebook, python } from "./notebook.js";
import { right } from "./python.js";
import { placed, type Submission, submission } from "./submission.js";

/** Every statement in a try, camelCase, values in the text's place holders, one row after the other. */
const everyStatementTried = python`
%% markdown
# Part I. Gather the event files
%% code
import os
import glob
import csv
import cassandra
from cassandra.cluster import Cluster
%% code
# every file below the folder of this notebook's data
paths = []
for root, folders, names in os.walk(os.path.join(os.getcwd(), 'event_data')):
    paths = paths + glob.glob(os.path.join(root, '*events.csv'))
print(len(paths))
%% code
all_rows = []
for path in paths:
    with open(path, 'r', encoding='utf8', newline='') as f:
        reader = csv.reader(f)
        next(reader)
        for line in reader:
            all_rows.append(line)

csv.register_dialect('quoted', quoting=csv.QUOTE_ALL, skipinitialspace=True)
with open('event_datafile_new.csv', 'w', encoding='utf8', newline='') as f:
    writer = csv.writer(f, dialect='quoted')
    writer.writerow(['artist', 'firstName', 'gender', 'itemInSession', 'lastName', 'length',
                     'level', 'location', 'sessionId', 'song', 'userId'])
    for r in all_rows:
        if r[0] == '':
            continue
        writer.writerow((r[0], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[12], r[13], r[16]))
%% code
with open('event_datafile_new.csv', 'r', encoding='utf8') as f:
    print(sum(1 for line in f))
%% markdown
# Part II. Model and load
%% code
try:
    cluster = Cluster()
    session = cluster.connect()
except Exception as e:
    print(e)
%% code
try:
    session.execute("""CREATE KEYSPACE IF NOT EXISTS musicApp
        WITH REPLICATION = { 'class' : 'SimpleStrategy', 'replication_factor' : 1 }""")
except Exception as e:
    print(e)
try:
    session.set_keyspace('musicapp')
except Exception as e:
    print(e)
%% markdown
## Query 1: what was heard in session 338 as item 4
Both are in the WHERE clause, so **both** together are the partition key of songInSession.
%% code
query = "CREATE TABLE IF NOT EXISTS songInSession "
query = query + "(sessionId int, itemInSession int, artist text, song text, length double, PRIMARY KEY ((sessionId, itemInSession)))"
try:
    session.execute(query)
except Exception as e:
    print(e)
%% code
file = 'event_datafile_new.csv'
with open(file, encoding='utf8', newline='') as f:
    csvreader = csv.reader(f)
    next(csvreader) # skip header
    for line in csvreader:
        query = "INSERT INTO songInSession (sessionId, itemInSession, artist, song, length)"
        query = query + " VALUES (%s, %s, %s, %s, %s)"
        try:
            session.execute(query, (int(line[8]), int(line[3]), line[0], line[9], float(line[5])))
        except Exception as e:
            print(e)
%% code
query = "select artist, song, length from songInSession WHERE sessionId = 338 and itemInSession = 4"
try:
    rows = session.execute(query)
except Exception as e:
    print(e)
for row in rows:
    print(row.artist, row.song, row.length)
%% markdown
## Query 2: the songs of user 10 in session 182, sorted by item
userId and sessionId make the partition, itemInSession sorts it.
%% code
query = "CREATE TABLE IF NOT EXISTS userSessionSongs "
query = query + "(userId int, sessionId int, itemInSession int, artist text, song text, firstName text, lastName text, PRIMARY KEY ((userId, sessionId), itemInSession))"
try:
    session.execute(query)
except Exception as e:
    print(e)
%% code
with open(file, encoding='utf8', newline='') as f:
    csvreader = csv.reader(f)
    next(csvreader)
    for line in csvreader:
        query = "INSERT INTO userSessionSongs (userId, sessionId, itemInSession, artist, song, firstName, lastName)"
        query = query + " VALUES (%s, %s, %s, %s, %s, %s, %s)"
        try:
            session.execute(query, (int(line[10]), int(line[8]), int(line[3]), line[0], line[9], line[1], line[4]))
        except Exception as e:
            print(e)
%% code
query = "select artist, song, firstName, lastName from userSessionSongs WHERE userId = 10 and sessionId = 182"
try:
    rows = session.execute(query)
except Exception as e:
    print(e)
for row in rows:
    print(row.artist, row.song, row.firstname, row.lastname)
%% markdown
## Query 3: the names of all who heard 'All Hands Against His Own'
Partition by song; userId makes a row of each listener.
%% code
query = "CREATE TABLE IF NOT EXISTS songListeners "
query = query + "(song text, userId int, firstName text, lastName text, PRIMARY KEY (song, userId))"
try:
    session.execute(query)
except Exception as e:
    print(e)
with open(file, encoding='utf8', newline='') as f:
    csvreader = csv.reader(f)
    next(csvreader)
    for line in csvreader:
        query = "INSERT INTO songListeners (song, userId, firstName, lastName)"
        query = query + " VALUES (%s, %s, %s, %s)"
        try:
            session.execute(query, (line[9], int(line[10]), line[1], line[4]))
        except Exception as e:
            print(e)
%% code
query = "select firstName, lastName from songListeners WHERE song = 'All Hands Against His Own'"
try:
    rows = session.execute(query)
except Exception as e:
    print(e)
for row in rows:
    print(row.firstname, row.lastname)
%% markdown
## Drop the tables, close the session
%% code
for name in ('songInSession', 'userSessionSongs', 'songListeners'):
    try:
        session.execute("drop table " + name)
    except Exception as e:
        print(e)
%% code
session.shutdown()
cluster.shutdown()
`;

/** pandas, with DataFrame.append; answers as data frames; tables with more columns than needed; nothing dropped. */
const dataFrames = python`
%% markdown
# Song plays in Apache Cassandra
%% code
import warnings
from glob import glob

import pandas as pd
from cassandra.cluster import Cluster

warnings.filterwarnings("ignore")
%% code
df = pd.DataFrame()
for name in glob("data/*.csv"):
    df = df.append(pd.read_csv(name), ignore_index=True)
df = df[df["artist"].notna()].sort_values(["sessionId", "itemInSession"])
df.shape
%% code
df = df[["userId", "firstName", "lastName", "gender", "level", "location", "sessionId", "itemInSession", "song", "artist", "length"]]
df.to_csv("song_plays.csv", index=False)
df.head()
%% code
cluster = Cluster(["db"])
session = cluster.connect()
session.execute("create keyspace if not exists song_plays with replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}")
session.set_keyspace("song_plays")
session.default_timeout = 60
%% code
plays = pd.read_csv("song_plays.csv").astype({"userId": int})
%% markdown
### 1. Give me the artist, song title and song's length heard during a session at an item
A row is one play. session_id is the partition key and item_in_session the clustering column.
%% code
session.execute("drop table if exists session_items")
session.execute("""
create table session_items (
  session_id bigint,
  item_in_session smallint,
  artist varchar,
  song varchar,
  length decimal,
  level varchar,
  primary key (session_id, item_in_session)
)
""")
insert = session.prepare("insert into session_items (session_id, item_in_session, artist, song, length, level) values (?, ?, ?, ?, ?, ?)")
from decimal import Decimal
futures = []
for row in plays.itertuples():
    futures.append(session.execute_async(insert, (row.sessionId, row.itemInSession, row.artist, row.song, Decimal(str(row.length)), row.level)))
    if len(futures) == 200:
        for future in futures: future.result()
        futures = []
for future in futures: future.result()
%% code
session.execute("select * from session_items limit 3").one()
%% code
query = session.prepare("select artist, song, length from session_items where session_id = ? and item_in_session = ?")
pd.DataFrame(session.execute(query, [338, 4]))
%% markdown
### 2. Give me artist, song (sorted by item) and user for a user and a session
%% code
# The user and the session are the composite partition key. item_in_session clusters, so that the songs come as heard.
session.execute("drop table if exists user_session_songs")
session.execute("""
create table user_session_songs (
  user_id int,
  session_id int,
  item_in_session int,
  song varchar,
  artist varchar,
  first_name varchar,
  last_name varchar,
  gender varchar,
  primary key ((user_id, session_id), item_in_session)
) with clustering order by (item_in_session asc) and comment = 'songs of a session'
""")
insert = session.prepare("insert into user_session_songs (user_id, session_id, item_in_session, song, artist, first_name, last_name, gender) values (?, ?, ?, ?, ?, ?, ?, ?)")
for row in plays.itertuples():
    session.execute(insert, (row.userId, row.sessionId, row.itemInSession, row.song, row.artist, row.firstName, row.lastName, row.gender))
%% code
query = session.prepare("select artist, song, first_name, last_name from user_session_songs where user_id = :user and session_id = :visit")
pd.DataFrame(session.execute(query, {"user": 10, "visit": 182}))
%% markdown
### 3. Give me every user who listened to a song
%% code
# Many have the same name, so user_id is part of the key. Name first, to have the users in the order of names.
session.execute("drop table if exists song_users")
session.execute("""
create table song_users (
  song varchar,
  last_name varchar,
  first_name varchar,
  user_id int,
  primary key ((song), last_name, first_name, user_id)
)
""")
insert = session.prepare("insert into song_users (song, last_name, first_name, user_id) values (?, ?, ?, ?)")
for row in plays.drop_duplicates(["song", "userId"]).itertuples():
    session.execute(insert, (row.song, row.lastName, row.firstName, row.userId))
%% code
query = session.prepare("select first_name, last_name, user_id from song_users where song = ?")
pd.DataFrame(session.execute(query, ["All Hands Against His Own"]))
%% code
cluster.shutdown()
`;

/** Joined names, values pasted into the statements (with care), another order of columns, CSV elsewhere. */
const pastedValues = python`
%% code
from cassandra.cluster import Cluster
import csv, os
%% markdown
Read the logs, keep what has an artist, write **out/plays.csv**.
%% code
rows = []
for name in os.listdir('data/raw'):
    if not name.endswith('.csv'): continue
    with open('data/raw/' + name, encoding='utf-8', newline='') as f:
        for r in csv.DictReader(f):
            if r['artist'] != '':
                rows.append(r)

names = ['sessionId', 'itemInSession', 'userId', 'firstName', 'lastName', 'gender', 'level', 'location', 'song', 'artist', 'length']
os.makedirs('out', exist_ok=True)
with open('out/plays.csv', 'w', encoding='utf-8', newline='') as f:
    w = csv.writer(f, quoting=csv.QUOTE_MINIMAL)
    w.writerow(names)
    for r in rows:
        w.writerow([r[n] for n in names])
%% code
cluster = Cluster(['172.17.0.2'], port=9042)
session = cluster.connect()
session.execute("CREATE KEYSPACE IF NOT EXISTS udsparkify WITH replication = {'class':'SimpleStrategy','replication_factor':'1'}")

def q(text):
    return "'" + text.replace("'", "''") + "'"

def create(table, body):
    session.execute(f"DROP TABLE IF EXISTS udsparkify.{table}")
    session.execute(f"CREATE TABLE udsparkify.{table} ({body})")

def insert(table, values):
    for r in rows:
        cols = ', '.join(values)
        vals = ', '.join(v(r) for v in values.values())
        session.execute(f"INSERT INTO udsparkify.{table} ({cols}) VALUES ({vals})")
%% markdown
Question one wants artist, title and length by sessionid and iteminsession; these two identify the row, the first
places it and the second sorts it.
%% code
create('songbysession', 'sessionid int, iteminsession int, artist text, song text, length double, PRIMARY KEY (sessionid, iteminsession)')
insert('songbysession', {
    'sessionid': lambda r: r['sessionId'], 'iteminsession': lambda r: r['itemInSession'],
    'artist': lambda r: q(r['artist']), 'song': lambda r: q(r['song']), 'length': lambda r: r['length']})
%% code
sessionid, iteminsession = 338, 4
for r in session.execute(f"SELECT artist, song, length FROM udsparkify.songbysession WHERE sessionid = {sessionid} AND iteminsession = {iteminsession}"):
    print(f"{r.artist}: {r.song} ({r.length} s)")
%% markdown
Question two wants artist, title and user by userid and sessionid. The session comes first in the partition key here,
which is as good; iteminsession puts the titles in order.
%% code
create('songsbysessionuser', '''
  sessionid int, userid int, iteminsession int,
  artist text, song text, firstname text, lastname text,
  PRIMARY KEY ((sessionid, userid), iteminsession)''')
insert('songsbysessionuser', {
    'sessionid': lambda r: r['sessionId'], 'userid': lambda r: r['userId'], 'iteminsession': lambda r: r['itemInSession'],
    'artist': lambda r: q(r['artist']), 'song': lambda r: q(r['song']),
    'firstname': lambda r: q(r['firstName']), 'lastname': lambda r: q(r['lastName'])})
%% code
for r in session.execute("SELECT iteminsession, artist, song, firstname, lastname FROM udsparkify.songsbysessionuser WHERE sessionid = 182 AND userid = 10"):
    print(f"{r.iteminsession}. {r.artist}: {r.song} ({r.firstname} {r.lastname})")
%% markdown
Question three wants first and last names by song. userid in the key keeps namesakes apart.
%% code
create('usersbysong', 'song text, userid int, firstname text, lastname text, PRIMARY KEY ((song), userid)')
insert('usersbysong', {
    'song': lambda r: q(r['song']), 'userid': lambda r: r['userId'],
    'firstname': lambda r: q(r['firstName']), 'lastname': lambda r: q(r['lastName'])})
%% code
title = 'All Hands Against His Own'
for r in session.execute("SELECT firstname, lastname FROM udsparkify.usersbysong WHERE song = " + q(title)):
    print(f"{r.firstname} {r.lastname}")
%% code
for table in ('songbysession', 'songsbysessionuser', 'usersbysong'):
    session.execute('DROP TABLE IF EXISTS udsparkify.' + table)
session.execute('DROP KEYSPACE udsparkify')
cluster.shutdown()
`;

/** The work is done in modules beside the notebook; the connection is a context. */
const modulesBeside = python`
%% markdown
# Sparkify with helpers
The plumbing is in \`helpers/\` and \`tables.py\`; here you read what is modelled, and why.
%% code
from cassandra.cluster import Cluster
from helpers.files import write_plays, read_plays
import tables
%% code
write_plays("event_data", "plays_merged.csv")
%% markdown
## The tables
1. **Artist, title and length of an item of a session.** Found by session and item: session is the partition, item
   the clustering key.
2. **Artist, title and user of a user's session, as heard.** Found by user and session: both are the partition, item
   the clustering key, which sorts.
3. **Users of a title.** Found by title: the partition. The clustering key is the user's id, since names are not unique.
%% code
with Cluster(["cassandra"]) as cluster, cluster.connect() as session:
    tables.create(session)
    tables.load(session, read_plays("plays_merged.csv"))
    for question, answer in tables.ask(session, session_id=338, item=4, user_id=10, visit=182, title="All Hands Against His Own"):
        print(question)
        for row in answer:
            print("   ", *row, sep="  ")
    tables.drop(session)
`;

const helpers = {
  "helpers/__init__.py": "",
  "helpers/files.py": `
import csv
import pathlib

COLUMNS = "artist firstName gender itemInSession lastName length level location sessionId song userId".split()


def write_plays(folder, target):
    """One CSV of all plays."""
    with open(target, "w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", quoting=csv.QUOTE_NONNUMERIC)
        writer.writeheader()
        for path in pathlib.Path(folder).rglob("*.csv"):
            with path.open(encoding="utf-8", newline="") as log:
                writer.writerows(row for row in csv.DictReader(log) if row["artist"])


def read_plays(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
`,
  "tables.py": `
"""The three tables."""
from cassandra.concurrent import execute_concurrent_with_args

TABLES = {
    "item_of_session": (
        "session_id int, item int, artist text, title text, length double, PRIMARY KEY ((session_id), item)",
        lambda p: (int(p["sessionId"]), int(p["itemInSession"]), p["artist"], p["song"], float(p["length"])),
    ),
    "titles_of_user_session": (
        "user_id int, session_id int, item int, artist text, title text, first_name text, last_name text,"
        " PRIMARY KEY ((user_id, session_id), item)",
        lambda p: (int(p["userId"]), int(p["sessionId"]), int(p["itemInSession"]), p["artist"], p["song"],
                   p["firstName"], p["lastName"]),
    ),
    "users_of_song": (
        "title text, user_id int, first_name text, last_name text, PRIMARY KEY ((title), user_id)",
        lambda p: (p["song"], int(p["userId"]), p["firstName"], p["lastName"]),
    ),
}


def create(session):
    session.execute(
        "CREATE KEYSPACE IF NOT EXISTS with_helpers"
        " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}"
    )
    session.set_keyspace("with_helpers")
    for table, (columns, _) in TABLES.items():
        session.execute("DROP TABLE IF EXISTS " + table)
        session.execute(f"CREATE TABLE {table} ({columns})")


def load(session, plays):
    for table, (columns, values) in TABLES.items():
        names = [part.split()[0] for part in columns.split(" PRIMARY")[0].rstrip(", ").split(", ")]
        marks = ", ".join("?" for _ in names)
        statement = session.prepare(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})")
        for success, result in execute_concurrent_with_args(session, statement, map(values, plays)):
            assert success, result


def ask(session, session_id, item, user_id, visit, title):
    yield "What was heard?", session.execute(
        "SELECT artist, title, length FROM item_of_session WHERE session_id = %(session)s AND item = %(item)s",
        {"session": session_id, "item": item})
    yield "What did the user hear?", session.execute(
        "SELECT artist, title, first_name, last_name FROM titles_of_user_session"
        " WHERE user_id = %(user)s AND session_id = %(session)s", {"user": user_id, "session": visit})
    yield "Who heard it?", session.execute(
        "SELECT first_name, last_name FROM users_of_song WHERE title = %(title)s", {"title": title})


def drop(session):
    for table in TABLES:
        session.execute("DROP TABLE " + table)
`,
};

/** Names in quotes, batches, a descending table that is asked in ascending order, the key as written in odd ways. */
const quotedNames = python`
%% markdown
# Events of the Sparkify app
The statements are collected here and run one by one.
%% code
import csv
import itertools
from pathlib import Path
from cassandra.cluster import Cluster
from cassandra.query import BatchStatement, BatchType, dict_factory

def events():
    for path in sorted(Path('event_data').iterdir()):
        if path.suffix == '.csv':
            yield from csv.DictReader(path.open(encoding='utf8', newline=''))

plays = [e for e in events() if e['page'] == 'NextSong']
fields = ['userId', 'sessionId', 'itemInSession', 'artist', 'song', 'length', 'firstName', 'lastName', 'gender', 'level', 'location']
with Path('merged.csv').open('w', encoding='utf8', newline='') as file:
    print(*fields, sep=',', file=file)
    csv.writer(file, lineterminator='\n').writerows([p[f] for f in fields] for p in plays)
%% code
cluster = Cluster(['localhost'])
session = cluster.connect()
session.row_factory = dict_factory
session.execute("""CREATE KEYSPACE IF NOT EXISTS "Sparkify"
    WITH REPLICATION = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = false""")
session.execute('USE "Sparkify"')
for table in ['"SongOfSessionItem"', '"SongsOfUserInSession"', '"UsersOfSong"']:
    session.execute('DROP TABLE IF EXISTS ' + table)
%% markdown
**First question**: artist, song and length for a session and an item. Session and item are asked for together and never
alone, so each pair is a partition of its own.
%% code
session.execute("""
CREATE TABLE "SongOfSessionItem" (
    "sessionId" int,
    "itemInSession" int, -- from 0
    "artist" text, "song" text,
    "length" double,
    PRIMARY KEY (("sessionId", "itemInSession"))
);
""")
%% code
def write(cql, values, size=20):
    statement = session.prepare(cql)
    rest = iter(plays)
    while group := list(itertools.islice(rest, size)):
        batch = BatchStatement(BatchType.UNLOGGED)
        for play in group:
            batch.add(statement, values(play))
        session.execute(batch)

write("""INSERT INTO "SongOfSessionItem" ("sessionId", "itemInSession", "artist", "song", "length")
         VALUES (?, ?, ?, ?, ?)""",
      lambda p: [int(p['sessionId']), int(p['itemInSession']), p['artist'], p['song'], float(p['length'])])
%% code
session.execute("""SELECT "artist", "song", "length" FROM "SongOfSessionItem"
                   WHERE "sessionId" = 338 AND "itemInSession" = 4;""").one()
%% markdown
**Second question**: artist, song and user for a user and a session, sorted by item. The newest item lies first on disk,
which suits other pages of the app; this query turns the order round.
%% code
session.execute("""
CREATE TABLE "SongsOfUserInSession" (
    "userId" int, "sessionId" int, "itemInSession" int,
    "artist" text, "song" text, "firstName" text, "lastName" text,
    PRIMARY KEY("userId","sessionId","itemInSession")
) WITH CLUSTERING ORDER BY ("sessionId" DESC, "itemInSession" DESC)
""")
write("""INSERT INTO "SongsOfUserInSession" ("userId", "sessionId", "itemInSession", "artist", "song", "firstName", "lastName")
         VALUES (?, ?, ?, ?, ?, ?, ?)""",
      lambda p: [int(p['userId']), int(p['sessionId']), int(p['itemInSession']), p['artist'], p['song'], p['firstName'], p['lastName']])
%% code
list(session.execute("""SELECT "artist", "song", "firstName", "lastName" FROM "SongsOfUserInSession"
                        WHERE "userId" = 10 AND "sessionId" = 182
                        ORDER BY "sessionId" ASC, "itemInSession" ASC"""))
%% markdown
**Third question**: the users of a song. Song, then user: a user who comes back to the song overwrites the own row.
%% code
session.execute("""
CREATE TABLE "UsersOfSong" ("song" text, "userId" int, "firstName" text, "lastName" text,
    primary key ( ("song") , "userId" ))
""")
write("""INSERT INTO "UsersOfSong" ("song", "userId", "firstName", "lastName") VALUES (?, ?, ?, ?)""",
      lambda p: [p['song'], int(p['userId']), p['firstName'], p['lastName']])
%% code
list(session.execute("""SELECT "firstName", "lastName" FROM "UsersOfSong" WHERE "song" = 'All Hands Against His Own'"""))
%% code
session.execute('DROP TABLE "SongOfSessionItem"')
session.execute('DROP TABLE "SongsOfUserInSession"')
session.execute('DROP TABLE "UsersOfSong"')
session.shutdown(); cluster.shutdown()
`;

/** In two numbered notebooks: the first makes the CSV, the second the rest. */
const prepareFirst = python`
%% markdown
# 1. Prepare
All logs become one file.
%% code
import csv, glob

COLUMNS = ("artist", "firstName", "gender", "itemInSession", "lastName", "length", "level", "location", "sessionId", "song", "userId")
count = 0
with open("all_plays.csv", "w", newline="", encoding="utf-8") as target:
    out = csv.writer(target)
    out.writerow(COLUMNS)
    for log in glob.glob("event_data/*-events.csv"):
        with open(log, newline="", encoding="utf-8") as source:
            for event in csv.DictReader(source):
                if event["artist"]:
                    out.writerow([event[column] for column in COLUMNS])
                    count += 1
count
`;

const modelThen = python`
%% markdown
# 2. Model, load and ask
%% code
import csv
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
cluster = Cluster(["127.0.0.1"])
s = cluster.connect()
s.execute("CREATE KEYSPACE IF NOT EXISTS numbered WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};")
s.set_keyspace("numbered")
with open("all_plays.csv", newline="", encoding="utf-8") as source:
    events = list(csv.DictReader(source))
%% markdown
The first table is for: artist, song, length; by session and item. Partition: the session. Clustering: the item.

The second: artist, song, name; by user and session, in the order of items. Partition: the user. Clustering: the
session, then the item, which sorts inside of a session.

The third: names by song. Partition: the song. Clustering: the user.
%% code
statements = """
DROP TABLE IF EXISTS song_by_session;
CREATE TABLE song_by_session (session_id int, item_in_session int, artist text, song text, length double, PRIMARY KEY ((session_id), item_in_session));
DROP TABLE IF EXISTS songs_by_user;
CREATE TABLE songs_by_user (user_id int, session_id int, item_in_session int, artist text, song text, first_name text, last_name text, PRIMARY KEY ((user_id), session_id, item_in_session));
DROP TABLE IF EXISTS users_by_song;
CREATE TABLE users_by_song (song text, user_id int, first_name text, last_name text, PRIMARY KEY ((song), user_id));
"""
for statement in statements.strip().split(";\n"):
    s.execute(statement)
%% code
insert_1 = s.prepare("INSERT INTO song_by_session (session_id, item_in_session, artist, song, length) VALUES (?, ?, ?, ?, ?)")
insert_2 = s.prepare("INSERT INTO songs_by_user (user_id, session_id, item_in_session, artist, song, first_name, last_name) VALUES (?, ?, ?, ?, ?, ?, ?)")
insert_3 = s.prepare("INSERT INTO users_by_song (song, user_id, first_name, last_name) VALUES (?, ?, ?, ?)")
number = lambda e, *names: tuple(int(e[name]) for name in names)
for insert, values in [
    (insert_1, lambda e: (*number(e, "sessionId", "itemInSession"), e["artist"], e["song"], float(e["length"]))),
    (insert_2, lambda e: (*number(e, "userId", "sessionId", "itemInSession"), e["artist"], e["song"], e["firstName"], e["lastName"])),
    (insert_3, lambda e: (e["song"], *number(e, "userId"), e["firstName"], e["lastName"])),
]:
    execute_concurrent_with_args(s, insert, [values(e) for e in events])
%% code
s.execute("SELECT count(*) FROM users_by_song").one()[0]
%% code
print(s.execute("SELECT artist, song, length FROM song_by_session WHERE session_id = 338 AND item_in_session = 4").all())
print(s.execute("SELECT artist, song, first_name, last_name FROM songs_by_user WHERE user_id = 10 AND session_id = 182 ORDER BY session_id, item_in_session").all())
print(s.execute("SELECT first_name, last_name FROM users_by_song WHERE song = 'All Hands Against His Own'").all())
%% code
s.execute("DROP KEYSPACE numbered")
cluster.shutdown()
`;

/** A learner's earlier try: it is passed over, and its loss is not seen in the grade. */
const firstTry = edited(right, [
  ["PRIMARY KEY ((song), user_id)", "PRIMARY KEY (song)"],
  [/%% code\nfor table in [\s\S]*?(?=%% code)/, ""],
]);

/** The whole program in one cell, which ends where the answer is not the one that everybody knows. */
function comparedInOneCell(): Notebook {
  const compared = edited(right, [
    [
      "    print(row.artist, row.song, row.length,",
      '    assert (row.artist, row.song) == ("Faithless", "Music Matters (Mark Knight Dub)")\n    print(row.artist, row.song, row.length,',
    ],
  ]);
  const cells = compared.text.split(/^(?=%% (?:markdown|code)\n)/m);
  const isCode = (cell: string) => cell.startsWith("%% code\n");
  const code = cells.filter(isCode).map((cell) => cell.replace("%% code\n", ""));
  const words = cells.filter((cell) => !isCode(cell));
  return { ...compared, text: `${words.join("")}%% code\n${code.join("\n")}` };
}

export const styles: Submission[] = [
  submission("every-statement-tried", everyStatementTried),
  submission("data-frames", dataFrames, { cleanup: "partial" }),
  submission("pasted-values", pastedValues),
  submission("modules-beside", modulesBeside, {}, helpers),
  submission("quoted-names", quotedNames),
  submission("compared-in-one-cell", comparedInOneCell()),
  // The helpers are beside the notebook's folder, as in a project that is installed.
  placed("modules-above", "modules-above/notebooks/sparkify.ipynb", {
    "modules-above/notebooks/sparkify.ipynb": modulesBeside,
    ...Object.fromEntries(Object.entries(helpers).map(([file, text]) => [`modules-above/${file}`, text])),
  }),
  // The kernel has a name that there is on its author's machine only.
  submission("kernel-of-conda", { ...right, kernel: "conda-env-sparkify-py" }),
  placed("two-numbered", "two-numbered", {
    "two-numbered/01-prepare.ipynb": prepareFirst,
    "two-numbered/02-model.ipynb": modelThen,
  }),
  placed("two-notebooks", "two-notebooks/last-try.ipynb", {
    "two-notebooks/first-try.ipynb": firstTry,
    "two-notebooks/last-try.ipynb": right,
  }),
  // What an editor left behind is nobody's submission.
  submission("checkpoint-beside", right, {}, { ".ipynb_checkpoints/sparkify-checkpoint.ipynb": firstTry }),
  // It brings one of the logs, of another day's state.
  submission(
    "data-shipped",
    right,
    {},
    {
      "event_data/2018-11-01-events.csv":
        "artist,auth,firstName,gender,itemInSession,lastName,length,level,location,method,page,registration,sessionId,song,status,ts,userId\n" +
        'Old Cellar,Logged In,Ida,F,0,Berg,200.5,free,"Reno, NV",PUT,NextSong,1.5E+12,338,Left Behind,200,1.54E+12,10\n',
    },
  ),
  placed("odd-folder", "Müller & Söhne's work (2)/my notebook.ipynb", {
    "Müller & Söhne's work (2)/my notebook.ipynb": right,
  }),
];
