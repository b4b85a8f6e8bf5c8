// What the shipped logs and large ones have in common: the month, and how people listen in it.

import { fromDeciles } from "./random.js";

export const month = Date.UTC(2018, 10, 1);
export const days = 30;
export const daySeconds = 24 * 3600;

/** How often somebody comes in each hour of the day. */
export const hourWeights = [4, 3, 3, 4, 3, 2, 5, 5, 6, 7, 7, 8, 9, 9, 10, 11, 13, 12, 9, 10, 7, 6, 5, 5];

/** Songs. */
export const longestVisit = 110;

/** How many songs a visit has. */
export const playsOf = {
  free: fromDeciles([1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 12]),
  paid: fromDeciles([1, 3, 6, 10, 14, 20, 27, 36, 48, 66, longestVisit]),
};

/** Seconds: songs of any length. */
export const songLength = fromDeciles([50, 155, 180, 204, 219, 233, 249, 267, 293, 342, 560]);
