// A process of its own: asks the three questions at a fixed rate, and prints how long the answers took.
// Arguments: the CSV whose keys are asked for, questions a second, seconds, seconds of warming up before.
//
// A question's time counts from when it was due, not from when it was sent: a database that hangs for a second
// delays all the questions that were due in that second, and a client that waits for it would hide that.

import { setTimeout as sleep } from "node:timers/promises";
import { messageLine } from "@sparkify/base/messages";
import { seededRandom } from "@sparkify/generator";
import { connect } from "@sparkify/lib";
import { build } from "hdr-histogram-js";
import { readRecords } from "../data/csv-rows.js";
import { type Answers, answersMessage, questions } from "./questions.js";

const [csv = "", rate = "", seconds = "", warmUpSeconds = ""] = process.argv.slice(2);
const keys = 5000;
const mostUnderWay = 256;

const sample = await sampleOf(csv);
const asked = questions.map((question) => ({
  ...question,
  // In microseconds, up to a minute, three digits exact.
  times: build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  }),
  empty: 0,
}));
const client = await connect();
let underWay = 0;
let failure: unknown;
const interval = 1000 / Number(rate);
const count = Math.round((Number(warmUpSeconds) + Number(seconds)) * Number(rate));
const started = performance.now();
for (let number = 0; number < count && !failure; number++) {
  const due = started + number * interval;
  while (performance.now() < due || underWay >= mostUnderWay) await sleep(1);
  underWay++;
  void ask(number, due);
}
while (underWay > 0 && !failure) await sleep(5);
await client.shutdown();
if (failure) throw failure;
const answers = asked.map(({ name, times, empty }): Answers => {
  const ms = (microseconds: number) => Math.round(microseconds / 10) / 100;
  const at = (percent: number) => ms(times.getValueAtPercentile(percent));
  return {
    question: name,
    count: times.totalCount,
    empty,
    p50Ms: at(50),
    p99Ms: at(99),
    p999Ms: at(99.9),
    maxMs: ms(times.maxValue),
  };
});
process.stdout.write(messageLine(answersMessage(answers)));

async function ask(number: number, due: number): Promise<void> {
  const question = asked[number % asked.length] as (typeof asked)[0];
  const play = sample[number % sample.length] as Play;
  try {
    const values = question.parameters.map((column) => play[column]);
    const result = await client.execute(question.cql, values, { prepare: true });
    if (result.rowLength === 0) question.empty++;
    if (due - started >= Number(warmUpSeconds) * 1000)
      question.times.recordValue(Math.max(1, Math.round((performance.now() - due) * 1000)));
  } catch (error) {
    failure ??= error;
  }
  underWay--;
}

type Play = Record<string, string | number>;

function numbersOf(row: Record<string, string>, ...names: string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, Number(row[name])]));
}

/** Plays from anywhere in the CSV, each as likely as any other. */
async function sampleOf(path: string): Promise<Play[]> {
  const random = seededRandom(7);
  const chosen: Play[] = [];
  let seen = 0;
  for await (const row of readRecords(path)) {
    const place = seen < keys ? seen : random.whole(0, seen);
    const { song = "" } = row;
    if (place < keys) {
      chosen[place] = { song, ...numbersOf(row, "sessionId", "itemInSession", "userId") };
    }
    seen++;
  }
  return random.shuffled(chosen);
}
