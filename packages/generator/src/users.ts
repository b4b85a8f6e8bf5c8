import { metroAreas, newPerson, type Person } from "./names.js";
import { plantedUsers, plantedVisits } from "./planted.js";
import type { Random } from "./random.js";

export type Level = "free" | "paid";

export interface User extends Person {
  id: number;
  location: string;
  /** Milliseconds since 1970. */
  registration: number;
  /** The level on the first of November; `levelChanges` says whether it is still so at the end. */
  level: Level;
  levelChanges: boolean;
}

const userCount = 96;
const firstId = 2;
const lastId = 101;

/** All users, the most eager first. */
export function makeUsers(random: Random): User[] {
  const named = new Map(plantedUsers.map((planted) => [planted.id, planted.person]));
  const needed = new Set([...named.keys(), ...plantedVisits.map((visit) => visit.user)]);
  const others: number[] = [];
  for (let id = firstId; id <= lastId; id++) if (!needed.has(id)) others.push(id);
  const kept = [...needed, ...random.shuffled(others).slice(0, userCount - needed.size)];

  const ids = random.shuffled(kept.filter((id) => !named.has(id)));
  for (const planted of plantedUsers) ids.splice(planted.rank, 0, planted.id);

  // Nobody else is called like a planted user, nor like anybody else.
  const taken = new Set([...named.values()].map(fullName));
  return ids.map((id, rank) => ({
    id,
    ...(named.get(id) ?? untakenPerson(random, taken)),
    location: random.pick(metroAreas),
    registration: Date.UTC(2018, 8, 1) + random.whole(0, 60 * 24 * 3600 - 1) * 1000,
    ...levelAt(rank),
  }));
}

const fullName = (person: Person) => `${person.firstName} ${person.lastName}`;

function untakenPerson(random: Random, taken: Set<string>): Person {
  let person = newPerson(random);
  while (taken.has(fullName(person))) person = newPerson(random);
  taken.add(fullName(person));
  return person;
}

/** Every fourth user pays at some time: eight of them upgrade during the month, and one downgrades. */
function levelAt(rank: number): Pick<User, "level" | "levelChanges"> {
  if (rank % 4 !== 1) return { level: "free", levelChanges: false };
  const nth = (rank - 1) / 4;
  if (nth === 4) return { level: "paid", levelChanges: true };
  return nth >= 1 && nth <= 9
    ? { level: "free", levelChanges: true }
    : { level: "paid", levelChanges: false };
}
