// The readings of models/sensors: an invented greenhouse nursery, six weeks of it, as JSON lines.

import { type Random, seededRandom } from "./random.js";

const defaultSeed = 42;

const start = Date.UTC(2026, 0, 26);
const weeks = 6;
const weekMinutes = 7 * 24 * 60;

interface Sensor {
  sensor: string;
  kind: "temperature" | "humidity" | "light";
  unit: string;
  place: string;
  /** Between two readings. */
  minutes: number;
}

/** How a kind of sensor behaves: where it begins, how far it moves between two readings, what it can read. */
const kinds = {
  temperature: { first: 18, step: 0.4, low: 4, high: 38 },
  humidity: { first: 60, step: 1.5, low: 20, high: 98 },
  light: { first: 12, step: 2, low: 0, high: 60 },
} as const;

// Places have several sensors, a kind is in several places, and one sensor was set up in Fahrenheit: neither the place nor
// the kind determines the unit, only the sensor does.
const sensors: Sensor[] = [
  { sensor: "s-01", kind: "temperature", unit: "°C", place: "Palm house", minutes: 30 },
  { sensor: "s-02", kind: "humidity", unit: "%", place: "Palm house", minutes: 30 },
  { sensor: "s-03", kind: "light", unit: "klx", place: "Palm house", minutes: 120 },
  { sensor: "s-04", kind: "temperature", unit: "°F", place: "Fern house", minutes: 120 },
  { sensor: "s-05", kind: "temperature", unit: "°C", place: "Fern house", minutes: 120 },
  { sensor: "s-06", kind: "humidity", unit: "%", place: "Fern house", minutes: 120 },
  { sensor: "s-07", kind: "temperature", unit: "°C", place: "Orchid bench, north", minutes: 30 },
  { sensor: "s-08", kind: "light", unit: "klx", place: "Orchid bench, north", minutes: 120 },
  { sensor: "s-09", kind: "temperature", unit: "°C", place: "Cold frame 7", minutes: 120 },
  { sensor: "s-10", kind: "humidity", unit: "%", place: "Cold frame 7", minutes: 120 },
];

interface Reading extends Omit<Sensor, "minutes"> {
  /** ISO text. */
  ts: string;
  /** Missing where the sensor could not read. */
  value: number | null;
  /** What is to be known of the reading, in any order, each once. */
  flags: string[];
}

/** The JSON lines of each week, by the name that their file has without `.gz`. */
export function sensorFiles(seed: number = defaultSeed): Map<string, string> {
  const random = seededRandom(seed);
  const readings = sensors.flatMap((sensor) => readingsOf(sensor, random));
  readings.sort((a, b) => (a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0));
  const files = new Map<string, string>();
  for (const reading of readings) {
    const name = `${mondayOf(reading.ts)}.jsonl`;
    files.set(name, `${files.get(name) ?? ""}${JSON.stringify(reading)}\n`);
  }
  return files;
}

function mondayOf(ts: string): string {
  const week = Math.floor((Date.parse(ts) - start) / (weekMinutes * 60_000));
  return new Date(start + week * weekMinutes * 60_000).toISOString().slice(0, 10);
}

/** The readings of a sensor. Each one reports some seconds after the full minute, always the same ones. */
function readingsOf({ minutes, ...sensor }: Sensor, random: Random): Reading[] {
  const { first, step, low, high } = kinds[sensor.kind];
  const seconds = random.whole(0, 59);
  const lowBattery = random.whole(0, weeks * weekMinutes);
  const readings: Reading[] = [];
  let value: number = first;
  for (let minute = 0; minute < weeks * weekMinutes; minute += minutes) {
    value = Math.min(high, Math.max(low, value + (random.next() - 0.5) * 2 * step));
    const flags = random.shuffled([
      ...(minute >= lowBattery && minute < lowBattery + weekMinutes ? ["low battery"] : []),
      ...(value === low || value === high ? ["out of range"] : []),
      ...(random.chance(0.02) ? ["door open"] : []),
    ]);
    const shown = sensor.unit === "°F" ? value * 1.8 + 32 : value;
    readings.push({
      ...sensor,
      ts: new Date(start + (minute * 60 + seconds) * 1000).toISOString(),
      value: random.chance(0.003) ? null : Math.round(shown * 10) / 10,
      flags,
    });
  }
  return readings;
}
