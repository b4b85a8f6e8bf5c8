// People who write to each other, and what they follow, watch and read.

import { seededRandom } from "@sparkify/generator";
import { csv, dayAfter, jsonLines, minutesAfter, plainTime, upTo, uuid } from "./text.mjs";

const people = ["amina", "bruno", "chloé", "dmitri", "eun-ji", "fatou"];
const words = "the rain in may falls on roofs, boats and; gardens | slowly".split(" ");
const sentence = (random, length) =>
  upTo(length)
    .map(() => random.pick(words))
    .join(" ");

/** A message to several people has one id. Two that come at once have one time. */
export function inbox() {
  const random = seededRandom(1);
  const rows = upTo(60).flatMap((number) => {
    const received = minutesAfter("2026-01-05T08:00:00Z", Math.floor(number / 2) * 95);
    const message = { message_id: uuid(random), received, sender: random.pick(people) };
    const subject = number % 7 === 0 ? "" : sentence(random, 4);
    const receivers = random.shuffled(people).slice(0, random.whole(1, 3));
    return receivers.map((user) => ({ user, ...message, subject, seen: random.chance(0.4) }));
  });
  return csv(rows, { delimiter: ";" });
}

/** Ids beyond 2^53, which no double keeps. */
export function channelMessages() {
  const random = seededRandom(2);
  const rows = upTo(270).map((number) => ({
    channelId: number % 3 === 2 ? "41771983423143937" : "81384788765712384",
    messageId: (1_190_000_000_000_000_001n + BigInt(number) * 3_000_000_007n).toString(),
    // Some are sent in the same second.
    sentAt: minutesAfter("2025-10-01T06:00:00Z", Math.floor(number / 2) * 960),
    author: random.pick(people),
    body: sentence(random, 5),
  }));
  return csv(rows);
}

export function followers() {
  const random = seededRandom(3);
  const rows = people.flatMap((follower) =>
    random
      .shuffled(people.filter((other) => other !== follower))
      .slice(0, 3)
      .map((followed) => ({ follower, followed, since: dayAfter("2024-02-27", random.whole(0, 600)) })),
  );
  return csv(rows, { delimiter: "\t" });
}

/** A row for each follower of whoever posted. Two authors post in the same second. */
export function timeline() {
  const random = seededRandom(4);
  const rows = upTo(50).flatMap((number) => {
    const postedAt = minutesAfter("2026-02-01T12:00:00Z", Math.floor(number / 2) * 33);
    const author = people[(number + (number % 2) * 2) % people.length];
    const post = { tweetId: uuid(random), author, postedAt, body: sentence(random, 6) };
    const followers = random.shuffled(people.filter((other) => other !== author)).slice(0, 3);
    return followers.map((username) => ({ username, ...post }));
  });
  return jsonLines(rows);
}

export function posts() {
  const random = seededRandom(5);
  const tags = ["cassandra", "c++", "日本", "How To", "data model"];
  const rows = upTo(60).map((number) => ({
    postId: 500 + number,
    // Several on a day.
    published: dayAfter("2026-01-01", Math.floor(number / 4)),
    title: sentence(random, 4),
    tags: random.shuffled(tags).slice(0, random.whole(1, 4)),
  }));
  return jsonLines(rows);
}

export function comments() {
  const random = seededRandom(6);
  const videos = upTo(4).map(() => uuid(random));
  const users = upTo(5).map(() => uuid(random));
  const rows = upTo(120).map((number) => ({
    VideoId: random.pick(videos),
    UserId: random.pick(users),
    CommentId: uuid(random),
    Created: plainTime(minutesAfter("2026-03-01T20:00:00Z", Math.floor(number / 3) * 7)),
    Comment: sentence(random, 5),
  }));
  return csv(rows);
}

/** Who asked for which page. Some lines were written twice; a visitor comes again on the same day. */
export function pageViews() {
  const random = seededRandom(7);
  const visitors = upTo(15).map((number) => [`v${number}`, random.pick(["PT", "NG", "KR"])]);
  const rows = upTo(220).flatMap((number) => {
    const at = minutesAfter("2026-04-01T00:10:00Z", number * 26);
    const [visitor, country] = random.pick(visitors);
    const row = {
      page: random.pick(["/", "/docs", "/price list"]),
      day: at.slice(0, 10),
      visitor,
      country,
      at,
    };
    return number % 40 === 5 ? [row, row] : [row];
  });
  return csv(rows, { delimiter: "|" });
}

/** Who did what for which customer of a service. Several entries in one second. */
export function auditLog() {
  const random = seededRandom(8);
  const rows = upTo(150).map((number) => {
    const at = minutesAfter("2026-05-04T09:00:00Z", Math.floor(number / 3) * 47);
    return {
      Tenant: random.pick(["acme", "globex", "initech"]),
      Day: at.slice(0, 10),
      At: at,
      "Entry Id": uuid(random),
      Actor: random.pick(people),
      Action: random.pick(["login", "delete", "GRANT", "export"]),
      "Client IP": random.chance(0.3)
        ? `2001:db8::${random.whole(1, 9999)}`
        : `10.0.${random.whole(0, 9)}.${random.whole(1, 254)}`,
    };
  });
  return csv(rows);
}
