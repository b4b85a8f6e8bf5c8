// Who competes, and how each is started: as one process, or as one for each table.

import { readdirSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findJava } from "@sparkify/embedded-cassandra";
import { streamlinedColumns } from "@sparkify/loader";
import { benchPython, cqlsh, dsbulkJars, pythonSource } from "./install.js";
import { benchTables, keyspace } from "./load/schema.js";

/** The words of a command line. */
export type CommandLine = string[];

export interface LoadTask {
  csv: string;
  port: number;
  /** The floor's statements, encoded beforehand. */
  frames: string;
  /** The folder of CSVs that have a table's columns only. */
  projected: string;
  /** For what a contender writes beside its work. */
  scratch: string;
  /** Whose tables are loaded. Only this project's loader is asked for others. @default "sparkify" */
  keyspace?: string;
}

export interface SparkTask extends LoadTask {
  logFolder: string;
}

export interface DenormalizeTask {
  logs: string[];
  logFolder: string;
  target: string;
}

const compiled = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const node = (script: string, ...args: string[]) => [process.execPath, compiled(script), ...args];

export const loadContenders: Record<string, (task: LoadTask) => CommandLine[]> = {
  sparkify: ({ csv, scratch, keyspace: into = keyspace }) => [
    node("load/load-sparkify.js", csv, scratch, into),
  ],
  dsbulk: (task) => dsbulk(task),
  "dsbulk-replica-set": (task) => dsbulk(task, "--batch.mode", "REPLICA_SET"),
  "cqlsh-copy": cqlshCopy,
  "python-loop": (task) => [python(task, "loop")],
  "python-concurrent": (task) => [python(task, "concurrent")],
  floor: ({ frames, port }) => [node("load/load-floor.js", frames, String(port))],
};

export const denormalizeContenders: Record<string, (task: DenormalizeTask) => CommandLine[]> = {
  sparkify: ({ target, logFolder }) => [node("denormalize/denormalize-sparkify.js", target, logFolder)],
  "python-csv": (task) => [pythonDenormalize("denormalize_csv.py", task)],
  pandas: (task) => [pythonDenormalize("denormalize_pandas.py", task)],
  duckdb: (task) => [pythonDenormalize("denormalize_duckdb.py", task)],
};

/** From the daily logs to the tables: what `npm run load` does, and what `npm run spark` does. */
export const sparkContenders: Record<string, (task: SparkTask) => CommandLine[]> = {
  sparkify: ({ csv, logFolder, scratch }) => {
    const made = join(scratch, basename(csv));
    return [
      node("denormalize/denormalize-sparkify.js", made, logFolder),
      node("load/load-sparkify.js", made, scratch, keyspace),
    ];
  },
  spark: ({ logFolder }) => [node("load/load-spark.js", logFolder)],
};

function pythonDenormalize(script: string, { target, logs }: DenormalizeTask): CommandLine {
  return [benchPython, pythonSource(script), target, streamlinedColumns.join(","), ...logs];
}

function python({ port, csv }: LoadTask, mode: "loop" | "concurrent"): CommandLine {
  const tables = benchTables().map(({ insertCql, columns }) => ({
    insert: insertCql,
    columns: columns.map((column) => [column.csv, column.type]),
  }));
  return [benchPython, pythonSource("load_rows.py"), mode, String(port), csv, JSON.stringify(tables)];
}

function dsbulk({ csv, port, scratch }: LoadTask, ...options: string[]): CommandLine[] {
  const classPath = readdirSync(dsbulkJars)
    .filter((name) => name.endsWith(".jar"))
    .map((name) => join(dsbulkJars, name))
    .join(delimiter);
  const java = findJava();
  return benchTables().map(({ name, columns }) => {
    const flags = {
      "-url": csv,
      "-header": "true",
      "-k": keyspace,
      "-t": name,
      "-m": columns.map((column) => `${column.csv}=${column.name}`).join(","),
      "-h": "127.0.0.1",
      "-port": String(port),
      "-logDir": join(scratch, "dsbulk"),
      "--connector.csv.escape": '"\\""', // a quote is written twice, not with a backslash
    };
    const program = ["-cp", classPath, "com.datastax.oss.dsbulk.runner.DataStaxBulkLoader", "load"];
    return [java, ...program, ...Object.entries(flags).flat(), ...options];
  });
}

function cqlshCopy({ projected, port }: LoadTask): CommandLine[] {
  return benchTables().map(({ name, columns }) => {
    const names = columns.map((column) => column.name).join(", ");
    const options = `HEADER = true AND NUMPROCESSES = 2 AND ESCAPE = '"'`;
    const copy = `COPY ${keyspace}.${name} (${names}) FROM '${join(projected, `${name}.csv`)}' WITH ${options}`;
    return [benchPython, cqlsh, "127.0.0.1", String(port), "-e", copy];
  });
}
