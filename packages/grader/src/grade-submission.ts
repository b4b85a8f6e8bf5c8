// One submission from its copy to its grade.

import { cpSync, lstatSync } from "node:fs";
import { relative } from "node:path";
import { tableOf } from "@sparkify/cql";
import { type Copy, makeCopy } from "./copy.js";
import type { Logs, LogsOfBatch } from "./events.js";
import { readable, removeAll } from "./files.js";
import { type Assessment, type Detail, emptyGrade, type Grade, itemOf, sumOf } from "./grade.js";
import { hiddenIn } from "./items/hidden.js";
import { judgeRun, type Repeatable, type RunFacts, repeatedBy } from "./items/judge-run.js";
import { capital } from "./items/wording.js";
import { kernelNames } from "./kernels.js";
import { missingIn, notesOfPackages, type Packages, textOfMissing } from "./missing.js";
import type { GradingNode } from "./node.js";
import type { Nodes } from "./nodes.js";
import { cellName, codeCells, mentions, NotGradable } from "./notebook.js";
import { type Installed, requirementsOf } from "./requirements.js";
import type { RubricItem } from "./rubric.js";
import { type CellResult, type RunResult, type RunSettings, runSubmission } from "./run.js";
import type { Submission } from "./submissions.js";
import { filesIn } from "./surroundings.js";

/** Seconds after which a step is ended with its process: no text and no table may keep a batch. */
const limits = {
  /** A node, several tries. */
  start: 900,
  /** More than a run itself may take: to end it, and to start a node that did not survive it. */
  run: 600,
  judging: 600,
};

/** What a submission is graded with. */
export interface GradeOptions {
  logs: LogsOfBatch;
  /** A folder of the submission's own, which is gone afterwards. */
  home: string;
  /** Where its copy is kept; undefined where it is not. */
  keepIn?: string | undefined;
  /** What was installed for it, where the reviewer permits that. */
  installed?: Installed | undefined;
  /** Whether another submission comes after this one. */
  more: boolean;
  rubric: RubricItem[];
  run: RunSettings;
  /** Is told what is being done, and after how many seconds that is to be ended from outside. */
  news: (text: string, seconds: number) => void;
}

/** Grades a submission. What goes wrong with it is in the grade; what is thrown is wrong with the grader or its node. */
export async function gradeSubmission(
  nodes: Nodes,
  submission: Submission,
  options: GradeOptions,
): Promise<Grade> {
  const begun = performance.now();
  const grade = emptyGrade(submission.name);
  if (submission.passedOver.length > 0) grade.passedOver = submission.passedOver;
  /** Its node, which may still be starting. */
  let taking: Promise<GradingNode> | undefined;
  const takeNode = () => {
    taking = nodes.take(options.more);
    return taking;
  };
  try {
    if (submission.problem !== undefined) throw new NotGradable(submission.problem);
    const { drawn, published } = options.logs;
    const copyWith = ({ folder }: Logs): Copy => ({
      ...makeCopy(submission, folder, options.home),
      packages: options.installed?.folder,
    });
    let copy = copyWith(drawn);
    if (copy.notebooks.length === 0)
      throw new NotGradable(
        "There is no notebook (.ipynb) in the folder. Scripts are run where a README tells to run them, or --scripts names them.",
      );
    const names: readonly string[] = kernelNames;
    const unknown = copy.notebooks.find(({ notebook }) => !names.includes(notebook.kernel));
    if (unknown)
      throw new NotGradable(
        `There is no kernel of the name "${unknown.notebook.kernel}". The grader has: ${names.join(", ")}.`,
      );
    const asked = { requirements: requirementsOf(submission, copy.commands), installed: options.installed };
    let runs = await runTwice(takeNode(), copy, drawn, asked, options);
    if (runs.comparesWithPublished) {
      if (taking) await nodes.discard(await taking);
      copy = copyWith(published);
      runs = await runTwice(takeNode(), copy, published, asked, options);
      runs.notes.push({
        title: "It was run with the published logs",
        text: "Its code has the published answers in it, and a cell failed where the answers were others.",
      });
    }
    const { assessments, notes, failed, hasTables } = runs;
    if (!hasTables && !makesTables(copy)) grade.uncounted = "it makes no table: the template, or less";
    if (failed !== undefined) grade.failed = failed;
    const items = options.rubric.flatMap((item) => {
      const assessment = assessments.get(item.id);
      return assessment ? [itemOf(item, assessment)] : [];
    });
    Object.assign(grade, {
      graded: true,
      items,
      notes,
      points: sumOf(items, "points"),
      maxPoints: sumOf(items, "maxPoints"),
    });
  } catch (error) {
    const node = await taking?.catch(() => undefined);
    if (error instanceof NotGradable) grade.error = error.message;
    else if (node === undefined || (node.isAlive && !isOfCassandra(error as Error))) throw error;
    else grade.error = `The database failed while the submission was judged: ${(error as Error).message}`;
  } finally {
    const node = await taking?.catch(() => undefined);
    if (node) await nodes.discard(node);
  }
  if (options.keepIn !== undefined) keep(options.home, options.keepIn, grade);
  for (const folder of [options.home, `${options.home}-settings`]) removeAll(folder);
  return { ...grade, seconds: Math.round((performance.now() - begun) / 100) / 10 };
}

/** Keeps the copy, as far as that can be done: whatever a submission has made of it, its grade stands. */
function keep(home: string, folder: string, grade: Grade): void {
  const isPlain = (path: string) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    return status?.isFile() === true || status?.isDirectory() === true;
  };
  try {
    cpSync(home, folder, { recursive: true, force: true, filter: isPlain });
  } catch (error) {
    grade.notes.push({ title: "Not all of the copy could be kept", text: (error as Error).message });
  }
}

/** Whether it is the driver's: a submission may have left a database that does not answer as it should. */
const isOfCassandra = ({ name }: Error) =>
  /^(ResponseError|NoHostAvailableError|OperationTimedOutError|BusyConnectionError|DriverInternalError)$/.test(
    name,
  );

/** Runs it, judges it, and runs it again. @param taken its node, which may still be starting */
async function runTwice(
  taken: Promise<GradingNode>,
  copy: Copy,
  logs: Logs,
  packages: Packages,
  options: GradeOptions,
) {
  const first = await runOnce(taken, copy, logs, options, "");
  const node = await taken;
  options.news("judging", limits.judging);
  const judged = await judgeRun(first.facts);
  const { assessments, repeatable, hasTables, comparesWithPublished } = judged;
  const failed = failedIn(first.facts.run, copy);
  if (comparesWithPublished && logs !== options.logs.published)
    return { assessments, notes: [], failed, hasTables, comparesWithPublished };
  const notes = [
    ...first.notes,
    ...judged.notes,
    ...notesOfPackages(first.facts.run, packages),
    ...notesOf(first.facts.run, copy),
  ];
  if (!judged.hasRows) notTheLearners(first.facts, copy, packages);
  if (options.rubric.some(({ id }) => id === "rerun")) {
    if (first.facts.run.stopped !== undefined) {
      const evidence = `not tried: the first run did not come to its end (${first.facts.run.stopped})`;
      assessments.set("rerun", { verdict: "fail", evidence });
    } else if (!hasTables) {
      const evidence = "not tried: the first run made no table";
      assessments.set("rerun", { verdict: "fail", evidence });
    } else {
      await node.dropRestored();
      const second = await runOnce(taken, copy, logs, options, "again: ");
      options.news("judging the second run", limits.judging);
      const repeated = await repeatedBy(second.facts);
      assessments.set(
        "rerun",
        compareRuns(copy, [first.facts.run, second.facts.run], [repeatable, repeated.repeatable]),
      );
      for (const [id, { column, text }] of judged.computed) {
        const again = repeated.computed.get(id);
        const before = assessments.get(id);
        if (again && again.text !== text && before) assessments.set(id, askedBy(column, before));
      }
    }
  }
  return { assessments, notes, failed, hasTables, comparesWithPublished: false };
}

/** Whether its code, or a module that came along, speaks of making tables. */
const makesTables = ({ notebooks, modules }: Copy): boolean =>
  [...notebooks.flatMap(({ notebook }) => codeCells(notebook)), ...modules.map(({ source }) => source)].some(
    (source) => mentions(source, "CREATE TABLE"),
  );

/** Programs that belong to Cassandra and Spark, and are not here; cqlsh comes with the Python kernel. */
const missingTools =
  /(?:^|[;&|\n(]\s*|\bsudo\s+)(?:[\w./~-]*\/)?(cqlsh|docker(?:-compose)?|dsbulk|sstableloader|spark-submit)\b/;

/**
 * A run that made no table, since something is not here that the learner's machine had, says nothing of the learner.
 * @throws NotGradable in that case
 */
function notTheLearners({ run, statements }: RunFacts, copy: Copy, packages: Packages): void {
  const [missing] = missingIn(run);
  if (missing)
    throw new NotGradable(`No table was made, or none holds a row. ${textOfMissing(missing, packages)}`);
  const usesPython = copy.notebooks.some(({ notebook }) => notebook.kernel === "python3");
  const tools = copy.commands
    .flatMap((command) => missingTools.exec(command)?.[1] ?? [])
    .filter((name) => name !== "cqlsh" || !usesPython);
  if (tools.length > 0)
    throw new NotGradable(
      `No table was made, or nothing came into the tables. The submission starts ${[...new Set(tools)].join(" and ")}, which the grader does not have.`,
    );
  const makes = (source: string) => mentions(source, "CREATE TABLE");
  const inNotebook = copy.notebooks.some(({ notebook }) => codeCells(notebook).some(makes));
  const scripts = [...copy.modules, ...cqlFiles(copy)]
    .filter(({ source }) => makes(source))
    .map(({ name }) => name);
  if (inNotebook || scripts.length === 0 || statements.some(({ cql }) => tableOf("CREATE TABLE", cql)))
    return;
  throw new NotGradable(
    `No table was made. The notebook makes none; ${scripts.join(", ")} would, but the notebook does not run that; with --scripts ${scripts[0]} it is run before. ${failedIn(run, copy) ?? ""}`.trim(),
  );
}

/** Its files of CQL. */
const cqlFiles = ({ folder }: Copy) =>
  [...filesIn(folder, () => true)]
    .filter((path) => path.endsWith(".cql"))
    .map((path) => ({ name: relative(folder, path).replaceAll("\\", "/"), source: readable(path) }));

const failedCells = ({ cells }: RunResult) => cells.filter(({ error, problem }) => error || problem);
const whatFailed = ({ error, problem }: CellResult) => problem ?? `${error?.name}: ${error?.message}`;

/** How many cells failed, and how the first one did; undefined where none did. */
function failedIn(run: RunResult, { notebooks }: Copy): string | undefined {
  const failed = failedCells(run);
  const [first] = failed;
  if (!first) return undefined;
  const what = whatFailed(first).split("\n")[0]?.slice(0, 200);
  return `${failed.length} of ${run.cells.length} code cells failed, first ${cellName(first.number, first.notebook, notebooks)}: ${what}`;
}

async function runOnce(
  taken: Promise<GradingNode>,
  copy: Copy,
  logs: Logs,
  options: GradeOptions,
  prefix: string,
) {
  let from = 0;
  let since = 0;
  const database = taken.then((node) => {
    from = node.mark();
    since = Date.now();
    return { folder: node.directory, auditLog: node.auditFile };
  });
  const onCell = (cell: number, cells: number) =>
    options.news(`${prefix}cell ${cell} of ${cells}`, options.run.timeout + limits.run);
  options.news(`${prefix}starting the kernel`, limits.start + options.run.timeout + limits.run);
  const running = runSubmission(copy, { ...options.run, database }, onCell);
  const { plays } = logs; // read while the kernel and the node start
  const published = options.logs.published.plays;
  const run = await running;
  const node = await taken;
  const notes: Detail[] = [];
  const problem = await node.reviveAfterRun();
  if (problem !== undefined) notes.push({ title: "The database did not survive the run", text: problem });
  const statements = node.statements(from, node.mark());
  const facts: RunFacts = { node, copy, run, statements, since, plays, published };
  return { facts, notes };
}

/** What drivers say where an answer is late. */
const timedOut =
  /\bOperationTimedOut\b|\bWriteTimeout\b|\bReadTimeout\b|\bClient request timeout\b|\bOperation timed out\b/;

/** What a reviewer should know of the run. */
function notesOf(run: RunResult, copy: Copy): Detail[] {
  const notes: Detail[] = [];
  if (run.stopped !== undefined) notes.push({ title: "The run ended early", text: run.stopped });
  const late = run.cells.filter(({ error, output }) =>
    timedOut.test(`${error?.name} ${error?.message} ${output}`),
  );
  if (late.length > 0)
    notes.push({
      title: "Cassandra did not answer in time",
      text: `Code cells ${late.map(({ number }) => number).join(", ")}: that can be the machine's fault. Grade it again with fewer --jobs before you judge.`,
    });
  for (const cell of run.cells) {
    const { notebook, number, error, problem, output, cut } = cell;
    const source = codeCells(copy.notebooks[notebook]?.notebook)[number - 1] ?? "";
    if (error || problem) {
      const what = whatFailed(cell);
      notes.push({
        title: `${capital(cellName(number, notebook, copy.notebooks))} failed (${what.slice(0, 200)})`,
        // Of a script that was started the cell's own error says nothing.
        text: `${source}\n\n${[source.startsWith("!") ? output.slice(-2000) : "", error?.trace].filter(Boolean).join("\n\n") || output.slice(-2000)}`.slice(
          0,
          6000,
        ),
      });
    }
    if (cut > 0)
      notes.push({
        title: `${capital(cellName(number, notebook, copy.notebooks))} printed too much`,
        text: `${cut} more characters were not kept.`,
      });
  }
  for (const [index, { notebook }] of copy.notebooks.entries())
    for (const [at, source] of codeCells(notebook).entries())
      notes.push(...hiddenIn({ source }, capital(cellName(at + 1, index, copy.notebooks))));
  for (const { name, source } of copy.modules) notes.push(...hiddenIn({ source }, `The module ${name}`));
  if (copy.foreign.length > 0)
    notes.push({
      title: "Absolute paths in the notebook",
      text: `${copy.foreign.join(", ")}: the source names a folder of another machine.`,
    });
  return notes;
}

/** A question that is asked by what is another in each run: whether that is meant so, only a reader can say. */
const askedBy = (column: string, { verdict, evidence, details = [] }: Assessment): Assessment => ({
  verdict: "ask",
  evidence: `${column} is none of the columns of the logs, and a second run gives it other values: whoever asks must know them. With those of the first run the verdict would be ${verdict}: ${evidence}`,
  details,
});

function compareRuns(
  { notebooks }: Copy,
  [first, second]: [RunResult, RunResult],
  [before, after]: [Repeatable, Repeatable],
): Assessment {
  const placeOf = ({ notebook, number }: CellResult) => `${notebook} ${number}`;
  const known = new Set(failedCells(first).map(placeOf));
  const broken = failedCells(second).filter((cell) => !known.has(placeOf(cell)));
  const differences = [
    ...(second.stopped === undefined ? [] : [`it did not come to its end (${second.stopped})`]),
    ...broken.map((cell) => `${cellName(cell.number, cell.notebook, notebooks)} fails: ${whatFailed(cell)}`),
    ...[...before].flatMap(([what, { text, words }]) => {
      const now = after.get(what);
      if (now?.text === text) return [];
      return [
        now === undefined ? `${what} is not there` : `${what} is another (${words}; then ${now.words})`,
      ];
    }),
  ];
  return differences.length === 0
    ? { verdict: "pass", evidence: "a second run gives the same tables, answers and CSV" }
    : { verdict: "fail", evidence: `in a second run ${differences.join("; ")}` };
}
