/** The one source of chance: the same seed gives the same files on every machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: Iterable<T>): T[];
}

/**
 * mulberry32 by Tommy Ettinger, public domain:
 * https://gist.github.com/tommyettinger/46a874533244883189143505d203312c
 *
 * Math.random takes no seed. Here and in the other modules only + - * / and Math.sqrt are used on
 * fractions: IEEE 754 fixes their results to the last bit, which it does not for Math.log or Math.pow.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  const shuffled = <T>(list: Iterable<T>): T[] => {
    const left = [...list];
    const drawn: T[] = [];
    while (left.length > 0) drawn.push(...left.splice(whole(0, left.length - 1), 1));
    return drawn;
  };
  return {
    next,
    whole,
    chance: (probability) => next() < probability,
    pick: <T>(list: readonly T[]) => list[whole(0, list.length - 1)] as T,
    shuffled,
  };
}

/** Draws an index of `weights`, each as often as its weight says. */
export function weighted(weights: readonly number[]): (random: Random) => number {
  let total = 0;
  const sums = weights.map((weight) => {
    total += weight;
    return total;
  });
  return (random) => {
    const roll = random.next() * total;
    return sums.findIndex((sum) => roll < sum);
  };
}

/** Draws a number from a distribution given by its deciles (eleven numbers, smallest to largest). */
export function fromDeciles(deciles: readonly number[]): (random: Random) => number {
  return (random) => {
    const place = random.next() * (deciles.length - 1);
    const below = Math.floor(place);
    const low = deciles[below] as number;
    const high = deciles[below + 1] as number;
    return low + (high - low) * (place - below);
  };
}
