// What the figures were measured on.

import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";
import { runChild } from "@sparkify/base/processes";
import { benchPython, source } from "../install.js";

export interface MachineFacts {
  date: string;
  system: string;
  processor: string;
  cores: number;
  memoryGb: number;
  /** What others kept the machine busy with when the benchmark began: processes that wanted to run, on average. */
  loadBefore: number;
  cassandra?: string;
  versions: Record<string, string>;
}

export async function machineFacts(): Promise<MachineFacts> {
  const names = ["cqlsh", "cassandra-driver", "pandas", "duckdb"];
  const code = `import sys, importlib.metadata as m\nprint("Python", sys.version.split()[0])\nfor n in ${JSON.stringify(names)}: print(n, m.version(n))`;
  const { tail } = await runChild(benchPython, ["-c", code]);
  const dsbulk = readFileSync(source("jgo.toml"), "utf8").match(/dsbulk-runner:([\d.]+)/);
  return {
    date: new Date().toISOString().slice(0, 10),
    system: `${process.platform} ${release()}, ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    versions: {
      Node: process.versions.node,
      ...Object.fromEntries(tail.split("\n").map((line) => line.split(" ") as [string, string])),
      DSBulk: dsbulk?.[1] ?? "unknown",
    },
  };
}
