// A catalogue of millions of songs that takes no memory: each is worked out from its place in the charts.

import { songLength } from "../month.js";
import { garble, lists, nameMiddles } from "../names.js";
import type { Random } from "../random.js";

export interface Song {
  artist: string;
  title: string;
  /** Seconds, as the logs write them. */
  length: string;
}

const titlesInAll = 1 << 24;
/** Places at the top that are equally popular; without this the first song would have every twentieth play. */
const topPlaces = 16;
const songsOfOneArtist = 4;

const otherScripts = [
  "Βροχή στο πατάρι",
  "Семь чайников",
  "火曜日の傘立て",
  "نافذة المطر",
  "Umbrella ☔ Weather 🌙",
];

/**
 * Draws places as people choose songs, in the manner of Zipf: the nth song has about 1/n of the plays. Each
 * doubling of the place (16 to 31, 32 to 63, ...) is asked for equally often. With as many songs as plays, one play
 * in six is of a song that nobody else hears.
 */
export function songPlaces(plays: number): (random: Random) => number {
  const last = Math.max(plays, 2 * topPlaces);
  let doublings = 0;
  while (topPlaces << (doublings + 1) <= last) doublings++;
  return (random) => {
    const from = topPlaces << random.whole(0, doublings - 1);
    return from + random.whole(0, from - 1) - topPlaces;
  };
}

/** The song at a place of the charts: always the same one. */
export function songAt(place: number): Song {
  // Multiplying by an odd number leads every place to a number of its own, far from its neighbours'.
  let digits = Math.imul(place + 1, 0x9e3779b1) & (titlesInAll - 1);
  const pick = (list: readonly string[]) => {
    const word = list[digits % list.length] as string;
    digits = Math.floor(digits / list.length);
    return word;
  };
  // 30 * 40 * 24 * 6 * 18 * 6 different titles: more than places.
  const adjective = pick(lists.adjectives);
  const noun = pick(lists.nouns);
  const name = pick(lists.starts) + pick(nameMiddles) + pick(lists.ends);
  const plain = [
    `${adjective} ${noun} for ${name}`,
    `${name} and the ${adjective} ${noun}`,
    `The ${noun} of ${name} (${adjective} Version)`,
    `Don't Paint ${name}'s ${adjective} ${noun}`,
    `From the ${noun} to ${name}, ${adjective}`,
    `${adjective} ${noun} at ${name}`,
  ][digits % 6] as string;
  const scatter = Math.imul(place ^ 0x5bf03635, 0x85ebca6b) >>> 0;
  return {
    artist: artistAt(Math.floor(place / songsOfOneArtist)),
    title: decorated(plain, scatter),
    length: lengthAt(scatter),
  };
}

/** Some titles have what CSV files are broken by. */
function decorated(title: string, scatter: number): string {
  if (scatter % 300 === 1) return title.replace(/(\w+)$/, '"$1"');
  if (scatter % 300 === 2) return `12" ${title}`;
  if (scatter % 60 === 3) return `${title}, Part ${1 + (scatter % 4)}`;
  if (scatter % 120 === 4) return `${otherScripts[scatter % otherScripts.length]} ${title}`;
  if (scatter % 40 === 5) return `${garble("Drömmen på läktaren")} ${title}`;
  return title;
}

function lengthAt(scatter: number): string {
  const seconds = songLength({ next: () => scatter / 4294967296 } as Random);
  return String(Math.round(seconds * 1e5) / 1e5);
}

function artistAt(place: number): string {
  let digits = Math.imul(place + 1, 0x85ebca77) >>> 0;
  const pick = (list: readonly string[]) => {
    const word = list[digits % list.length] as string;
    digits = Math.floor(digits / list.length);
    return word;
  };
  const kind = pick(["solo", "solo", "solo", "band", "guests", "DJ", "accents"]);
  const name = pick(lists.starts) + pick(nameMiddles) + pick(lists.ends);
  if (kind === "band") return `The ${name} ${pick(lists.groups)}`;
  if (kind === "guests")
    return `${pick(lists.stage)} ${name}, ${pick(lists.stage)} & The ${pick(lists.adjectives)}s`;
  if (kind === "DJ") return `DJ ${name}`;
  if (kind === "accents" && digits % 4 === 0) return garble(`${pick(lists.accentedStage)} ${name}`);
  return `${pick(lists.stage)} ${name}`;
}
