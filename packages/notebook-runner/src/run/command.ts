// npm start: runs the whole sequence and checks the answers; where they are asked for, the labs after it.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { OptionsOf } from "@sparkify/base/command-line/commands";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { needWritable, writableFolder } from "@sparkify/base/private-folder";
import { interruptedCode } from "@sparkify/base/processes";
import { fullDisk, withCassandra } from "@sparkify/embedded-cassandra";
import {
  connect,
  describeCluster,
  embeddedNode,
  eventDataDirectory,
  shortPath,
  workDirectory,
} from "@sparkify/lib";
import { findEventFiles } from "@sparkify/loader";
import { readNotebook, runnable, type Walkthrough } from "../notebooks/notebook.js";
import { executeNotebooks, type NotebookResult } from "./execute.js";
import { makeReport, reportText } from "./report.js";
import { writeReport } from "./report-page.js";
import { readVerdicts } from "./verdicts.js";

export async function run(options: OptionsOf<"run">, walkthrough: Walkthrough): Promise<number> {
  const started = performance.now();
  const notebooks = chosenNotebooks(options, walkthrough);
  const model = options.own === undefined ? null : { name: options.own, tables: tablesOf(notebooks) };
  if (!model) findEventFiles(eventDataDirectory); // says what is wrong before anything is started

  needWritable(workDirectory);
  const out = writableFolder(join(workDirectory, "out"));
  const executed = join(out, "notebooks");
  // What an earlier run found must not be taken for this run's result.
  for (const old of ["report.json", "report.html", "notebooks"])
    rmSync(join(out, old), { recursive: true, force: true });
  mkdirSync(executed, { recursive: true });

  return withCassandra(embeddedNode(), async (database) => {
    const results = await executeAll(notebooks, executed, options.cellTimeout, database);
    const interrupted = interruptedCode();
    if (interrupted) return interrupted; // half a run has no verdict
    const cassandra = await database.then(clusterFacts).catch(() => null); // the notebooks have said what is wrong
    const verdicts = results
      .map(({ name }) => join(executed, `${name}.ipynb`))
      .filter((file) => existsSync(file)) // one that was not run left none
      .flatMap(readVerdicts);
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    const report = makeReport(
      { seconds, cassandra, notebooks: results, eventDirectory: eventDataDirectory, model },
      verdicts,
    );
    writeReport(report, out);
    console.log(reportText(report));
    console.log(`  The report: ${join(out, "report.html")}`);
    const full = report.ok ? undefined : fullDisk(embeddedNode().directory);
    if (full) console.log(`\n✘ The run failed because ${full}`);
    return report.ok ? 0 : 1;
  });
}

/** The tables that the notebooks of a model are about. */
const tablesOf = (notebooks: string[]) => [
  ...new Set(notebooks.flatMap((path) => readNotebook(path).metadata.sparkify?.tables ?? [])),
];

/** The main sequence, or the notebooks of another folder; then the labs that are asked for. */
function chosenNotebooks(options: OptionsOf<"run">, walkthrough: Walkthrough): string[] {
  const { own, labs: allLabs, lab: words } = options;
  const folder = own === undefined ? (options.notebooks ?? walkthrough.main) : ownFolder(own, walkthrough);
  const labs = runnable(walkthrough.labs, walkthrough);
  for (const word of words) {
    if (!labs.some((lab) => basename(lab).includes(word)))
      throw new SparkifyError(
        `No lab has "${word}" in its name. There are: ${labs.map((lab) => basename(lab, ".ipynb")).join(", ")}.`,
      );
  }
  const isChosen = (lab: string) => allLabs || words.some((word) => basename(lab).includes(word));
  const notebooks = [...runnable(folder, walkthrough), ...labs.filter(isChosen)];
  if (notebooks.length === 0) throw new SparkifyError(`There are no notebooks in ${folder}.`);
  return notebooks;
}

/** @throws SparkifyError where there are none of that name */
function ownFolder(name: string, walkthrough: Walkthrough): string {
  const folder = join(walkthrough.own, name);
  if (existsSync(folder) && runnable(folder, walkthrough).length > 0) return folder;
  const others = existsSync(walkthrough.own) ? readdirSync(walkthrough.own).sort() : [];
  const known = others.length > 0 ? ` There are: ${others.join(", ")}.` : "";
  throw new SparkifyError(
    `There are no notebooks in ${shortPath(folder)}.${known} Write them first: npm run model -- notebook ${name}.model.yaml`,
  );
}

async function clusterFacts() {
  const client = await connect();
  try {
    return await describeCluster(client);
  } finally {
    await client.shutdown();
  }
}

/** Executes the notebooks with one progress line for each. */
async function executeAll(
  notebooks: string[],
  out: string,
  cellTimeout: number,
  database: Promise<unknown>,
): Promise<NotebookResult[]> {
  // Each line is a step that ends when the runner reports its notebook.
  let finish: ((result: NotebookResult) => void) | undefined;
  let news: (text: string) => void = () => {};
  let line: Promise<unknown> = Promise.resolve();
  const withConnection = new Set(
    notebooks
      .filter((path) => readFileSync(path, "utf8").includes("connect("))
      .map((path) => basename(path, ".ipynb")),
  );
  return executeNotebooks(notebooks, {
    out,
    cellTimeout,
    // The first notebooks only read files, so they run while Cassandra starts.
    before: async (name) => withConnection.has(name) && (await database),
    onCell(name, number, cells) {
      if (!finish) {
        line = step(`Run ${name}`, (say) => {
          news = say;
          return new Promise<void>((resolve, reject) => {
            finish = ({ ok }) => (ok ? resolve() : reject());
          });
        }).catch(() => {});
      }
      news(`cell ${number} of ${cells}`);
    },
    async onNotebook(result) {
      finish?.(result);
      finish = undefined;
      await line;
    },
  });
}
