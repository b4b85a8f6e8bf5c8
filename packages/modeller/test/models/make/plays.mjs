// Song plays for the exercises: a year of eight listeners.

import { seededRandom } from "@sparkify/generator";
import { csv, dayAfter, upTo } from "./text.mjs";

// Two are called alike and live in one place.
const users = [
  [2, "Ava", "Robinson", "F", "Lisbon, Portugal"],
  [5, "Ava", "Robinson", "F", "Lisbon, Portugal"],
  [7, "Ben", "O'Hara", "M", "Cork, Ireland"],
  [11, "Chidi", "Okafor", "M", "Lagos, Nigeria"],
  [12, "Dana", "Levi", "F", "Lisbon, Portugal"],
  [20, "Éva", "Nagy", "F", "Cork, Ireland"],
  [31, "Farid", "Haddad", "M", "Lagos, Nigeria"],
  [40, "Grace", "Kim", "F", "Cork, Ireland"],
].map(([userId, firstName, lastName, gender, location]) => ({
  userId,
  firstName,
  lastName,
  gender,
  location,
}));

// One title is two artists', one has two lengths, two are equally long.
const songs = [
  ["The Lantern Keepers", "Low Water", 201.5],
  ["The Lantern Keepers", "Low Water", 233.25],
  ["The Lantern Keepers", "Glasshouse", 188.02667],
  ["The Lantern Keepers", 'The "Other" Bell', 240.9],
  ["The Lantern Keepers", "Anchor, Rope and Tide", 188.02667],
  ["Odile Marchetti", "Low Water", 199.36608],
  ["Odile Marchetti", "Neuf heures", 305],
  ["Кедры", "Северный ветер", 254.17098],
  ["Кедры", "Glasshouse", 221.1],
  ["Three Small Engines", "Idle", 95.4],
].map(([artist, song, length]) => ({ artist, song, length }));

/** The first song of the list is the most played one. */
function drawSong(random) {
  const roll = random.next();
  return songs[Math.floor(roll * roll * songs.length)];
}

export function plays() {
  const random = seededRandom(14);
  const rows = [];
  for (const number of upTo(48)) {
    const date = dayAfter("2018-01-03", Math.floor(number * 7.4));
    const user = random.pick(users);
    // The fifth session goes on under another user: an id that two of them share.
    const second = number === 4 ? users[(users.indexOf(user) + 1) % users.length] : user;
    const items = number === 4 ? 12 : random.whole(3, 12);
    for (const itemInSession of upTo(items)) {
      const { userId, firstName, lastName, gender, location } = itemInSession < 6 ? user : second;
      const { artist, song, length } = drawSong(random);
      const level = [7, 20].includes(userId) && number > 20 ? "paid" : "free";
      const listener = { userId, firstName, lastName, gender, level, location };
      rows.push({ artist, song, length, ...listener, sessionId: 100 + number, itemInSession, date });
    }
  }
  return csv(rows);
}
