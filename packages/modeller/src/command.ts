// npm run model -- profile|propose|load|notebook: from a folder of files and questions to proved tables.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { UsageError } from "@sparkify/base/command-line/read";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { writableFolder } from "@sparkify/base/private-folder";
import { onInterrupt, temporary } from "@sparkify/base/processes";
import { withCassandra } from "@sparkify/embedded-cassandra";
import {
  connect,
  createKeyspaceCql,
  embeddedNode,
  projectRoot,
  shortPath,
  workDirectory,
} from "@sparkify/lib";
import { type Client, errors } from "cassandra-driver";
import { type ModelFile, readModelFile } from "./file/model-file.js";
import { loadModel, type ModelLoad } from "./load/load.js";
import { notebook } from "./notebook/notebook.js";
import { profile } from "./profile/command.js";
import type { Proposal } from "./propose/proposal.js";
import { propose } from "./propose/propose.js";
import { reportHtml } from "./report/report.js";
import { Rejected } from "./source/rejected.js";
import { Source } from "./source/source.js";

type Options = OptionsOf<"model">;

/** @param words the action, and its paths @returns the exit code */
export async function model(options: Options, [action = "", ...paths]: string[]): Promise<number> {
  if (action !== "load" && (options.schema !== undefined || options.resume))
    throw new UsageError("--schema and --resume are for load. See: npm run model -- --help");
  if (action !== "profile" && options.overwrite)
    throw new UsageError("--overwrite is for profile. See: npm run model -- --help");
  if (action === "profile") return profile(paths, { overwrite: options.overwrite });
  const [path = ""] = paths;
  if (paths.length > 1)
    throw new UsageError(`${action} takes one model, got ${paths.join(", ")}. See: npm run model -- --help`);
  const file = readModelFile(resolve(path));
  if (action === "propose") return proposeTables(file);
  return action === "load" ? loadTables(file, options) : writeNotebooks(file);
}

const outOf = ({ name }: Pick<ModelFile, "name">) => join(workDirectory, "out", "model", name);

interface Rows {
  source: Source;
  rejected: Rejected;
  out: string;
  signal: AbortSignal;
}

/** What the actions have in common: the rows, and that nothing is left of an interrupted run. */
async function withRows<Result>(file: ModelFile, work: (rows: Rows) => Promise<Result>): Promise<Result> {
  const out = writableFolder(outOf(file));
  const folder = temporary(join(out, `.source-${process.pid}`));
  const rejectedPath = join(out, "rejected.csv");
  rmSync(rejectedPath, { force: true });
  const rejected = new Rejected(rejectedPath);
  const controller = new AbortController();
  const { signal } = controller;
  let ended: Promise<unknown> = Promise.resolve();
  const forget = onInterrupt(async () => {
    controller.abort();
    await ended;
  });
  const all = async () => {
    const source = await step("Read the rows", (news) =>
      Source.open(file, folder, rejected, {
        onFile: (path) => news(shortPath(path)),
        onPhase: () => news("the types"),
        signal,
      }),
    );
    signal.addEventListener("abort", () => source.database.interrupt());
    try {
      if (rejected.count > 0)
        console.log(`  ${rejected.count.toLocaleString("en")} rows rejected, see ${shortPath(rejectedPath)}`);
      return await work({ source, rejected, out, signal });
    } finally {
      source.close();
    }
  };
  const whole = all();
  ended = whole.catch(() => {});
  try {
    return await whole;
  } finally {
    rejected.close();
    rmSync(folder, { recursive: true, force: true });
    forget();
  }
}

/** The same with a Cassandra. @param isLoaded whether all rows are written to it */
const withDatabase = <Result>(
  file: ModelFile,
  isLoaded: boolean,
  work: (given: Rows & { client: Promise<Client> }) => Promise<Result>,
): Promise<Result> =>
  withRows(file, (rows) =>
    withCassandra({ ...embeddedNode(), bulk: isLoaded && rows.source.rows > manyRows }, async (database) => {
      const client = database.then(() => connect());
      client.catch(() => {}); // awaited by the work
      try {
        return await work({ ...rows, client });
      } catch (error) {
        rows.signal.throwIfAborted();
        throw error instanceof errors.NoHostAvailableError ? connectionLost(error) : error;
      } finally {
        await client.then((one) => one.shutdown()).catch(() => {});
      }
    }),
  );

/** The cluster ended while it was asked. */
const connectionLost = (error: Error) =>
  new SparkifyError(
    "The connection to Cassandra was lost: no node answers any more. Start it again, or wait until it answers, and run the command again; " +
      "its own log says why it ended (.cassandra/logs/system.log for the embedded node).",
    { cause: error },
  );

/** For more of them a node is started that takes longer to start, and loads faster. */
const manyRows = 500_000;

async function proposeTables(file: ModelFile): Promise<number> {
  const results = ["report.html", "schema.cql", "proposal.json"].map((name) => join(outOf(file), name));
  for (const path of results) rmSync(path, { force: true }); // they must not be taken for this run's
  return withDatabase(file, false, async ({ source, client, out, signal }) => {
    const proposals = await step("Find the tables, and prove them", (news) =>
      propose(file, source, client, { onNews: news, signal }),
    );
    writeFileSync(join(out, "proposal.json"), `${JSON.stringify(proposals, null, 2)}\n`);
    const keyspace = await createKeyspaceCql(await client, file.keyspace);
    writeFileSync(join(out, "schema.cql"), schemaCql(file, keyspace, proposals));
    const { rows, files, columns } = source;
    const size = { rows, files: files.length, columns: columns.length };
    writeFileSync(join(out, "report.html"), reportHtml(file.name, size, proposals));
    console.log(summary(proposals));
    console.log(`The report: ${shortPath(join(out, "report.html"))}`);
    return proposals.every(({ verdict }) => verdict === "pass") ? 0 : 1;
  });
}

/** The tables that were proved, each with its query. @param keyspace the statement that creates it here */
function schemaCql({ name }: ModelFile, keyspace: string, proposals: Proposal[]): string {
  const statements = proposals
    .filter(({ verdict }) => verdict === "pass")
    .map(({ text, create, select }) => {
      const comment = (lines: string) => lines.replaceAll(/\r\n|\r|\n/g, "\n-- ");
      return `-- ${comment(text)}\n${create};\n-- ${comment(`${select}`)};\n`;
    });
  return `-- The tables of ${name}, as npm run model -- propose has proved them.\n\n${keyspace};\n\n${statements.join("\n")}`;
}

function summary(proposals: Proposal[]): string {
  return proposals
    .map(({ question, verdict, table, notes, findings, rivals, servedBy }) => {
      const failed = findings.filter((finding) => finding.verdict !== "pass");
      const key = table
        ? `PRIMARY KEY ((${table.partitionKey.join(", ")})${table.clustering.map(([column, order]) => `, ${column}${order === "desc" ? " desc" : ""}`).join("")})`
        : "no table can be right";
      const lost = rivals.filter(({ point }) => point !== "").length;
      return [
        `${verdict === "pass" ? "✔" : "✘"} ${question}: ${key}${lost > 0 ? `; ${lost} rivals lose` : ""}`,
        ...notes.map(({ text }) => `    ${text}`),
        ...failed.map(({ point, evidence }) => `    ${point}: ${evidence}`),
        ...(servedBy ? [`    ${servedBy.text}`] : []),
      ].join("\n");
    })
    .join("\n");
}

async function loadTables(file: ModelFile, options: Options): Promise<number> {
  const path = join(outOf(file), "load.json");
  rmSync(path, { force: true });
  const started = performance.now();
  return withDatabase(file, true, async ({ source, rejected, client, out, signal }) => {
    try {
      const loaded = await step("Load and compare the tables", async (news) =>
        loadModel(file, source, await client, {
          out,
          ...(options.schema !== undefined && { schema: resolve(options.schema) }),
          resume: options.resume,
          maxErrors: options.maxErrors,
          onNews: news,
          signal,
          goOn: `npm run model -- load ${shortPath(file.path)} --resume`,
        }),
      );
      const report = { ...loaded, rejected: loaded.rejected + rejected.count };
      writeLoad(path, started, { ...report, rejectedByReason: rejected.byReason });
      console.log(loadSummary(report));
      return report.ok ? 0 : 1;
    } catch (error) {
      writeLoad(path, started, { ok: false, rejected: rejected.count, error: (error as Error).message });
      throw error;
    }
  });
}

function writeLoad(path: string, started: number, report: object): void {
  const seconds = Math.round(performance.now() - started) / 1000;
  writeFileSync(path, `${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
}

function loadSummary({ rows, rejected, tables, questions }: ModelLoad): string {
  const count = (number: number) => number.toLocaleString("en");
  const mark = (ok: boolean) => (ok ? "✔" : "✘");
  return [
    `  ${count(rows)} rows of the source${rejected > 0 ? `, ${count(rejected)} rejected` : ""}`,
    ...tables.map(
      ({ name, rows: found, expectedRows, ok, missing, altered, extra, leftOut }) =>
        `${mark(ok)} ${name}: ${count(found)} rows${ok ? ", each as expected" : `, ${count(expectedRows)} expected: ${count(missing)} missing, ${count(altered)} altered, ${count(extra)} not expected`}${Object.entries(
          leftOut,
        )
          .map(
            ([column, number]) =>
              `; ${count(number)} rows left out: no value of ${column}, which is in its key`,
          )
          .join("")}`,
    ),
    ...questions.map(
      ({ name, ok, rows: found, expectedRows }) =>
        `${mark(ok)} ${name}: the example has ${count(found)} rows${ok ? ", as computed from the source" : `, or other ones than the ${count(expectedRows)} that were computed from the source`}`,
    ),
  ].join("\n");
}

async function writeNotebooks(file: ModelFile): Promise<number> {
  const proposals = readProposals(file);
  const out = join(projectRoot, "notebooks", "own", file.name);
  const paths = await withRows(file, ({ source }) => notebook(file, source, proposals, { out }));
  for (const path of paths) console.log(`  ${shortPath(path)}`);
  console.log(`To run them: npm start -- --own ${file.name}. To step through them: npm run lab`);
  return 0;
}

/** What was proposed for a model. @throws SparkifyError where nothing was */
function readProposals(file: ModelFile): Proposal[] {
  const path = join(outOf(file), "proposal.json");
  if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Proposal[];
  throw new SparkifyError(
    `${shortPath(path)} is not there. Propose the tables first: npm run model -- propose ${shortPath(file.path)}`,
    { where: { file: path } },
  );
}
