// When somebody listens, and to how many songs.

import { daySeconds, days, hourWeights, playsOf } from "../month.js";
import type { Random } from "../random.js";
import type { Listener } from "./listeners.js";

export const monthSeconds = days * daySeconds;

/** The last sessions start this long before the month ends, so that even the longest ends in it. */
const lastStart = monthSeconds - 10 * 3600;

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
