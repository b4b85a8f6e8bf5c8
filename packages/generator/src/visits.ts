import { Catalogue, type Song } from "./catalogue.js";
import { daySeconds, days, hourWeights, longestVisit, month, playsOf } from "./month.js";
import { plantedVisits } from "./planted.js";
import { type Random, weighted } from "./random.js";
import { type Level, makeUsers, type User } from "./users.js";

/** One user's part of a session: all of it, but for the one planted session that two users share. */
export interface Visit {
  session: number;
  user: User;
  firstItem: number;
  /** Seconds since the first of November, UTC. */
  start: number;
  songs: Song[];
  planted: boolean;
  /** The level at the start. */
  level: Level;
}

/** Between two visits of a user, and room for the pages seen between songs. */
const pause = 1800;

const sessionCount = 776;
const playCount = 6820;
const firstSession = 3;
const lastSession = 1114;

const dayOf = weighted([
  1, 7, 3, 6, 9, 6, 6, 7, 9, 5, 5, 8, 9, 9, 7, 8, 4, 4, 9, 8, 8, 3, 8, 6, 3, 7, 7, 9, 7, 7,
]);
const hourOf = weighted(hourWeights);

/** Every visit of the month, in the order of their starts. */
export function makeVisits(random: Random): Visit[] {
  const users = makeUsers(random);
  const catalogue = new Catalogue(random);
  const songs = (count: number) => Array.from({ length: count }, () => catalogue.play());

  const planted = plantedVisits.map(
    (plan): Visit => ({
      session: plan.session,
      user: users.find((user) => user.id === plan.user) as User,
      firstItem: plan.firstItem ?? 0,
      start: (Date.parse(plan.start) - month) / 1000,
      songs: plan.plays.flatMap((play) => (typeof play === "number" ? songs(play) : [play])),
      planted: true,
      level: "free",
    }),
  );
  const plantedIds = new Set(planted.map((visit) => visit.session));
  const plantedPlays = planted.reduce((sum, visit) => sum + visit.songs.length, 0);

  const listeners = chooseListeners(random, users, sessionCount - plantedIds.size);
  const counts = choosePlayCounts(random, listeners, playCount - plantedPlays);
  const visits = [...planted];
  for (const [index, user] of listeners.entries()) {
    const visit: Visit = {
      session: 0,
      user,
      firstItem: 0,
      start: 0,
      songs: songs(counts[index] as number),
      planted: false,
      level: "free",
    };
    // Two visits for each day first, so that no file is empty.
    const day = index < 2 * days ? index % days : undefined;
    const others = visits.filter((other) => other.user === user);
    do {
      const hour = (day ?? dayOf(random)) * 24 + hourOf(random);
      visit.start = hour * 3600 + random.whole(0, 3599);
    } while (end(visit) > days * daySeconds || others.some((other) => overlap(visit, other)));
    visits.push(visit);
  }

  visits.sort((a, b) => a.start - b.start);
  numberSessions(random, visits, plantedIds);
  return visits;
}

const end = (visit: Visit) => visit.songs.reduce((time, song) => time + song.length, visit.start + pause);

const overlap = (a: Visit, b: Visit) => a.start < end(b) && b.start < end(a);

/** Who comes, once for each visit: everybody at least once, the eager ones far oftener. */
function chooseListeners(random: Random, users: readonly User[], count: number): User[] {
  const eager = weighted(users.map((_, rank) => 1 / (rank + 9)));
  const listeners = random.shuffled(users);
  while (listeners.length < count) listeners.push(users[eager(random)] as User);
  return listeners;
}

/** How many songs each visit has: those who pay stay longer. Together they make `total`. */
function choosePlayCounts(random: Random, listeners: readonly User[], total: number): number[] {
  const pays = (user: User) => user.level === "paid" || user.levelChanges;
  const counts = listeners.map((user) => Math.floor(playsOf[pays(user) ? "paid" : "free"](random)));
  let missing = counts.reduce((left, count) => left - count, total);
  while (missing !== 0) {
    const index = random.whole(0, counts.length - 1);
    const step = Math.sign(missing);
    const count = (counts[index] as number) + step;
    if (!pays(listeners[index] as User) || count < 1 || count > longestVisit) continue;
    counts[index] = count;
    missing -= step;
  }
  return counts;
}

/** Ids rise with time, with gaps, around the planted ones. */
function numberSessions(random: Random, visits: readonly Visit[], planted: ReadonlySet<number>): void {
  const free: number[] = [];
  for (let id = firstSession; id <= lastSession; id++) if (!planted.has(id)) free.push(id);
  const unnumbered = visits.filter((visit) => !visit.planted);
  const ids = random.shuffled(free).slice(0, unnumbered.length);
  ids.sort((a, b) => a - b);
  for (const [index, visit] of unnumbered.entries()) visit.session = ids[index] as number;
}
