// Several ways to ask one question, side by side: what Cassandra reads for each, and how long it takes.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { tableOf } from "@sparkify/cql";
import { showTable } from "@sparkify/lib";
import { type Trace, traceQuery } from "@sparkify/model";
import { type Client, errors, type types } from "cassandra-driver";

/** Sends a query, and gives the rows of its answer. */
export type Execute = (cql: string, parameters: unknown[]) => Promise<types.Row[]>;

export interface Way {
  name: string;
  /** CQL that makes what this way needs and the others do not (an index, a view), and CQL that drops it again. */
  create?: string;
  drop?: string;
  /** Asks for a value. All requests go through `execute`, so that they can be counted, traced and timed. */
  ask(execute: Execute, value: string): Promise<types.Row[]>;
}

export interface Observed {
  way: string;
  /** Why there is not what this way needs; then nothing else is known. */
  missing?: string;
  /** Until index or view was built. */
  buildSeconds?: number;
  /** For the first of the values. */
  requests?: number;
  /** How Cassandra read, as the trace says. */
  read?: string;
  /** Rows that it read from tables, as the trace says; unknown where not every request was traced. */
  rowsRead?: number;
  /** How many nodes took part. */
  nodes?: number;
  answer?: types.Row[];
  /** The median over the queries that were timed; undefined where more than half had no answer in time. */
  milliseconds?: number;
  timed?: number;
  /** How many had no answer in time. */
  late?: number;
}

export interface ObserveOptions {
  /** The most queries to time. @default 20 */
  most?: number;
  /** No new query is begun after so many seconds. @default 10 */
  seconds?: number;
  /** The longest that an answer may take. Seconds. @default 10 */
  patience?: number;
}

const patienceSeconds = 10;
const buildMinutes = 2;
/** Not timed: until driver and database have met the query. */
const warmUpSeconds = 0.5;

/**
 * Makes what a way needs, traces one query, times some more, and drops again what was made.
 * @param values what to ask for, one after the other
 * @example const seen = await observeWay(client, { name: "table", ask: (execute, song) => execute(query, [song]) }, songs);
 */
export async function observeWay(
  client: Client,
  way: Way,
  values: string[],
  { most = 20, seconds = 10, patience = patienceSeconds }: ObserveOptions = {},
): Promise<Observed> {
  const [first] = values;
  if (first === undefined) throw new SparkifyError(`There is no value to ask for: ${way.name}`);
  const execute: Execute = async (cql, parameters) =>
    (await client.execute(cql, parameters, { prepare: true })).rows;
  const seen = await withWay(client, way, values, execute, async (buildSeconds) => {
    const traced = await traceWay(client, way, first, execute, patience);
    const timed = await timeWay(way, values, execute, { most, seconds, patience });
    return { ...(way.create && { buildSeconds }), ...traced, ...timed };
  });
  return { way: way.name, ...seen };
}

/** Makes what a way needs, does something with it, and drops it again. */
export async function withWay<Result>(
  client: Client,
  way: Way,
  [first = ""]: string[],
  execute: Execute,
  work: (buildSeconds: number) => Promise<Result>,
): Promise<Result | { missing: string }> {
  const begun = performance.now();
  try {
    if (way.create) await client.execute(way.create);
  } catch (error) {
    if (!(error instanceof errors.ResponseError)) throw error; // not from the cluster
    return { missing: `refused: ${error.message}` };
  }
  try {
    if (way.create && !(await isBuiltInTime(execute, way, first, begun)))
      return { missing: `not built within ${buildMinutes} minutes` };
    return await work((performance.now() - begun) / 1000);
  } finally {
    if (way.create && way.drop) await client.execute(way.drop);
  }
}

/** An index that is still being built refuses queries; a view answers with what it has so far. */
async function isBuiltInTime(execute: Execute, way: Way, value: string, begun: number): Promise<boolean> {
  const { keyspace, table: view } = tableOf("CREATE MATERIALIZED VIEW", way.create ?? "") ?? {};
  const cql = "SELECT view_name FROM system.built_views WHERE keyspace_name = ? AND view_name = ?";
  const isBuilt = async () => {
    if (view) return (await execute(cql, [keyspace, view])).length > 0;
    return (await unlessLate(way.ask(execute, value))) !== undefined;
  };
  while (!(await isBuilt())) {
    if (performance.now() - begun > buildMinutes * 60_000) return false;
    await sleep(100);
  }
  return true;
}

/** No answer in time, or a node that could not give one: not a mistake in the query. */
export function isLate(error: unknown): boolean {
  const [readTimeout, readFailure] = [0x1200, 0x1300];
  return (
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.NoHostAvailableError ||
    (error instanceof errors.ResponseError && [readTimeout, readFailure].includes(error.code))
  );
}

/** So many requests of one answer are traced: Cassandra writes each trace into a table of its own. */
const mostTraces = 20;

async function traceWay(
  client: Client,
  way: Way,
  value: string,
  execute: Execute,
  patience: number,
): Promise<Partial<Observed>> {
  let requests = 0;
  const traces: Trace[] = [];
  const traced: Execute = async (cql, parameters) => {
    const trace = requests++ < mostTraces;
    const rows = await execute(cql, parameters);
    const found = trace && (await wholeTrace(client, cql, parameters, rows.length));
    if (found) traces.push(found);
    return rows;
  };
  const answer = await unlessLate(inTime(way.ask(traced, value), 3 * patience));
  if (!answer) return { read: "no answer in time" };
  const isComplete = traces.length === requests;
  return {
    answer,
    requests,
    read: [...new Set(traces.map(({ read }) => read))].join(", ") || "(no trace)",
    ...(isComplete && { rowsRead: traces.reduce((sum, { live }) => sum + live, 0) }),
    nodes: new Set(traces.flatMap(({ nodes }) => nodes)).size,
  };
}

/**
 * A trace is written bit by bit, after the answer: one that does not say yet what was read is made again. A role may not
 * be allowed to read traces, and a busy node writes some too late: then less is known.
 */
async function wholeTrace(
  client: Client,
  cql: string,
  parameters: unknown[],
  rows: number,
): Promise<Trace | undefined> {
  for (let tries = 0; tries < 3; tries++) {
    const trace = await traceQuery(client, cql, parameters).catch(() => undefined);
    if (!trace || trace.live > 0 || rows === 0) return trace;
  }
  return undefined;
}

async function timeWay(
  way: Way,
  values: string[],
  execute: Execute,
  { most, seconds, patience }: Required<ObserveOptions>,
): Promise<Partial<Observed>> {
  const ask = (number: number) =>
    unlessLate(inTime(way.ask(execute, values[number % values.length] as string), patience));
  const warmUntil = performance.now() + warmUpSeconds * 1000;
  for (let number = 0; number < most && performance.now() < warmUntil; number++) await ask(number);
  const times: number[] = [];
  const begun = performance.now();
  for (let number = 0; number < most; number++) {
    const started = performance.now();
    if (number > 0 && started - begun > seconds * 1000) break;
    times.push((await ask(number)) ? performance.now() - started : Number.POSITIVE_INFINITY);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor((times.length - 1) / 2)] as number;
  return {
    timed: times.length,
    late: times.filter((time) => time === Number.POSITIVE_INFINITY).length,
    ...(median < Number.POSITIVE_INFINITY && { milliseconds: median }),
  };
}

/** Undefined where there was no answer in time. */
async function unlessLate<Answer>(asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isLate(error)) return undefined;
    throw error;
  }
}

/** Undefined where the work takes longer. It goes on then, and nobody hears of its end. */
async function inTime<Result>(work: Promise<Result>, seconds: number): Promise<Result | undefined> {
  const stop = new AbortController();
  work.catch(() => {});
  try {
    return await Promise.race([work, sleep(seconds * 1000, undefined, { signal: stop.signal, ref: false })]);
  } finally {
    stop.abort();
  }
}

/**
 * Shows ways side by side.
 * @example showWays([filtering, indexed, table], "The users of a song");
 */
export function showWays(observed: Observed[], caption?: string): void {
  const rows = observed.map((one) => ({
    way: one.way,
    requests: one.requests ?? "",
    "Cassandra reads": one.missing ?? one.read ?? "",
    "rows read": one.rowsRead?.toLocaleString("en") ?? "",
    "rows in the answer": one.answer?.length ?? "",
    "median, ms": one.missing ? "" : timeText(one),
    "built in, s": one.buildSeconds?.toFixed(1) ?? "",
  }));
  showTable(rows, {
    ...(caption ? { caption } : {}),
    volatile: ["median, ms", "built in, s"],
  });
}

function timeText({ milliseconds, late = 0, timed = 0 }: Observed): string {
  const text = milliseconds === undefined ? "no answer in time" : twoDigits(milliseconds);
  return late > 0 ? `${text} (${late} of ${timed} without answer)` : text;
}

const twoDigits = (number: number) => Number(number.toPrecision(2)).toLocaleString("en");

/** Observations at one size of the tables. */
export interface WaysAt {
  rows: number;
  observed: Observed[];
}

type Measure = "rows read" | "milliseconds";

/**
 * A plot of two sizes: for each way a line from the one to the other. Where there is only a dot, nothing has changed.
 * @returns a Vega-Lite specification, for showPlot
 * @example await showPlot(waysPlot([small, large], "rows read"));
 */
export function waysPlot(sizes: WaysAt[], measure: Measure): object {
  const values = plotted(sizes, measure);
  const numbers = values.map(({ value }) => value);
  // Room for the labels at both ends.
  const domain = [Math.min(...numbers) / 3, Math.max(...numbers) * 5];
  const title = measure === "rows read" ? "rows read for one answer" : "milliseconds for one answer (median)";
  const colours = { range: ["#2a7f62", "#b3261e"] };
  const dots = values.map(({ way, size, label }) => `${way}, ${size}: ${label}`);
  return {
    description: `${title}: ${dots.join("; ")}`,
    width: 440,
    height: { step: 40 },
    data: { values },
    encoding: {
      x: { field: "value", type: "quantitative", scale: { type: "log", nice: false, domain }, title },
      y: {
        field: "way",
        type: "nominal",
        sort: null,
        title: null,
        axis: { labelLimit: 400, labelFontSize: 13 },
      },
    },
    layer: [
      { mark: { type: "line", color: "#9aa5b1", strokeWidth: 3 }, encoding: { detail: { field: "way" } } },
      {
        mark: { type: "point", filled: true, size: 110, opacity: 1 },
        encoding: {
          color: { field: "size", type: "nominal", title: "in the table", sort: null, scale: colours },
        },
      },
      label("left", "right", -9),
      label("right", "left", 9),
    ],
  };
}

const label = (side: "left" | "right", align: string, dx: number) => ({
  transform: [{ filter: `datum.side === '${side}'` }],
  mark: { type: "text", align, dx, fontSize: 12 },
  encoding: { text: { field: "label" } },
});

/** The points of each way; the smaller one has its label on the left. */
function plotted(sizes: WaysAt[], measure: Measure) {
  const ways = new Set(sizes.flatMap(({ observed }) => observed.map(({ way }) => way)));
  return [...ways].flatMap((way) => {
    const points = sizes.flatMap(({ rows, observed }) => {
      const one = observed.find((other) => other.way === way);
      const point = one && pointOf(one, measure, rows);
      return point ? [{ way, size: `${rows.toLocaleString("en")} rows`, ...point }] : [];
    });
    const least = Math.min(...points.map(({ value }) => value));
    const left = points.length > 1 ? points.find(({ value }) => value === least) : undefined;
    return points.map((point) => ({ ...point, side: point === left ? "left" : "right" }));
  });
}

/** Where there was no answer in time, the point is at the time limit, or at all rows of the table. */
function pointOf(
  { rowsRead, milliseconds, late = 0 }: Observed,
  measure: Measure,
  rows: number,
): { value: number; label: string } | undefined {
  const isLate = late > 0 && milliseconds === undefined;
  if (measure === "rows read") {
    if (rowsRead !== undefined) return { value: Math.max(1, rowsRead), label: rowsRead.toLocaleString("en") };
    return isLate ? { value: rows, label: "no answer" } : undefined;
  }
  if (milliseconds !== undefined) return { value: milliseconds, label: `${twoDigits(milliseconds)} ms` };
  return isLate ? { value: patienceSeconds * 1000, label: `> ${patienceSeconds} s` } : undefined;
}
