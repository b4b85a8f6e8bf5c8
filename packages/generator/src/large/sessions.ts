// When somebody listens, and to how many songs.

import { fromDeciles, type Random } from "../random.js";
import type { Listener } from "./listeners.js";

export const month = Date.UTC(2018, 10, 1);
export const days = 30;
export const monthSeconds = days * 24 * 3600;

/** The last sessions start this long before the month ends, so that even the longest ends in it. */
const lastStart = monthSeconds - 10 * 3600;
const longest = 110;
const playsOf = {
  free: fromDeciles([1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 12]),
  paid: fromDeciles([1, 3, 6, 10, 14, 20, 27, 36, 48, 66, longest]),
};

export interface SessionPlan {
  listener: Listener;
  plays: number;
}

/** Plans sessions until they have exactly `total` plays. Drawn from the same seed again, the plans are the same. */
export function* planSessions(
  random: Random,
  listenerOf: (random: Random) => Listener,
  total: number,
): Generator<SessionPlan> {
  for (let left = total; left > 0; ) {
    const listener = listenerOf(random);
    const plays = Math.min(left, Math.floor(playsOf[listener.level](random)));
    left -= plays;
    yield { listener, plays };
  }
}

const hourWeights = [4, 3, 3, 4, 3, 2, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 13, 12, 9, 10, 7, 6, 5, 5];
const dayWeights = [3, 7, 5, 6, 9, 6, 6, 7, 9, 5];

/** The starts of so many sessions, in seconds of the month, rising: more in the afternoon, more on some days. */
export function startsOf(random: Random, sessions: number): () => number {
  const hours = Math.ceil(lastStart / 3600);
  const weights = Array.from({ length: hours }, (_, hour) => {
    const ofDay = dayWeights[Math.floor(hour / 24) % dayWeights.length] as number;
    return (hourWeights[hour % 24] as number) * ofDay;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let started = 0;
  let hour = 0;
  let before = 0;
  return () => {
    const place = ((started++ + random.next()) / sessions) * total;
    while (hour < weights.length - 1 && before + (weights[hour] as number) < place) {
      before += weights[hour] as number;
      hour++;
    }
    return Math.min(lastStart, (hour + (place - before) / (weights[hour] as number)) * 3600);
  };
}
