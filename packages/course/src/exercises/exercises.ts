// The exercises of notebooks/exercises: new questions over the same events. The prompts are in the notebooks.

import { lastByKey, type RawPlay } from "@sparkify/lib";
import type { JudgeOptions, Point, Question, RawRow } from "@sparkify/model";

export interface Exercise {
  title: string;
  points: number;
  question: Question;
  /** The raw rows, made of the song plays. @default the song plays as they are */
  rows?: (plays: RawPlay[]) => RawRow[];
  /** How much more there will be one day. */
  growth?: (plays: RawPlay[]) => JudgeOptions;
  /** Where to look, for points that need more than the usual hint. */
  hints?: Partial<Record<Point, string>>;
}

/** What helps to think, and gives no key away. */
export const usualHints: Record<Point, string> = {
  "answers the query without filtering":
    "Which values does the question give? The query compares each of them with = and a marker, ?, and the whole partition key is among them.",
  "loses nothing":
    "Two different things have the same primary key, so the second took the place of the first. What tells the two rows apart?",
  "no needless duplicates":
    "One thing stands there twice. Which column of the primary key makes two of it, and does the question need that column there?",
  "right order":
    "Rows lie in the order of the clustering columns, each up or down, as its type sorts. In which order does the question want them?",
  "right types": "Look at the values in the raw rows: which type keeps each of them as it is?",
  "right rows in right columns": "Name each column as the raw column is called: session_id for sessionId.",
  "right answers":
    "Read again what the question asks for, and how many rows. What did the key or the SELECT do to them?",
  "partition size": "Which partition grows for ever? What else does the question give that could split it?",
  "key order and naming":
    "A name says what the table gives and by what it is found. Columns of the key come first in the CREATE TABLE, and everywhere in the key's order.",
};

const plainPlay = ["sessionId", "itemInSession"];

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
      text: "id and name of every user who lives at a location",
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
    hints: {
      "loses nothing": "Some titles belong to songs of several artists. And what tells two listeners apart?",
    },
  },
  {
    title: "Paying users of a location",
    points: 1,
    question: {
      text: "id and name of every user of a level (free or paid) at a location",
      given: ["level", "location"],
      each: ["userId"],
      answer: ["userId", "firstName", "lastName"],
      facts: "users of a level",
    },
    hints: { "loses nothing": "A user may have paid at first, and not any more. And are there namesakes?" },
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
    hints: { "loses nothing": "Does a user visit only once a day? Where does each visit's counting begin?" },
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
    rows: (plays) =>
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
    rows: (plays) =>
      grouped(plays, ["date", "song", "artist"]).map((group) => {
        const [{ date, song, artist }] = group;
        return { date, song, artist, plays: group.length };
      }),
    hints: {
      "answers the query without filtering":
        "ORDER BY can only turn the order that the rows lie in. What is given, and what is it that rows are sorted by?",
      "loses nothing":
        "On a day many songs are played equally often, and two artists may have songs of one title.",
    },
  },
  {
    title: "Sessions that cross midnight",
    points: 3,
    question: {
      text: "sessions that began on a day and ended on the next: session, user's id and name",
      given: ["date", "ends"],
      each: ["sessionId", "userId"],
      answer: ["sessionId", "userId", "firstName", "lastName"],
      facts: "sessions",
    },
    rows: (plays) =>
      grouped(plays, ["userId", "sessionId"]).map((group) => {
        const [{ sessionId, userId, firstName, lastName }] = group;
        const dates = group.map((play) => play.date).sort();
        const ends = dates[0] === dates.at(-1) ? "same day" : "next day";
        return { date: dates[0], ends, sessionId, userId, firstName, lastName };
      }),
    growth: () => ({ growth: 300 }),
    hints: {
      "answers the query without filtering":
        "Both the day and how the session ends are given. Can both lead to the partition, so that nothing has to be filtered?",
      "partition size":
        "Most sessions end on the same day, for years to come. Do they all lie in one partition?",
    },
  },
  {
    title: "An artist's month, for years",
    points: 3,
    question: {
      text: "all plays of an artist in a month: song and user's name, in the order of date, session and position",
      given: ["artist", "month"],
      each: ["date", ...plainPlay],
      order: ["date", ...plainPlay],
      answer: ["song", "firstName", "lastName"],
      facts: "plays",
    },
    rows: inMonths,
    growth: (plays) => ({ growth: 100, grown: twoYears(inMonths(plays)) }),
    hints: {
      "loses nothing": "A play is told by its date, its session and its position, and every play counts.",
      "partition size":
        "In two years' time, what does one partition hold: one artist's month, or much more than that?",
    },
  },
  {
    title: "A hit",
    points: 3,
    question: {
      text: "the listeners of a song in a bucket: user's id and name",
      given: ["song", "bucket"],
      each: ["userId"],
      answer: ["userId", "firstName", "lastName"],
      facts: "listeners",
    },
    rows: inBuckets,
    growth: (plays) => ({ growth: 100, grown: aThousandListeners(inBuckets(plays)) }),
    hints: {
      "partition size": "A hundred thousand users will listen to one song. What is the bucket there for?",
    },
  },
];

type Some<Row> = [Row, ...Row[]];

/** The rows that share the values of some columns, group by group. */
function grouped<Play extends RawPlay>(plays: Play[], columns: (keyof Play)[]): Some<Play>[] {
  const groups = new Map<string, Some<Play>>();
  for (const play of plays) {
    const key = JSON.stringify(columns.map((column) => play[column]));
    const group = groups.get(key);
    if (group) group.push(play);
    else groups.set(key, [play]);
  }
  return [...groups.values()];
}

type MonthlyPlay = RawPlay & { month: string };

function inMonths(plays: RawPlay[]): MonthlyPlay[] {
  return plays.map((play) => ({ month: play.date.slice(0, 7), ...play }));
}

/** A month's plays; those of the most played artist come again in each of 23 more months. */
function twoYears(plays: MonthlyPlay[]): MonthlyPlay[] {
  const favourite: MonthlyPlay[] = most(plays, "artist");
  const months = Array.from({ length: 23 }, (_, index) =>
    new Date(Date.UTC(2018, 11 + index)).toISOString().slice(0, 7),
  );
  return [...plays, ...months.flatMap((month) => favourite.map((play) => ({ ...play, month })))];
}

const buckets = 8;

type BucketPlay = RawPlay & { bucket: number };

function inBuckets(plays: RawPlay[]): BucketPlay[] {
  return plays.map((play) => ({ bucket: play.userId % buckets, ...play }));
}

/** The plays, and a thousand more users who listen to the most played song. */
function aThousandListeners(plays: BucketPlay[]): BucketPlay[] {
  const hit = most(plays, "song").slice(0, 1) as BucketPlay[];
  const users = Array.from({ length: 1000 }, (_, index) => 1_000_000 + index);
  return [
    ...plays,
    ...users.flatMap((userId) => hit.map((play) => ({ ...play, userId, bucket: userId % buckets }))),
  ];
}

/** The plays of the artist or the song that is played most. */
function most<Play extends RawPlay>(plays: Play[], column: "artist" | "song"): Some<Play> | [] {
  const groups = grouped(plays, [column]);
  return groups.reduce<Some<Play> | []>((most, group) => (group.length > most.length ? group : most), []);
}
