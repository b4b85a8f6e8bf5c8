// The exercises of notebooks/exercises: new questions over the same events, and over the readings of sensors. The prompts
// are in the notebooks.

import { grouped } from "@sparkify/base/grouped";
import { lastByKey, type RawPlay } from "@sparkify/lib";
import type { JudgeOptions, Point, Question, RawRow } from "@sparkify/model";
import { flagByFlag, inSpans, type RawReading } from "./readings.js";

/** What raw rows are made of. */
export interface Sources {
  /** The song plays of the logs. */
  plays: RawPlay[];
  /** The readings of models/sensors. */
  readings: RawReading[];
}

export interface Exercise {
  title: string;
  points: number;
  question: Question;
  /** The raw rows. @default the song plays as they are */
  rows?: (sources: Sources) => RawRow[];
  /** How much more there will be one day. */
  growth?: (sources: Sources) => JudgeOptions;
  /** Raw columns that may split an answer that grows too large: those that the learner's query asks for do. */
  mayPart?: string[];
  /** The number of the exercise whose table must answer this one too. @default a table of its own */
  tableOf?: number;
  /** Where to look, for points that need more than the usual hint. */
  hints?: Partial<Record<Point, string>>;
}

/** What helps to think, and gives no key away. Where two rows collide they stand below the hint. */
export const usualHints: Record<Point, string> = {
  "answers the query without filtering":
    "Which values does the question give? The query compares each of them with a marker, ?, and the whole partition key is among them.",
  "loses nothing":
    "The two rows below have one primary key, so the second took the place of the first. In which columns do they differ?",
  "no needless duplicates":
    "The two rows below are one thing to the question, and two rows of the table. In which column of the primary key do they differ?",
  "right order":
    "Rows lie in the order of the clustering columns, each up or down, as its type sorts. In which order does the question want them?",
  "right types": "Look at the values in the raw rows: which type keeps each of them as it is?",
  "right rows in right columns":
    "The rows below are not what the raw rows say. Name each column as the raw column is called: session_id for sessionId.",
  "right answers":
    "Put what you got beside what was expected, below: which rows are missing, too many, or at another place? Is it the key or the SELECT that does it?",
  "partition size": "Which partition grows for ever? What could its key hold as well?",
  "key order and naming":
    "A name says what the table gives and by what it is found. Columns of the key come first in the CREATE TABLE, and everywhere in the key's order.",
};

const plainPlay = ["sessionId", "itemInSession"];
/** Of the questions over readings. */
const ofReadings = { event: ["sensor", "ts"], facts: "readings" };

/** In the order of the notebooks. The first one has the number 1. */
export const exercises: Exercise[] = [
  {
    title: "A user",
    points: 1,
    question: {
      text: "name, gender and location of a user",
      given: ["userId"],
      each: [],
      answer: ["firstName", "lastName", "gender", "location"],
      facts: "users",
    },
  },
  {
    title: "The songs of an artist",
    points: 1,
    question: {
      text: "every song title of an artist, once",
      given: ["artist"],
      each: ["song"],
      answer: ["song"],
      facts: "songs",
    },
  },
  {
    title: "The users of a location",
    points: 1,
    question: {
      text: "id and name of every user who listened at a location",
      given: ["location"],
      each: ["userId"],
      answer: ["userId", "firstName", "lastName"],
      facts: "users",
    },
  },
  {
    title: "The listeners of an artist's song",
    points: 1,
    question: {
      text: "id and name of every user who listened to a song of an artist",
      given: ["artist", "song"],
      each: ["userId"],
      answer: ["userId", "firstName", "lastName"],
      facts: "listeners",
    },
  },
  {
    title: "An artist's listeners, song by song",
    points: 1,
    tableOf: 4,
    question: {
      text: "every listener of every song of an artist: title, user's id and name; in the order of title and id",
      given: ["artist"],
      each: ["song", "userId"],
      order: ["song", "userId"],
      answer: ["song", "userId", "firstName", "lastName"],
      facts: "listeners of a song",
    },
    hints: {
      "answers the query without filtering":
        "Exercise 4 has more than one right key. Is there one that is right for this question as well?",
    },
  },
  {
    title: "A user's day",
    points: 2,
    question: {
      text: "artist and song that a user played on a day, in the order of session and position",
      given: ["userId", "date"],
      each: plainPlay,
      order: plainPlay,
      answer: ["artist", "song"],
      facts: "plays",
    },
  },
  {
    title: "A user's plays between two dates",
    points: 2,
    question: {
      text: "date, artist and song of a user's plays between two dates, both included; in the order of date, session and position",
      given: ["userId"],
      between: "date",
      each: ["date", ...plainPlay],
      order: ["date", ...plainPlay],
      answer: ["date", "artist", "song"],
      facts: "plays",
    },
    hints: {
      "answers the query without filtering":
        "What is given as a range is no single value, so nothing can be hashed from it. By what must the rows of a partition be sorted, so that a range of them lies in one piece?",
    },
  },
  {
    title: "A user's last ten plays",
    points: 2,
    question: {
      text: "artist and song of a user's last ten plays, the newest first",
      given: ["userId"],
      each: plainPlay,
      order: ["sessionId desc", "itemInSession desc"],
      answer: ["artist", "song"],
      limit: 10,
      facts: "plays",
    },
    hints: {
      "right answers": "How many rows were asked for, and at which end of the partition do they lie?",
    },
  },
  {
    title: "An artist's listeners, place by place",
    points: 2,
    question: {
      text: "every listener of an artist: location, user's id and name; in the order of location and id",
      given: ["artist"],
      each: ["location", "userId"],
      order: ["location", "userId"],
      answer: ["location", "userId", "firstName", "lastName"],
      facts: "listeners of an artist",
    },
    hints: {
      "answers the query without filtering":
        "Only the artist is given. What the rows are sorted by is not, so it cannot decide in which partition they lie.",
    },
  },
  {
    title: "An artist's songs, the longest first",
    points: 2,
    question: {
      text: "song titles and lengths of an artist, the longest first; equally long ones by title",
      given: ["artist"],
      each: ["song", "length"],
      order: ["length desc", "song"],
      answer: ["song", "length"],
      facts: "songs",
    },
    rows: ({ plays }) =>
      lastByKey(
        plays.map(({ artist, song, length }) => ({ artist, song, length })),
        ["artist", "song", "length"],
      ),
  },
  {
    title: "The most played songs of a day",
    points: 3,
    question: {
      text: "songs of a day with artist and number of plays, the most played first; equals by title, then artist",
      given: ["date"],
      each: ["song", "artist"],
      order: ["plays desc", "song", "artist"],
      answer: ["song", "artist", "plays"],
      facts: "songs of a day",
    },
    rows: ({ plays }) =>
      groupsBy(plays, ["date", "song", "artist"]).map((group) => {
        const [{ date, song, artist }] = group;
        return { date, song, artist, plays: group.length };
      }),
    hints: {
      "answers the query without filtering":
        "ORDER BY can only turn the order that the rows lie in. What is given, and what is it that rows are sorted by?",
    },
  },
  {
    title: "A user's history under one name",
    points: 3,
    question: {
      text: "a user's name, and artist and song of every play, in the order of session and position",
      given: ["userId"],
      each: plainPlay,
      order: plainPlay,
      answer: ["firstName", "lastName", "artist", "song"],
      facts: "plays",
    },
    rows: ({ plays }) => withLastNames(plays),
    growth: ({ plays }) => ({ growth: timesToReach(35_000, groupsBy(plays, ["userId"])) }),
    hints: {
      "partition size": "How often does the name stand in the partition, and how often does it differ there?",
      "right rows in right columns": "Which of the columns are the same in every row of a partition?",
    },
  },
  {
    title: "An artist's plays, for years",
    points: 3,
    question: {
      text: "all plays of an artist: song and user's name, in the order of date, session and position",
      given: ["artist"],
      each: ["date", ...plainPlay],
      order: ["date", ...plainPlay],
      answer: ["song", "firstName", "lastName"],
      facts: "plays",
    },
    mayPart: ["year", "month", "date"],
    rows: ({ plays }) => inTime(plays),
    growth: ({ plays }) => ({
      growth: timesToReach(7000, groupsBy(inTime(plays), ["artist", "month"])),
      grown: inTime(twoMoreYears(plays)),
    }),
    hints: {
      "partition size": "What makes the partition named above stop growing, and how much is in it by then?",
    },
  },
  {
    title: "A hit",
    points: 3,
    question: {
      text: "id and name of every listener of a song, each once",
      given: ["song"],
      each: ["userId"],
      answer: ["userId", "firstName", "lastName"],
      facts: "listeners",
    },
    mayPart: ["date", "month", "dealt", "userMod8"],
    rows: ({ plays }) => inBuckets(plays),
    growth: ({ plays }) => ({ growth: 100, grown: inBuckets(aThousandListeners(plays)) }),
    hints: {
      "partition size":
        "A hundred thousand users listen to one song, many of them on the day it comes out. Which of the columns deals them out evenly?",
    },
  },
  {
    title: "A sensor between two times",
    points: 2,
    question: {
      ...ofReadings,
      text: "time, value and all flags of a sensor's readings between two times, both included; the newest first",
      given: ["sensor"],
      between: "ts",
      each: ["ts"],
      order: ["ts desc"],
      answer: ["ts", "value", "flags"],
    },
    rows: ({ readings }) => readings,
    hints: {
      "answers the query without filtering":
        "Which column is given as one value, and which as a range? A range needs its rows side by side, and the query needs both of its ends.",
      "right order": "A column that sorts the rows can do it upwards or downwards. Where do the newest lie?",
      "right types":
        "A value has fractions, and they must come back as they were. Of flags there are several: which type holds more than one text?",
    },
  },
  {
    title: "The latest reading of a sensor",
    points: 1,
    tableOf: 15,
    question: {
      ...ofReadings,
      text: "time and value of a sensor's latest reading",
      given: ["sensor"],
      each: ["ts"],
      order: ["ts desc"],
      limit: 1,
      answer: ["ts", "value"],
    },
    rows: ({ readings }) => readings,
    hints: {
      "right order":
        "The answer is the first row that Cassandra comes to. Which end of the partition is that?",
      "right answers": "One reading was asked for, the newest: how many came, and from which end?",
    },
  },
  {
    title: "A sensor that reads every 15 seconds",
    points: 3,
    question: {
      ...ofReadings,
      text: "time, value, unit and place of a sensor's readings between two times, the newest first",
      given: ["sensor"],
      between: "ts",
      each: ["ts"],
      order: ["ts desc"],
      answer: ["ts", "value", "unit", "place"],
    },
    mayPart: ["day", "week", "month"],
    rows: ({ readings }) => inSpans(readings),
    growth: () => ({ growth: halfHourIn15Seconds }),
    hints: {
      "answers the query without filtering":
        "The whole partition key is given with =, and both ends of the range as well. Does the query do so?",
      "partition size":
        "What ends the partition named above, and how many readings are in it by then? And which of its values are the same in all of them?",
      "right rows in right columns":
        "A static column has one value for a whole partition. Which columns are the same in all rows that share one of yours?",
    },
  },
  {
    title: "The readings with a flag",
    points: 2,
    question: {
      ...ofReadings,
      text: "time, value and all flags of a sensor's readings that have a given flag, the newest first",
      given: ["sensor", "flag"],
      each: ["ts"],
      order: ["ts desc"],
      answer: ["ts", "value", "flags"],
      event: ["sensor", "flag", "ts"],
      facts: "flags of readings",
    },
    rows: ({ readings }) => flagByFlag(readings),
    hints: {
      "answers the query without filtering":
        "To look into a set Cassandra must read every row. Which raw column holds the one flag that is given?",
      "loses nothing":
        "The two rows below have one primary key, so the second took the place of the first. A reading with two flags must be found by either.",
      "right types": "A reading has any number of flags, each of them once. Which type is made for that?",
    },
  },
  {
    title: "The highest readings",
    points: 3,
    question: {
      ...ofReadings,
      text: "value and time of a sensor's ten highest readings of a week, the highest first; of equal ones the newest",
      given: ["sensor", "week"],
      each: ["ts"],
      order: ["value desc", "ts desc"],
      limit: 10,
      answer: ["value", "ts"],
    },
    // What could not be read is in no place of such an order.
    rows: ({ readings }) =>
      inSpans(readings)
        .filter(({ value }) => value !== null)
        .map(({ sensor, week, ts, value }) => ({ sensor, week, ts, value })),
    hints: {
      "answers the query without filtering":
        "Two times are one piece of a partition only where time sorts it, and ORDER BY can only turn the order that the rows lie in. What does the app give in place of two times?",
      "right order":
        "A partition has one order. Which one lets Cassandra stop after ten rows, and what takes the place of the other?",
    },
  },
];

/** How many times the readings there are of a sensor that reads every 15 seconds in place of every half hour. */
const halfHourIn15Seconds = (30 * 60) / 15;

/** The rows that share the values of some columns, group by group. */
const groupsBy = <Play extends RawPlay>(plays: Play[], columns: (keyof Play)[]) => [
  ...grouped(plays, (play) => JSON.stringify(columns.map((column) => play[column]))).values(),
];

/** How many times the plays there must be, until the largest group has so many rows. */
const timesToReach = (rows: number, groups: RawPlay[][]) =>
  Math.max(1, Math.floor(rows / Math.max(1, ...groups.map(({ length }) => length))));

/** A user's name is the one of the last play, in all plays: it is a fact of the user. */
function withLastNames(plays: RawPlay[]): RawPlay[] {
  const last = new Map(plays.map((play) => [play.userId, play]));
  return plays.map((play) => {
    const { firstName, lastName } = last.get(play.userId) ?? play;
    return { ...play, firstName, lastName };
  });
}

function inTime(plays: RawPlay[]): (RawPlay & { year: number; month: string })[] {
  return plays.map((play) => ({
    year: Number(play.date.slice(0, 4)),
    month: play.date.slice(0, 7),
    ...play,
  }));
}

/** The plays; those of the most played artist come again in each of 24 more months, two whole years. */
function twoMoreYears(plays: RawPlay[]): RawPlay[] {
  const favourite = most(plays, "artist");
  const months = Array.from({ length: 24 }, (_, index) =>
    new Date(Date.UTC(2019, index)).toISOString().slice(0, 7),
  );
  // Every month has a 28th day.
  const day = ({ date }: RawPlay) => String(Math.min(28, Number(date.slice(8)))).padStart(2, "0");
  return [
    ...plays,
    ...months.flatMap((month) => favourite.map((play) => ({ ...play, date: `${month}-${day(play)}` }))),
  ];
}

const buckets = 8;

function inBuckets(plays: RawPlay[]): RawRow[] {
  return plays.map((play, index) => ({
    month: play.date.slice(0, 7),
    dealt: index % buckets,
    userMod8: play.userId % buckets,
    ...play,
  }));
}

/** The plays, and a thousand more users who listen to the most played song, on the day of its first play. */
function aThousandListeners(plays: RawPlay[]): RawPlay[] {
  const users = Array.from({ length: 1000 }, (_, index) => 1_000_000 + index);
  const hit = most(plays, "song").slice(0, 1);
  return [...plays, ...users.flatMap((userId) => hit.map((play) => ({ ...play, userId })))];
}

/** The plays of the artist or the song that is played most. */
function most(plays: RawPlay[], column: "artist" | "song"): RawPlay[] {
  return groupsBy(plays, [column]).reduce<RawPlay[]>(
    (most, group) => (group.length > most.length ? group : most),
    [],
  );
}
