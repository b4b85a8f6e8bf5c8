// The results as one page that needs nothing else.

import { escapeHtml, page, wide } from "@sparkify/base/page";
import { plotSvg, tableHtml } from "@sparkify/lib/show";
import type { LatencyResult } from "../latency/latency.js";
import type { MachineFacts } from "./machine.js";
import { type Result, targets } from "./results.js";
import { targetText } from "./text.js";

const table = (rows: object[], caption: string) => wide(tableHtml(rows, { limit: 100, caption }), caption);
const drawing = (svg: string) => `<div class="drawing">${svg}</div>`;

const colours = { sparkify: "#2a7f62", others: "#9fb3c8", void: "#d9a09b", cassandra: "#486581" };

/** What a benchmark has measured, and on what. */
export interface Measured {
  results: Result[];
  latencies: LatencyResult[];
  machine: MachineFacts;
}

export async function resultsPage({ results, latencies, machine }: Measured): Promise<string> {
  const groups = [...new Map(results.map((result) => [`${result.job} ${result.rows}`, result])).values()];
  const sections = await Promise.all(
    groups.map(({ job, rows }) =>
      section(
        results.filter((result) => result.job === job && result.rows === rows),
        machine.cores,
      ),
    ),
  );
  return page({
    title: "Benchmark: Sparkify on Cassandra",
    body: `<h1>Benchmark</h1>
<p>This project (<b>sparkify</b>) beside other programs that do the same work. Each runs as a whole process, from its start
to its end; what a program needs for its own start counts. Afterwards its rows are verified: who loses one is void.</p>
${targetSection(results)}
${sections.join("\n")}
${await latencySection(latencies)}
${machineSection(machine)}`,
  });
}

function targetSection(results: Result[]): string {
  const rows = targets(results).map((target) => ({
    verdict: target.ok === undefined ? "" : target.ok ? "✔" : "✘",
    job: target.job,
    rows: target.rows.toLocaleString("en"),
    compared: target.text,
    "measured, and the target": targetText(target),
  }));
  if (rows.length === 0) return "";
  return `<h2>Against the targets</h2>
<p>Times are compared within a round, and of the rounds the median counts: what slows the machine down for a while slows
everybody.</p>
${table(rows, "The targets")}`;
}

const titles: Record<string, string> = {
  load: "Load one CSV into the three tables",
  denormalize: "Join 30 daily logs into one CSV",
  spark:
    "From daily logs to the three tables: npm run load and npm run spark, from their start, Spark's own start included",
};

async function section(results: Result[], cores: number): Promise<string> {
  const { job = "", rows = 0 } = results[0] ?? {};
  const lines = fastestFirst(results).map((result) => ({
    verdict: result.ok ? "✔" : "✘ void",
    contender: result.contender,
    "s (median)": result.secondsMedian,
    "s (least)": result.secondsMin,
    "rows/s": result.rowsPerSecond.toLocaleString("en"),
    "CPU s": result.cpuSeconds ?? "not measured",
    ...(job !== "denormalize" && { "Cassandra's CPU s": result.cassandraCpuSeconds ?? "not measured" }),
    "peak memory, MB": result.peakRssMb ?? "not measured",
    rounds: result.runs.length,
  }));
  const faults = results.flatMap(({ contender, runs }) =>
    runs.flatMap(({ fault }) => (fault ? [`<p>✘ ${escapeHtml(`${contender}: ${fault}`)}</p>`] : [])),
  );
  return `<h2>${titles[job] ?? job}: ${rows.toLocaleString("en")} rows</h2>
${job === "load" ? handicaps : ""}
${drawing(await timePlot(results))}
${table(lines, "Every contender, the fastest first")}
${faults.join("\n")}
${job !== "denormalize" ? await limitsPart(results, cores) : ""}`;
}

/** What is not the same for all, and whom it favours. */
const handicaps = `<p>DSBulk, cqlsh COPY and the Python driver read the same CSV as this project, once for each table; cqlsh COPY cannot
leave columns out, so it gets CSVs with a table's columns only, made beforehand, and the floor gets its statements encoded
beforehand: neither is counted, and both are favoured by it.</p>`;

const fastestFirst = (results: Result[]) => [...results].sort((a, b) => a.secondsMedian - b.secondsMedian);

/** The contenders under each other, the fastest first. */
const contenderAxis = (results: Result[]) => ({
  field: "contender",
  type: "nominal",
  sort: fastestFirst(results).map(({ contender }) => contender),
  title: null,
  axis: { labelFontSize: 13, labelLimit: 200 },
});

/** Every run is a dot, the median a bar. */
function timePlot(results: Result[]): Promise<string> {
  const kind = ({ ok, contender }: Result) =>
    !ok ? "void" : contender === "sparkify" ? "sparkify" : "others";
  const bars = results.map((result) => ({
    contender: result.contender,
    seconds: result.secondsMedian,
    kind: kind(result),
  }));
  const dots = results.flatMap(({ contender, runs }) => runs.map(({ seconds }) => ({ contender, seconds })));
  const { sparkify, others, void: lost } = colours;
  const scale = { domain: ["sparkify", "others", "void"], range: [sparkify, others, lost] };
  return plotSvg({
    description: `Seconds of each contender: ${fastestFirst(results)
      .map((it) => `${it.contender} ${it.secondsMedian}`)
      .join(", ")}`,
    width: 620,
    height: { step: 26 },
    encoding: {
      x: { field: "seconds", type: "quantitative", title: "seconds" },
      y: contenderAxis(results),
    },
    layer: [
      {
        data: { values: bars },
        mark: "bar",
        encoding: { color: { field: "kind", scale, legend: null } },
      },
      { data: { values: dots }, mark: { type: "point", filled: true, color: "#1f2933", size: 30 } },
    ],
  });
}

/** Whose CPU time it is: where Cassandra alone keeps the cores busy, no client can be faster. */
async function limitsPart(results: Result[], cores: number): Promise<string> {
  const values = results.flatMap(({ contender, cpuSeconds, cassandraCpuSeconds, secondsMedian }) =>
    cpuSeconds === null || cassandraCpuSeconds === null || secondsMedian === 0
      ? []
      : [
          { contender, whose: "Cassandra", cores: cassandraCpuSeconds / secondsMedian },
          { contender, whose: "the contender", cores: cpuSeconds / secondsMedian },
        ],
  );
  if (values.length === 0) return "<p>CPU time is measured on Linux only.</p>";
  const scale = { domain: ["Cassandra", "the contender"], range: [colours.cassandra, colours.others] };
  const x = { field: "cores", type: "quantitative" };
  const svg = await plotSvg({
    description: `Cores kept busy: ${values.map((it) => `${it.contender}, by ${it.whose} ${it.cores.toFixed(1)}`).join("; ")}; the machine has ${cores}`,
    width: 560,
    height: { step: 26 },
    layer: [
      {
        data: { values },
        mark: "bar",
        encoding: {
          y: contenderAxis(results),
          x: { ...x, stack: "zero", title: "cores kept busy, on average" },
          order: { field: "whose" },
          color: { field: "whose", title: null, scale },
        },
      },
      {
        data: { values: [{ cores }] },
        mark: { type: "rule", color: colours.void, strokeWidth: 2, aria: false },
        encoding: { x },
      },
    ],
  });
  return `<h3>What limits: Cassandra's CPU time and the contender's</h3>${drawing(svg)}
<p>${limitText(results)}</p>`;
}

function limitText(results: Result[]): string {
  const mine = results.find(({ contender }) => contender === "sparkify");
  if (!mine || mine.cpuSeconds === null || mine.cassandraCpuSeconds === null) return "";
  const { cpuSeconds, cassandraCpuSeconds } = mine;
  const share = Math.round((100 * cassandraCpuSeconds) / (cpuSeconds + cassandraCpuSeconds));
  return (
    `Of the CPU time of sparkify's load, ${share}% is Cassandra's (${cassandraCpuSeconds.toFixed(1)} s), the rest the ` +
    `client's (${cpuSeconds.toFixed(1)} s). Where a bar reaches the line, all cores were busy and the machine is the limit; what is ` +
    "missing was spent waiting, or by other programs."
  );
}

async function latencySection(latencies: LatencyResult[]): Promise<string> {
  if (latencies.length === 0) return "";
  const rows = latencies.map((it) => ({
    verdict: it.ok ? "✔" : "✘",
    rows: it.rows.toLocaleString("en"),
    question: it.question,
    when: it.underLoad ? "while a load runs" : "at rest",
    queries: it.count,
    "p50, ms": it.p50Ms,
    "p99, ms": it.p99Ms,
    "p99.9, ms": it.p999Ms,
    "most, ms": it.maxMs,
  }));
  const svg = await plotSvg({
    description: "Milliseconds of each question: the same figures as in the table below",
    width: 520,
    height: { step: 18 },
    data: {
      values: latencies.flatMap((it) =>
        (["p50Ms", "p99Ms", "p999Ms"] as const).map((percentile) => ({
          name: `${it.question}, ${it.rows.toLocaleString("en")} rows, ${it.underLoad ? "loading" : "at rest"}`,
          percentile: percentile.replace("Ms", ""),
          ms: it[percentile],
        })),
      ),
    },
    mark: { type: "point", filled: true, size: 60 },
    encoding: {
      y: { field: "name", type: "nominal", title: null, sort: null, axis: { labelLimit: 320 } },
      x: { field: "ms", type: "quantitative", scale: { type: "log" }, title: "milliseconds" },
      color: { field: "percentile", sort: null, title: null },
    },
  });
  return `<h2>How long the three queries take</h2>
<p>${latencies[0]?.questionsPerSecond} questions a second, for keys that lie anywhere in the CSV. A time counts from when
the question was due, so that a pause of the database shows in every question that had to wait. While a load runs, client,
loader and database share the machine's cores.</p>
${drawing(svg)}
${table(rows, "Milliseconds of each question")}`;
}

function machineSection({ versions, cassandra, ...machine }: MachineFacts): string {
  const facts = {
    date: machine.date,
    system: machine.system,
    processor: machine.processor,
    cores: machine.cores,
    memory: `${machine.memoryGb} GB`,
    "load average before": machine.loadBefore,
    ...(cassandra && { Cassandra: `${cassandra}, one node, 1 GB heap, on this machine` }),
    ...versions,
  };
  const rows = Object.entries(facts).map(([what, value]) => ({ what, value: String(value) }));
  return `<h2>The machine</h2>
${table(rows, "What it was measured on")}`;
}
