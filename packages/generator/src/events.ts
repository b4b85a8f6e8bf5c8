import type { Song } from "./catalogue.js";
import { month } from "./month.js";
import type { Random } from "./random.js";
import type { Level, User } from "./users.js";
import { makeVisits, type Visit } from "./visits.js";

/** One line of the logs, before it is written as text. */
export interface LogEvent {
  /** Milliseconds since 1970. */
  time: number;
  session: number;
  item: number;
  page: string;
  level: Level;
  /** Nobody while logged out. */
  user?: User;
  song?: Song;
}

/**
 * What people do besides listening, and how often in the month. A star marks a page seen while logged out.
 * Whoever logs out in the middle comes back, so that songs are only played by somebody.
 */
const detours: readonly (readonly ["start" | "middle" | "end", string, number])[] = [
  ["start", "Home", 350],
  ["start", "Login*, Home", 20],
  ["start", "Home*, Login*, Home", 20],
  ["start", "Home*, Home*, Login*, Home", 12],
  ["middle", "Home", 130],
  ["middle", "Logout, Home*, Login*, Home", 21],
  ["middle", "Logout, Home*, Home*, Login*, Home", 10],
  ["middle", "Logout, Home*, About*, Login*, Home", 6],
  ["middle", "Logout, Home*, Help*, Login*, Home", 3],
  ["middle", "Settings", 42],
  ["middle", "Settings, Settings", 2],
  ["middle", "Settings, Save Settings, Home", 10],
  ["middle", "Help", 38],
  ["middle", "About", 22],
  ["middle", "Error", 9],
  ["middle", "Downgrade", 49],
  ["middle", "Downgrade, Home", 10],
  ["middle", "Upgrade", 10],
  ["middle", "Upgrade, Home", 3],
  ["end", "Home", 31],
  ["end", "Logout, Home*", 9],
  ["end", "Logout, Home*, Home*", 27],
  ["end", "Logout, Home*, About*", 8],
  ["end", "Logout, Home*, Help*", 6],
];
const levelChange = {
  free: "Upgrade, Submit Upgrade, Home",
  paid: "Downgrade, Submit Downgrade, Home",
};
const otherLevel = { free: "paid", paid: "free" } as const;

/** The pages seen before the song of an index, or after the last one. */
type Pages = Map<number, string[]>;

/** A place for a detour: in a visit, before the song of that index. */
interface Gap {
  visit: Visit;
  before: number;
}

/** All events of the month in the order of time. */
export function makeEvents(random: Random): LogEvent[] {
  const visits = makeVisits(random);
  const pages = new Map(visits.map((visit): [Visit, Pages] => [visit, new Map()]));
  const take = ({ visit, before }: Gap, detour: string) => {
    const pagesOfVisit = pages.get(visit) as Pages;
    pagesOfVisit.set(before, [...(pagesOfVisit.get(before) ?? []), ...detour.split(", ")]);
  };

  const changes = setLevels(random, visits);
  for (const gap of changes) take(gap, levelChange[gap.visit.level]);

  // The planted visits keep their item numbers, and a visit in which the level changes has its detour.
  const taken = new Set(changes.map((gap) => gap.visit));
  const open = random.shuffled(visits.filter((visit) => !visit.planted && !taken.has(visit)));
  const gaps = {
    start: open.map((visit) => ({ visit, before: 0 })),
    middle: random.shuffled(open.flatMap(middleGaps)),
    end: random.shuffled(open).map((visit) => ({ visit, before: visit.songs.length })),
  };
  for (const [where, detour, times] of detours) {
    for (let n = 0; n < times; n++) {
      const index = gaps[where].findIndex((gap) => suits(detour, gap.visit.level));
      const [gap] = index < 0 ? [] : gaps[where].splice(index, 1);
      if (!gap) throw new Error(`No visit is left for the pages ${detour}`);
      take(gap, detour);
    }
  }

  const events = visits.flatMap((visit) => eventsOf(visit, pages.get(visit) as Pages, random));
  // The sort is stable: what happens in the same second stays in the order of the visits.
  return events.sort((a, b) => a.time - b.time);
}

/** Only those who pay are shown the way down, and only the others the way up. */
function suits(detour: string, level: Level): boolean {
  if (detour.startsWith("Downgrade")) return level === "paid";
  if (detour.startsWith("Upgrade")) return level === "free";
  return true;
}

const middleGaps = (visit: Visit): Gap[] =>
  visit.songs.slice(1).map((_, index) => ({ visit, before: index + 1 }));

/** Gives every visit its user's level at the time. Returns where the levels change. */
function setLevels(random: Random, visits: readonly Visit[]): Gap[] {
  const changes: Gap[] = [];
  for (const user of new Set(visits.map((visit) => visit.user))) {
    const own = visits.filter((visit) => visit.user === user);
    const ordinary = own.filter((visit) => !visit.planted);
    // Upgrades come early and the downgrade late: in between, people pay.
    const changing = user.levelChanges ? ordinary.at(user.level === "free" ? 0 : -1) : undefined;
    if (changing) changes.push({ visit: changing, before: random.whole(1, changing.songs.length) });
    let level = user.level;
    for (const visit of own) {
      visit.level = level;
      if (visit === changing) level = otherLevel[level];
    }
  }
  return changes;
}

function eventsOf(visit: Visit, pages: Pages, random: Random): LogEvent[] {
  const events: LogEvent[] = [];
  let { level } = visit;
  let seconds = visit.start;
  const add = (page: string, loggedIn: boolean, song?: Song) => {
    events.push({
      time: month + Math.floor(seconds) * 1000,
      session: visit.session,
      item: visit.firstItem + events.length,
      page,
      level,
      ...(loggedIn && { user: visit.user }),
      ...(song && { song }),
    });
    seconds += song ? song.length : random.whole(2, 60);
    if (page.startsWith("Submit")) level = otherLevel[level];
  };
  for (let index = 0; index <= visit.songs.length; index++) {
    for (const page of pages.get(index) ?? []) add(page.replace("*", ""), !page.endsWith("*"));
    const song = visit.songs[index];
    if (song) add("NextSong", true, song);
  }
  return events;
}
