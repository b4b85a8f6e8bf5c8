// From single runs to results, and from results to ratios.

export interface Run {
  round: number;
  /** False where the process failed or its rows are not the right ones. */
  ok: boolean;
  /** What was wrong. */
  fault?: string;
  seconds: number;
  cpuSeconds: number | null;
  /** Of Cassandra, while the contender ran. */
  cassandraCpuSeconds: number | null;
  peakRssMb: number | null;
  /** For writing the tables alone, where the contender says so. */
  loadSeconds?: number | undefined;
}

export interface Result {
  job: string;
  contender: string;
  rows: number;
  ok: boolean;
  secondsMin: number;
  secondsMedian: number;
  rowsPerSecond: number;
  cpuSeconds: number | null;
  peakRssMb: number | null;
  cassandraCpuSeconds: number | null;
  runs: Run[];
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** One contender's runs as a result. It is void where a single run lost or changed a row. */
export function summarize(job: string, contender: string, rows: number, runs: Run[]): Result {
  const seconds = runs.map((run) => run.seconds);
  const known = (values: (number | null)[]) => values.filter((value) => value !== null);
  const medianOf = (values: number[]) => (values.length > 0 ? round(median(values)) : null);
  const secondsMedian = median(seconds);
  const peaks = known(runs.map((run) => run.peakRssMb));
  return {
    job,
    contender,
    rows,
    ok: runs.length > 0 && runs.every((run) => run.ok),
    secondsMin: round(Math.min(...seconds)),
    secondsMedian: round(secondsMedian),
    rowsPerSecond: secondsMedian > 0 ? Math.round(rows / secondsMedian) : 0,
    cpuSeconds: medianOf(known(runs.map((run) => run.cpuSeconds))),
    peakRssMb: peaks.length > 0 ? Math.round(Math.max(...peaks)) : null,
    cassandraCpuSeconds: medianOf(known(runs.map((run) => run.cassandraCpuSeconds))),
    runs,
  };
}

const round = (number: number) => Math.round(number * 100) / 100;

export interface Target {
  job: string;
  rows: number;
  /** What is compared, in words. */
  text: string;
  /** Undefined where something was not measured or is void. */
  value: number | undefined;
  /** The most it may be; none where it is only shown. */
  limit?: number;
  ok?: boolean;
}

const tunedPeers = ["dsbulk-replica-set", "cqlsh-copy", "python-concurrent"];
const manyRows = 100_000;
const mostMemoryMb = 250;

/** Every comparison that the results allow. */
export function targets(results: readonly Result[]): Target[] {
  const found: Target[] = [];
  const mine = results.filter(({ contender }) => contender === "sparkify");
  for (const { job, rows, peakRssMb, ok } of mine) {
    const add = (text: string, value: number | undefined, limit?: number) => {
      found.push({
        job,
        rows,
        text,
        value,
        ...(limit !== undefined && { limit }),
        ...(limit !== undefined && value !== undefined && { ok: value <= limit }),
      });
    };
    const group = results.filter((result) => result.job === job && result.rows === rows);
    const compare = (text: string, names: string[], limit: number) => {
      if (group.some(({ contender }) => names.includes(contender))) add(text, ratio(group, names), limit);
    };
    if (job === "load" && rows >= manyRows) {
      compare("time against DSBulk", ["dsbulk"], 1 / 5);
      compare("time against the best tuned peer", tunedPeers, 1 / 1.7);
      compare("time against the floor", ["floor"], 1.4);
    }
    if (job === "load" && rows < manyRows)
      compare("time against Python, one by one", ["python-loop"], 1 / 10);
    if (job === "denormalize") {
      compare("time against pandas", ["pandas"], 1);
      compare("time against Python's csv", ["python-csv"], 1);
      compare("time against DuckDB", ["duckdb"], 1);
    }
    if (job === "spark") {
      const tables = ratio(group, ["spark"], ({ loadSeconds }) => loadSeconds ?? Number.NaN);
      const job = ratio(group, ["spark"]);
      // What was not measured, in one round or in all, gives no ratio.
      add("Spark's time for the tables against the loader's", tables ? 1 / tables : undefined, 2);
      const least = rows >= 10_000_000 ? 0.8 : 0.6; // of its rows a second; Spark's start weighs less in a long job
      add(
        "Spark's time for the whole job against the single machine's",
        job ? 1 / job : undefined,
        rows >= manyRows ? 1 / least : undefined,
      );
    }
    if (peakRssMb !== null) add("peak memory in MB", ok ? peakRssMb : undefined, mostMemoryMb);
  }
  const loads = mine.filter((result) => result.job === "load" && result.ok && result.rows >= manyRows);
  const [small, large] = [...loads].sort((a, b) => a.rows - b.rows);
  if (small && large) {
    const value = large.rowsPerSecond / small.rowsPerSecond;
    found.push({
      job: "load",
      rows: large.rows,
      value,
      text: `rows a second against ${small.rows.toLocaleString("en")} rows`,
    });
  }
  return found;
}

/**
 * This project's time over the best of others, round by round, and of these the median: what slows the machine
 * down for a while slows both.
 */
export function ratio(
  group: readonly Result[],
  names: readonly string[],
  timeOf = ({ seconds }: Run) => seconds,
): number | undefined {
  const mine = group.find(({ contender }) => contender === "sparkify");
  const others = group.filter(({ contender, ok }) => names.includes(contender) && ok);
  if (!mine?.ok || others.length === 0) return undefined;
  const ratios = mine.runs.flatMap((run) => {
    const times = others.flatMap(({ runs }) => runs.filter((other) => other.round === run.round).map(timeOf));
    return times.length > 0 ? [timeOf(run) / Math.min(...times)] : [];
  });
  return ratios.length > 0 ? median(ratios) : undefined;
}
