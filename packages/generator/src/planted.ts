import type { Song } from "./catalogue.js";
import { garble, type Person } from "./names.js";

// The cases the lessons ask for by name. Everything else in the files comes from chance.

export interface PlantedUser {
  id: number;
  /** Place among all users, the most eager first; must ascend in the list below. */
  rank: number;
  person: Person;
}

export const plantedUsers: readonly PlantedUser[] = [
  { id: 80, rank: 1, person: { firstName: "Tegan", lastName: "Levine", gender: "F" } },
  { id: 29, rank: 5, person: { firstName: "Jacqueline", lastName: "Lynch", gender: "F" } },
  // Two people of one name: a key made of first and last name takes them for one.
  { id: 50, rank: 8, person: { firstName: "Ava", lastName: "Robinson", gender: "F" } },
  { id: 95, rank: 13, person: { firstName: "Sara", lastName: "Johnson", gender: "F" } },
  { id: 10, rank: 15, person: { firstName: "Sylvie", lastName: "Cruz", gender: "F" } },
  { id: 13, rank: 66, person: { firstName: "Ava", lastName: "Robinson", gender: "F" } },
];

export interface PlantedVisit {
  session: number;
  user: number;
  /** UTC. */
  start: string;
  /** The itemInSession of the first play; 0 unless said. */
  firstItem?: number;
  /** The plays in order; a number stands for that many songs left to chance. */
  plays: readonly (Song | number)[];
}

const song = (artist: string, title: string, length: number): Song => ({ artist, title, length });

const musicMatters = song("Faithless", "Music Matters (Mark Knight Dub)", 495.3073);
const allHands = song("The Black Keys", "All Hands Against His Own", 203.48817);
const windowSeat = song("The Ostermoor Trio", "Window Seat, Westbound", 187.90313);
const revolvingDoor = song("Clementine Quarwick", "Twice Through the Revolving Door", 221.07751);
const passItOn = song("Gus Fenholt", "Pass the Headphones", 242.63918);
const lowTideOne = song("Talorn Ekdal", "Lanterns at Low Water", 263.28446);
const lowTideTwo = song("The Pellerworth Sisters", "Lanterns at Low Water", 198.50735);

const scripts = {
  greek: song("Οι Χάρτινοι Φάροι", "Βροχή στο πατάρι", 231.90486),
  russian: song("Войлочный Трамвай", "Семь чайников", 204.17669),
  japanese: song("紙の灯台楽団", "火曜日の傘立て", 255.61243),
  arabic: song("فرقة المصباح الورقي", "نافذة المطر", 289.33552),
  emoji: song("Fox 🦊 & Kettle", "Umbrella ☔ Weather 🌙", 176.48213),
};

const punctuation = {
  double: song('Otis "Kettle" Varnholt', 'The "Borrowed" Piano', 214.36245),
  inches: song("DJ Zanwick", '12" Tramline (Extended Mix)', 402.78157),
  both: song("Hob, Latch & Rowan", `Don't Say "Maybe", Say When`, 193.02848),
  commas: song("The Dranath Band", "Sugar, Salt, and Lamp Oil", 228.11907),
};

const accents = {
  right: song("Théa Marquoval", "Forêt déjà vue", 247.55381),
  garbled: song(garble("Jörunda Sävkvist"), garble("Hösträv på läktaren"), 209.84172),
};

export const plantedVisits: readonly PlantedVisit[] = [
  // Question 1: what was heard at item 4 of session 338?
  { session: 338, user: 50, start: "2018-11-10T19:05:00Z", plays: [4, musicMatters, 2] },

  // Question 2: what did user 10 hear in session 182, in order?
  {
    session: 182,
    user: 10,
    start: "2018-11-06T03:40:00Z",
    plays: [
      song("Down To The Bone", "Keep On Keepin' On", 318.27364),
      song("Three Drives", "Greece 2000", 424.60815),
      song("Sebastien Tellier", "Kilometer", 361.94227),
      song("Lonnie Gordon", "Catch You Baby (Steve Pitron & Max Sanna Radio Edit)", 189.75346),
    ],
  },

  // Question 3: who heard 'All Hands Against His Own'? These three and nobody else.
  { session: 129, user: 95, start: "2018-11-05T14:20:00Z", plays: [7, allHands, 5] },
  { session: 517, user: 29, start: "2018-11-15T09:10:00Z", plays: [11, allHands, 2] },
  // Items 2 and 10 here are known songs too: as text "10" comes before "2", as numbers after it.
  { session: 803, user: 80, start: "2018-11-22T12:30:00Z", plays: [2, windowSeat, 7, allHands, 3] },

  // Both Ava Robinsons hear the same song: only their ids tell them apart.
  { session: 271, user: 13, start: "2018-11-08T16:45:00Z", plays: [1, windowSeat] },
  { session: 446, user: 50, start: "2018-11-13T08:15:00Z", plays: [windowSeat, 2] },

  // User 24 hears one song twice in a session, and again in another one.
  { session: 562, user: 24, start: "2018-11-16T17:00:00Z", plays: [2, revolvingDoor, 3, revolvingDoor, 1] },
  { session: 871, user: 24, start: "2018-11-24T20:10:00Z", plays: [1, revolvingDoor] },

  // Two users share session 601: user 71 goes on with the numbers where user 37 stopped, so session and
  // item still name one play. Both hear the same song in it.
  { session: 601, user: 37, start: "2018-11-17T15:00:00Z", plays: [2, passItOn, 3] },
  { session: 601, user: 71, start: "2018-11-17T16:10:00Z", firstItem: 6, plays: [3, passItOn, 3] },

  // Two songs of one title by different artists: users 44 and 62 hear one each, user 58 hears both.
  { session: 655, user: 44, start: "2018-11-19T10:00:00Z", plays: [lowTideOne, 1] },
  { session: 689, user: 62, start: "2018-11-20T11:30:00Z", plays: [1, lowTideTwo] },
  { session: 727, user: 58, start: "2018-11-21T13:20:00Z", plays: [lowTideOne, 1, lowTideTwo] },

  // Text in other scripts.
  {
    session: 388,
    user: 18,
    start: "2018-11-12T12:00:00Z",
    plays: [scripts.greek, scripts.russian, scripts.japanese, scripts.arabic, scripts.emoji],
  },
  { session: 934, user: 66, start: "2018-11-26T16:10:00Z", plays: [scripts.japanese, 1, scripts.greek] },

  // Quotes of both kinds, and commas, also in an artist's name.
  {
    session: 965,
    user: 77,
    start: "2018-11-27T18:30:00Z",
    plays: [punctuation.double, punctuation.inches, punctuation.both, punctuation.commas],
  },
  {
    session: 1003,
    user: 31,
    start: "2018-11-28T19:20:00Z",
    plays: [punctuation.both, 1, punctuation.commas],
  },

  // Accents, right and garbled. names.ts makes some hundreds more of the garbled kind.
  { session: 1046, user: 90, start: "2018-11-29T14:50:00Z", plays: [accents.right, accents.garbled] },
];
