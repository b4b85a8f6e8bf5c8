// A small model that has one of everything that is hard to write down: names, texts, types, ranges, buckets.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Papa from "papaparse";
import { stringify } from "yaml";

/** Text that Markdown, TypeScript, HTML or CQL could take for its own. */
export const oddText = `the readings of a \`sensor\`, "newest" first: \${process.exit(3)} </script> <b>$$ | * _ # [x](y)\n\n## no heading; ' \\ -- DROP`;

/** More of that kind. */
export const oddTexts = [
  oddText,
  "a `b` *c* _d_ [e](f) <g> & h | i # j",
  "$x$ and $$y$$, \\(z\\), ~~s~~",
  "  two\n\nlines\tand tabs  ",
  "größe, 大きさ, ذ, e\u0301",
  "first_name",
  "1. one - two + three: four/five",
  'a "quoted" name',
];

const days = 60;
const sensor = 'Sensor "No" `$';

/** Rows of four sensors, some a day; one of them has no place, and some have no note. */
function rows(): Record<string, string>[] {
  const all: Record<string, string>[] = [];
  for (let day = 0; day < days; day++)
    for (const [index, name] of ["s-1", "s-2", 'it\'s "3"', "höhe `4`"].entries()) {
      const time = new Date(Date.UTC(2026, 0, 1 + day, 6 + index, 30));
      all.push({
        [sensor]: name,
        Ts: time.toISOString().replace(".000", ""),
        Größe: String(((day * 7 + index * 13) % 29) / 4),
        "Built In": `20${10 + index}-05-0${1 + index}`,
        order: String(100 - day),
        TAGS: index % 2 === 0 ? "{'a', 'b''c'}" : "{'$`x`'}",
        place: index === 3 ? "" : `room ${index}`,
        note: day % 5 === 0 ? "" : `line ${day},\nwith "quotes" and a \\ sign`,
        id: `00000000-0000-4000-8000-${String(day * 4 + index).padStart(12, "0")}`,
        count: String(9_007_199_254_740_993n + BigInt(day)),
        price: `12345678901234567.${String(day).padStart(2, "0")}5`,
        ok: String(day % 2 === 0),
        unused: "x",
      });
    }
  return all;
}

const model = {
  keyspace: "odd_model",
  source: { files: "*.csv" },
  event: [sensor, "Ts"],
  columns: { TAGS: "set<text>" },
  questions: [
    {
      name: "by_sensor",
      text: oddText,
      given: [sensor],
      between: "Ts",
      each: ["Ts"],
      order: ["Ts desc"],
      answer: ["Ts", "Größe", "TAGS", "Built In", "note"],
      growth: { factor: 2000, by: "rows" },
      example: { [sensor]: 'it\'s "3"', Ts: ["2026-01-05", "2026-02-11"] },
    },
    {
      name: "latest_of_sensor",
      text: "the latest three readings of a sensor",
      given: [sensor],
      each: ["order"],
      order: ["order asc"],
      answer: ["order", "Ts", "count", "price"],
      limit: 3,
      example: { [sensor]: "höhe `4`" },
    },
    {
      name: "highest_in_place",
      text: "the highest readings of a place",
      given: ["place"],
      each: ["count"],
      order: ["Größe desc"],
      answer: [sensor, "TAGS"],
      limit: 7,
      growth: { factor: 3000, by: "rows" },
    },
    {
      name: "by_order",
      text: "what a reading was",
      given: ["order", sensor],
      each: [],
      answer: ["note", "ok", "Built In"],
    },
    {
      name: "by_place_and_order",
      text: "the readings of an order in a place",
      given: ["place", "order"],
      each: [sensor],
      answer: ["count", "price", "id", "note"],
    },
  ],
};

/** Writes the model, with the questions of these names, and its rows. @returns the path of the model */
export function writeOddModel(folder: string, names: string[]): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "readings.csv"), `${Papa.unparse(rows(), { newline: "\n" })}\n`);
  const path = join(folder, "odd.model.yaml");
  const questions = model.questions.filter(({ name }) => names.includes(name));
  writeFileSync(path, stringify({ ...model, questions }));
  return path;
}
