// The site's sample reports. Their data is kept in samples/ as the commands left it; their pages are made with the site, by
// what makes them for a reader. npm run pictures takes grade.json and model.json anew; the files of the bench are copied
// from out/ after npm run bench.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Measured, resultsPage } from "@sparkify/bench/report";
import { type Grade, readRubric, writeReports } from "@sparkify/grader";
import { projectRoot } from "@sparkify/lib";
import { type Proposal, reportHtml, type SourceSize } from "@sparkify/modeller";

/** The data of the samples. */
interface Samples {
  grade: Grade;
  model: { name: string; size: SourceSize; proposals: Proposal[] };
  bench: Measured["results"];
  "bench-latency": Measured["latencies"];
  "bench-machine": Measured["machine"];
}

const fileOf = (name: keyof Samples) => join(projectRoot, "tools", "site", "samples", `${name}.json`);

const read = <Name extends keyof Samples>(name: Name): Samples[Name] =>
  JSON.parse(readFileSync(fileOf(name), "utf8"));

/** Keeps the data of a sample. */
export const keepSample = <Name extends keyof Samples>(name: Name, data: Samples[Name]) =>
  writeFileSync(fileOf(name), `${JSON.stringify(data, null, 2)}\n`);

const surroundings =
  "A sample, made on a machine that others kept busy: an invented learner's copy of this project's notebooks, whose third table has the listeners' names for a key.";

/** Writes the pages into a folder. */
export async function writeSamples(folder: string): Promise<void> {
  mkdirSync(folder);
  writeReports(join(folder, "grades"), [read("grade")], readRubric(), surroundings);
  const { name, size, proposals } = read("model");
  writeFileSync(join(folder, "model.html"), reportHtml(name, size, proposals));
  const measured = {
    results: read("bench"),
    latencies: read("bench-latency"),
    machine: read("bench-machine"),
  };
  writeFileSync(join(folder, "benchmark.html"), await resultsPage(measured));
}
