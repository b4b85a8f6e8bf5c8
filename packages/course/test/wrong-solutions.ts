// Wrong solutions of the exercises that a learner may come up with, each with the point that it must fail.

import type { Point } from "@sparkify/model";
import type { Attempt } from "../src/exercises/check-exercise.js";

export interface WrongSolution extends Attempt {
  exercise: number;
  why: string;
  fails: Point;
}

const access: Point = "answers the query without filtering";
const loss: Point = "loses nothing";
const duplicates: Point = "no needless duplicates";
const order: Point = "right order";
const types: Point = "right types";
const content: Point = "right rows in right columns";
const answers: Point = "right answers";
const size: Point = "partition size";
const naming: Point = "key order and naming";

interface Model {
  table: string;
  columns: string;
  key: string;
  options?: string;
  /** What follows FROM. @default all that is given, with = */
  query?: string;
}

/** The columns that the question gives. */
function wrong(exercise: number, given: string[]) {
  return (why: string, fails: Point, { table, columns, key, options = "", query }: Model): WrongSolution => ({
    exercise,
    why,
    fails,
    create: `CREATE TABLE exercises.${table} (${columns}, PRIMARY KEY (${key})) ${options}`,
    query: `SELECT * FROM exercises.${table} ${query ?? `WHERE ${given.map((name) => `${name} = ?`).join(" AND ")}`}`,
  });
}

const users = "user_id int, first_name text, last_name text";
const play = "session_id int, item_in_session int";

const user = wrong(1, ["user_id"]);
const songs = wrong(2, ["artist"]);
const atLocation = wrong(3, ["location"]);
const ofSong = wrong(4, ["artist", "song"]);
const songBySong = wrong(5, ["artist"]);
const day = wrong(6, ["user_id", "date"]);
const between = wrong(7, ["user_id"]);
const lastTen = wrong(8, ["user_id"]);
const places = wrong(9, ["artist"]);
const longest = wrong(10, ["artist"]);
const mostPlayed = wrong(11, ["date"]);
const history = wrong(12, ["user_id"]);
const years = wrong(13, ["artist"]);
const hit = wrong(14, ["song"]);
const twoTimes = wrong(15, ["sensor"]);
const latest = wrong(16, ["sensor"]);
const often = wrong(17, ["sensor", "week"]);
const flagged = wrong(18, ["sensor", "flag"]);
const highest = wrong(19, ["sensor", "week"]);

const dayColumns = `user_id int, date text, ${play}, artist text, song text`;
const lastColumns = `user_id int, ${play}, artist text, song text`;
const placeColumns = `artist text, location text, ${users}`;
const lengthColumns = "artist text, length double, song text";
const mostColumns = "date text, plays int, song text, artist text";
const range = "WHERE user_id = ? AND date >= ? AND date <= ?";
const historyColumns = `user_id int, ${play}, first_name text STATIC, last_name text STATIC, artist text, song text`;
const yearsColumns = `artist text, date text, ${play}, song text, first_name text, last_name text`;
const hitColumns = `song text, ${users}`;
const times = "ts >= ? AND ts <= ?";
const newestFirst = "WITH CLUSTERING ORDER BY (ts DESC)";
const readingColumns = "sensor text, ts timestamp, value double, flags set<text>";
const weekColumns = "sensor text, week text, ts timestamp, value double, unit text STATIC, place text STATIC";
const flagColumns = "sensor text, flag text, ts timestamp, value double, flags set<text>";
const highestColumns = "sensor text, week text, value double, ts timestamp";
const highestFirst = "WITH CLUSTERING ORDER BY (value DESC, ts DESC)";

export const wrongSolutions: WrongSolution[] = [
  user("one row a visit", duplicates, {
    table: "users_by_id",
    columns: `${users}, gender text, location text, session_id int`,
    key: "(user_id), session_id",
  }),
  user("found by the name", access, {
    table: "users_by_name",
    columns: `last_name text, ${users.replace(", last_name text", "")}`,
    key: "(last_name), first_name",
  }),
  user("the id is a text", types, {
    table: "users_by_id",
    columns: "user_id text, first_name text, last_name text, gender text, location text",
    key: "(user_id)",
  }),
  user("a name that tells nothing", naming, {
    table: "t1",
    columns: `${users}, gender text, location text`,
    key: "(user_id)",
  }),
  user("the gender is missing", answers, {
    table: "users_by_id",
    columns: `${users}, location text`,
    key: "(user_id)",
  }),

  songs("one song an artist", loss, {
    table: "songs_by_artist",
    columns: "artist text, song text",
    key: "(artist)",
  }),
  songs("one row a play", duplicates, {
    table: "songs_by_artist",
    columns: `artist text, ${play}, song text`,
    key: "(artist), session_id, item_in_session",
  }),
  songs("partition and clustering changed round", access, {
    table: "artists_by_song",
    columns: "song text, artist text",
    key: "(song), artist",
  }),

  atLocation("namesakes become one", loss, {
    table: "users_by_location",
    columns: "location text, last_name text, first_name text, user_id int",
    key: "(location), last_name, first_name",
  }),
  atLocation("found by the user, filtered by the location", access, {
    table: "locations_by_user",
    columns: `${users}, location text`,
    key: "(user_id)",
    query: "WHERE location = ? ALLOW FILTERING",
  }),
  atLocation("the location alone", loss, {
    table: "users_by_location",
    columns: `location text, ${users}`,
    key: "(location)",
  }),

  ofSong("the title alone is asked for", access, {
    table: "listeners_by_song",
    columns: `song text, ${users}, artist text`,
    key: "(song), user_id",
    query: "WHERE song = ?",
  }),
  ofSong("one row a play", duplicates, {
    table: "listeners_by_artist_song",
    columns: `artist text, song text, ${play}, ${users}`,
    key: "(artist, song), session_id, item_in_session",
  }),
  ofSong("namesakes become one", loss, {
    table: "listeners_by_artist_song",
    columns: "artist text, song text, last_name text, first_name text, user_id int",
    key: "(artist, song), last_name, first_name",
  }),

  songBySong("artist and song are the partition key", access, {
    table: "song_listeners_by_artist",
    columns: `artist text, song text, ${users}`,
    key: "(artist, song), user_id",
  }),
  songBySong("the artist is filtered", access, {
    table: "song_listeners_by_artist",
    columns: `artist text, song text, ${users}`,
    key: "(artist, song), user_id",
    query: "WHERE artist = ? ALLOW FILTERING",
  }),
  songBySong("one listener only", answers, {
    table: "song_listeners_by_artist",
    columns: `artist text, song text, ${users}`,
    key: "(artist), song, user_id",
    query: "WHERE artist = ? LIMIT 1",
  }),

  day("each visit overwrites the one before", loss, {
    table: "plays_by_user_date",
    columns: dayColumns,
    key: "(user_id, date), item_in_session",
  }),
  day("sorted by position, then session", order, {
    table: "plays_by_user_date",
    columns: `user_id int, date text, item_in_session int, session_id int, artist text, song text`,
    key: "(user_id, date), item_in_session, session_id",
  }),
  day("the position is a text", order, {
    table: "plays_by_user_date",
    columns: dayColumns.replace("item_in_session int", "item_in_session text"),
    key: "(user_id, date), session_id, item_in_session",
  }),

  between("the day in the partition key", access, {
    table: "plays_of_user_by_date",
    columns: dayColumns,
    key: "(user_id, date), session_id, item_in_session",
    query: range,
  }),
  between("the session before the date", access, {
    table: "plays_of_user_by_date",
    columns: dayColumns,
    key: "(user_id), session_id, item_in_session, date",
    query: range,
  }),
  between("one day only", access, {
    table: "plays_of_user_by_date",
    columns: dayColumns,
    key: "(user_id), date, session_id, item_in_session",
    query: "WHERE user_id = ? AND date = ?",
  }),
  between("the last day is left out", answers, {
    table: "plays_of_user_by_date",
    columns: dayColumns,
    key: "(user_id), date, session_id, item_in_session",
    query: "WHERE user_id = ? AND date >= ? AND date < ?",
  }),
  between("one play a day", loss, {
    table: "plays_of_user_by_date",
    columns: dayColumns,
    key: "(user_id), date",
    query: range,
  }),

  lastTen("the oldest ten", order, {
    table: "last_plays_by_user",
    columns: lastColumns,
    key: "(user_id), session_id, item_in_session",
    query: "WHERE user_id = ? LIMIT 10",
  }),
  lastTen("all instead of ten", answers, {
    table: "last_plays_by_user",
    columns: lastColumns,
    key: "(user_id), session_id, item_in_session",
    options: "WITH CLUSTERING ORDER BY (session_id DESC, item_in_session DESC)",
  }),
  lastTen("only the session is descending", order, {
    table: "last_plays_by_user",
    columns: lastColumns,
    key: "(user_id), session_id, item_in_session",
    options: "WITH CLUSTERING ORDER BY (session_id DESC, item_in_session ASC)",
    query: "WHERE user_id = ? LIMIT 10",
  }),
  lastTen("one play a session", loss, {
    table: "last_plays_by_user",
    columns: lastColumns,
    key: "(user_id), session_id",
    options: "WITH CLUSTERING ORDER BY (session_id DESC)",
    query: "WHERE user_id = ? LIMIT 10",
  }),

  places("sorted by the id alone", order, {
    table: "listeners_by_artist",
    columns: `artist text, ${users}, location text`,
    key: "(artist), user_id",
  }),
  places("the location in the partition key", access, {
    table: "listeners_by_artist",
    columns: placeColumns,
    key: "(artist, location), user_id",
  }),
  places("one listener a place", loss, {
    table: "listeners_by_artist",
    columns: placeColumns,
    key: "(artist), location",
  }),
  places("one row a play", duplicates, {
    table: "listeners_by_artist",
    columns: `artist text, location text, user_id int, ${play}, first_name text, last_name text`,
    key: "(artist), location, user_id, session_id, item_in_session",
  }),

  longest("a float rounds the key", types, {
    table: "song_lengths_by_artist",
    columns: lengthColumns.replace("double", "float"),
    key: "(artist), length, song",
    options: "WITH CLUSTERING ORDER BY (length DESC, song ASC)",
  }),
  longest("sorted by title", order, {
    table: "song_lengths_by_artist",
    columns: "artist text, song text, length double",
    key: "(artist), song, length",
  }),
  longest("songs of one length become one", loss, {
    table: "song_lengths_by_artist",
    columns: lengthColumns,
    key: "(artist), length",
    options: "WITH CLUSTERING ORDER BY (length DESC)",
  }),
  longest("a whole number cuts the length", types, {
    table: "song_lengths_by_artist",
    columns: lengthColumns.replace("double", "int"),
    key: "(artist), length, song",
    options: "WITH CLUSTERING ORDER BY (length DESC, song ASC)",
  }),

  mostPlayed("the count is no part of the key", order, {
    table: "most_played_songs_by_date",
    columns: "date text, song text, artist text, plays int",
    key: "(date), song, artist",
  }),
  mostPlayed("ORDER BY a column outside of the key", access, {
    table: "most_played_songs_by_date",
    columns: "date text, song text, artist text, plays int",
    key: "(date), song, artist",
    query: "WHERE date = ? ORDER BY plays DESC",
  }),
  mostPlayed("one song for each count", loss, {
    table: "most_played_songs_by_date",
    columns: mostColumns,
    key: "(date), plays",
    options: "WITH CLUSTERING ORDER BY (plays DESC)",
  }),
  mostPlayed("the least played first", order, {
    table: "most_played_songs_by_date",
    columns: mostColumns,
    key: "(date), plays, song, artist",
  }),
  mostPlayed("two artists' songs of one title become one", loss, {
    table: "most_played_songs_by_date",
    columns: mostColumns,
    key: "(date), plays, song",
    options: "WITH CLUSTERING ORDER BY (plays DESC, song ASC)",
  }),

  history("the name in every row", size, {
    table: "history_by_user",
    columns: historyColumns.replaceAll(" STATIC", ""),
    key: "(user_id), session_id, item_in_session",
  }),
  history("the song is static, too", content, {
    table: "history_by_user",
    columns: historyColumns.replace("song text", "song text STATIC"),
    key: "(user_id), session_id, item_in_session",
  }),
  history("one play a session", loss, {
    table: "history_by_user",
    columns: historyColumns,
    key: "(user_id), session_id",
  }),
  history("without the name", answers, {
    table: "history_by_user",
    columns: `user_id int, ${play}, artist text, song text`,
    key: "(user_id), session_id, item_in_session",
  }),

  years("an artist's plays for ever", size, {
    table: "plays_by_artist",
    columns: yearsColumns,
    key: "(artist), date, session_id, item_in_session",
  }),
  years("a year of an artist", size, {
    table: "plays_by_artist_year",
    columns: `artist text, year int, ${yearsColumns.replace("artist text, ", "")}`,
    key: "(artist, year), date, session_id, item_in_session",
    query: "WHERE artist = ? AND year = ?",
  }),
  years("the month's plays of all artists", size, {
    table: "plays_by_month_artist",
    columns: `month text, ${yearsColumns}`,
    key: "(month), artist, date, session_id, item_in_session",
    query: "WHERE month = ? AND artist = ?",
  }),
  years("one play a session", loss, {
    table: "plays_by_artist_month",
    columns: `artist text, month text, ${yearsColumns.replace("artist text, ", "")}`,
    key: "(artist, month), date, session_id",
    query: "WHERE artist = ? AND month = ?",
  }),

  hit("no bucket", size, {
    table: "hit_listeners_by_song",
    columns: hitColumns,
    key: "(song), user_id",
  }),
  hit("the bucket outside of the partition key", size, {
    table: "hit_listeners_by_song",
    columns: `song text, user_mod_8 int, ${users}`,
    key: "(song), user_mod_8, user_id",
    query: "WHERE song = ? AND user_mod_8 = ?",
  }),
  ...(["date text", "dealt int"] as const).map((column) =>
    hit(`${column} as the bucket`, duplicates, {
      table: "hit_listeners_by_song",
      columns: `song text, ${column}, ${users}`,
      key: `(song, ${column.split(" ")[0]}), user_id`,
      query: `WHERE song = ? AND ${column.split(" ")[0]} = ?`,
    }),
  ),
  hit("the month as the bucket", size, {
    table: "hit_listeners_by_song",
    columns: `song text, month text, ${users}`,
    key: "(song, month), user_id",
    query: "WHERE song = ? AND month = ?",
  }),
  hit("one row a play", duplicates, {
    table: "hit_listeners_by_song",
    columns: `song text, user_mod_8 int, ${play}, ${users}`,
    key: "(song, user_mod_8), session_id, item_in_session",
    query: "WHERE song = ? AND user_mod_8 = ?",
  }),

  twoTimes("the oldest first", order, {
    table: "readings_by_sensor",
    columns: readingColumns,
    key: "(sensor), ts",
    query: `WHERE sensor = ? AND ${times}`,
  }),
  twoTimes("the time in the partition key", access, {
    table: "readings_by_sensor",
    columns: readingColumns,
    key: "(sensor, ts)",
    query: `WHERE sensor = ? AND ${times}`,
  }),
  twoTimes("the range has one end", access, {
    table: "readings_by_sensor",
    columns: readingColumns,
    key: "(sensor), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND ts >= ?",
  }),
  twoTimes("the first time is left out", answers, {
    table: "readings_by_sensor",
    columns: readingColumns,
    key: "(sensor), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND ts > ? AND ts <= ?",
  }),
  twoTimes("the flags are one text", types, {
    table: "readings_by_sensor",
    columns: readingColumns.replace("set<text>", "text"),
    key: "(sensor), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND ${times}`,
  }),
  twoTimes("a float rounds the value", types, {
    table: "readings_by_sensor",
    columns: readingColumns.replace("double", "float"),
    key: "(sensor), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND ${times}`,
  }),

  latest("the oldest one", order, {
    table: "latest_readings_by_sensor",
    columns: readingColumns,
    key: "(sensor), ts",
    query: "WHERE sensor = ? LIMIT 1",
  }),
  latest("all of them", answers, {
    table: "latest_readings_by_sensor",
    columns: readingColumns,
    key: "(sensor), ts",
    options: newestFirst,
  }),
  latest("one row a sensor, overwritten", loss, {
    table: "latest_readings_by_sensor",
    columns: readingColumns,
    key: "(sensor)",
  }),

  often("a sensor's readings for ever", size, {
    table: "frequent_readings_by_sensor",
    columns: weekColumns.replace("week text, ", ""),
    key: "(sensor), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND ${times}`,
  }),
  often("a month of a sensor", size, {
    table: "readings_by_sensor_month",
    columns: weekColumns.replace("week", "month"),
    key: "(sensor, month), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND month = ? AND ${times}`,
  }),
  often("unit and place in every row", size, {
    table: "readings_by_sensor_week",
    columns: weekColumns.replaceAll(" STATIC", ""),
    key: "(sensor, week), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND week = ? AND ${times}`,
  }),
  often("the week outside of the partition key", size, {
    table: "readings_by_sensor_week",
    columns: weekColumns,
    key: "(sensor), week, ts",
    options: "WITH CLUSTERING ORDER BY (week DESC, ts DESC)",
    query: `WHERE sensor = ? AND week = ? AND ${times}`,
  }),
  often("one unit for all sensors of a week", content, {
    table: "readings_by_week_sensor",
    columns: `week text, ${weekColumns.replace("week text, ", "")}`,
    key: "(week), sensor, ts",
    options: "WITH CLUSTERING ORDER BY (sensor ASC, ts DESC)",
    query: `WHERE week = ? AND sensor = ? AND ${times}`,
  }),
  often("the value is static, too", content, {
    table: "readings_by_sensor_week",
    columns: weekColumns.replace("value double", "value double STATIC"),
    key: "(sensor, week), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND week = ? AND ${times}`,
  }),

  flagged("one flag a reading", loss, {
    table: "readings_by_sensor_flag",
    columns: flagColumns,
    key: "(sensor), ts",
    options: newestFirst,
    query: "WHERE sensor = ?",
  }),
  flagged("the set is filtered", access, {
    table: "readings_by_sensor_flag",
    columns: readingColumns,
    key: "(sensor), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND flags CONTAINS ? ALLOW FILTERING",
  }),
  flagged("the set is looked into", access, {
    table: "readings_by_sensor_flag",
    columns: readingColumns,
    key: "(sensor), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND flags CONTAINS ?",
  }),
  flagged("all flags of a reading as the key", access, {
    table: "readings_by_sensor_flag",
    columns: readingColumns.replace("set<text>", "frozen<set<text>>"),
    key: "(sensor, flags), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND flags = ?",
  }),
  flagged("the flag that was asked for alone", answers, {
    table: "readings_by_sensor_flag",
    columns: flagColumns.replace(", flags set<text>", ""),
    key: "(sensor, flag), ts",
    options: newestFirst,
  }),
  flagged("the flags are one text", types, {
    table: "readings_by_sensor_flag",
    columns: flagColumns.replace("set<text>", "text"),
    key: "(sensor, flag), ts",
    options: newestFirst,
  }),

  highest("one reading for each value", loss, {
    table: "highest_readings_by_sensor_week",
    columns: highestColumns,
    key: "(sensor, week), value",
    options: "WITH CLUSTERING ORDER BY (value DESC)",
    query: "WHERE sensor = ? AND week = ? LIMIT 10",
  }),
  highest("the newest in place of the highest", order, {
    table: "highest_readings_by_sensor_week",
    columns: highestColumns,
    key: "(sensor, week), ts",
    options: newestFirst,
    query: "WHERE sensor = ? AND week = ? LIMIT 10",
  }),
  highest("two times, and rows that are sorted by time", order, {
    table: "highest_readings_by_sensor",
    columns: highestColumns.replace("week text, ", ""),
    key: "(sensor), ts",
    options: newestFirst,
    query: `WHERE sensor = ? AND ${times} LIMIT 10`,
  }),
  highest("two times, and rows that are sorted by value", access, {
    table: "highest_readings_by_sensor",
    columns: highestColumns.replace("week text, ", ""),
    key: "(sensor), value, ts",
    options: highestFirst,
    query: `WHERE sensor = ? AND ${times} LIMIT 10`,
  }),
  highest("ORDER BY a column outside of the key", access, {
    table: "highest_readings_by_sensor_week",
    columns: highestColumns,
    key: "(sensor, week), ts",
    query: "WHERE sensor = ? AND week = ? ORDER BY value DESC LIMIT 10",
  }),
  highest("the lowest first", order, {
    table: "highest_readings_by_sensor_week",
    columns: highestColumns,
    key: "(sensor, week), value, ts",
    query: "WHERE sensor = ? AND week = ? LIMIT 10",
  }),
  highest("all instead of ten", answers, {
    table: "highest_readings_by_sensor_week",
    columns: highestColumns,
    key: "(sensor, week), value, ts",
    options: highestFirst,
  }),
];
