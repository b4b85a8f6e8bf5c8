import { metroAreas, newPerson } from "../names.js";
import { fromDeciles, type Random } from "../random.js";
import { csvField, scientific } from "./text.js";

export interface Listener {
  id: number;
  firstName: string;
  lastName: string;
  gender: string;
  level: "free" | "paid";
  location: string;
  /** The parts of a row that are the same in all of this listener's rows, as text of a CSV file. */
  registrationText: string;
  locationText: string;
}

const playsOfOneListener = 70;
/** Where in the list, from the most eager on, the listener of a session is found: every tenth session is of the first
 * hundredth. */
const eagerness = fromDeciles([0, 0.01, 0.03, 0.07, 0.12, 0.19, 0.28, 0.4, 0.55, 0.75, 1]);

/** About as many listeners as such a number of plays comes from, and a way to draw one. */
export function makeListeners(random: Random, plays: number): (random: Random) => Listener {
  const count = Math.max(10, Math.round(plays / playsOfOneListener));
  const listeners = Array.from({ length: count }, (_, index): Listener => {
    const location = random.pick(metroAreas);
    return {
      id: 2 + index + Math.floor(index / 20),
      ...newPerson(random),
      level: random.chance(0.26) ? "paid" : "free",
      location,
      registrationText: scientific(Date.UTC(2018, 8, 1) + random.whole(0, 60 * 24 * 3600) * 1000),
      locationText: csvField(location),
    };
  });
  return (chance) => listeners[Math.min(count - 1, Math.floor(eagerness(chance) * count))] as Listener;
}
