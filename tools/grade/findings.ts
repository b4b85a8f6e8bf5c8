// Each item of the rubric, judged by what Cassandra saw and holds after a run.

import type { Finding as ModelFinding, RawPlay } from "@sparkify/lib";
import { tellingCases } from "@sparkify/lib";
import { type ModelQuery, namingFaults, readQuery } from "@sparkify/lib/model";
import type { Statement } from "./audit.js";
import { plain } from "./columns.js";
import { type Copy, csvFilesIn } from "./copy.js";
import { readSelect } from "./cql.js";
import type { Detail, Finding, Verdict } from "./grade.js";
import { type Match, matchQuestions } from "./match.js";
import {
  type Contents,
  contentsOf,
  inQuestion,
  type Judged,
  judge,
  type Renamed,
  type Replaced,
  type Replay,
  rename,
  replacedIn,
  replay,
} from "./model.js";
import type { GradingNode } from "./node.js";
import type { Cell } from "./notebook.js";
import { judgeDescribed, judgeReasoning, judgeTodos } from "./prose.js";
import type { RunResult } from "./run.js";
import { judgeStreamlined } from "./streamlined.js";
import { type Table, Tables } from "./tables.js";

/** What is known of a question after a run. */
interface Answered extends Match {
  contents: Contents | undefined;
  judged: Judged | undefined;
  renamed: Renamed | undefined;
  /** What its key makes one, where it does. */
  replaced: Replaced[];
  replay: Replay | undefined;
  /** Its LIMIT cuts answers; the replay is without it. */
  isCut: boolean;
}

const unexamined = { judged: undefined, renamed: undefined, replaced: [], replay: undefined, isCut: false };

export interface RunState {
  findings: Map<string, Finding>;
  repeatable: Repeatable;
}

/** What a second run must give again, by what it is about: as it is compared, and in words. */
export type Repeatable = Map<string, { text: string; told: string }>;

export interface RunFacts {
  node: GradingNode;
  copy: Copy;
  run: RunResult;
  statements: Statement[];
  /** When the run began. */
  since: number;
  plays: RawPlay[];
}

/** Judges everything but the second run. */
export async function judgeRun(facts: RunFacts): Promise<RunState> {
  const { node, copy, run, statements, since, plays } = facts;
  const tables = await Tables.of(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const telling = tellingPlays(plays);
  const answered: Answered[] = [];
  for (const match of matches) answered.push(await examine(node, match, plays, telling));
  // What is written in modules beside the notebook counts as if it were in it.
  const own = copy.notebooks.flatMap(({ notebook }) => notebook.cells);
  const modules = copy.modules.map(({ name, source }): Cell => ({ kind: "code", source, file: name }));
  const cells = [...own, ...modules];
  const source = cells.flatMap((cell) => (cell.kind === "code" ? [cell.source] : [])).join("\n");

  const findings = new Map<string, Finding>([
    ["csv", judgeStreamlined(csvFilesIn(copy), plays)],
    ["types", judgeTypes(answered)],
    ["table-per-query", judgeTables(answered)],
    ...answered.map((one) => [one.asked.id, judgeQuestion(one, statements)] as const),
    ["key", judgeKeys(answered)],
    ["order", judgeColumnOrder(answered)],
    ["names", judgeNames(answered)],
    ["columns", judgeColumns(answered)],
    ["described", judgeDescribed(cells)],
    ["reasoning", judgeReasoning(cells)],
    ["todos", judgeTodos(cells)],
    ["results", judgeResults(answered, run, plays)],
    ["cleanup", judgeCleanup(answered, source)],
  ]);
  return { findings, repeatable: repeatableOf(answered, findings) };
}

/** After a second run: only what it must give again. */
export async function repeatedBy(facts: RunFacts): Promise<Repeatable> {
  const { node, copy, statements, since, plays } = facts;
  const tables = await Tables.of(node, plays, statements, since);
  const matches = await matchQuestions(statements, tables);
  const answered = matches.map((match): Answered => {
    const contents = match.table && contentsOf(match.table, plays);
    return { ...match, contents, ...unexamined };
  });
  const findings = new Map([["csv", judgeStreamlined(csvFilesIn(copy), plays)]]);
  return repeatableOf(answered, findings);
}

function repeatableOf(answered: Answered[], findings: Map<string, Finding>): Repeatable {
  const repeatable: Repeatable = new Map();
  for (const { asked, asking, table, contents } of answered) {
    if (table && contents) {
      const keys = table.columns.filter(({ kind }) => kind === "partition_key" || kind === "clustering");
      const told = `${contents.rows} rows with the key ${keys.map(({ name }) => name).join(", ")}`;
      repeatable.set(`the table of ${asked.id}`, { text: contents.fingerprint, told });
    }
    if (asking) {
      const text = asking.refused ?? asking.select.on("");
      repeatable.set(`the SELECT of ${asked.id}`, { text, told: text });
    }
  }
  const csv = findings.get("csv");
  if (csv) repeatable.set("the CSV", { text: `${csv.verdict} ${csv.evidence}`, told: csv.evidence });
  return repeatable;
}

/** Song plays to ask for: the example's, those that tell right from wrong, and some from everywhere. */
function tellingPlays(plays: RawPlay[]): RawPlay[] {
  const every = Math.max(1, Math.floor(plays.length / 60));
  return [
    ...plays.filter(
      ({ sessionId, itemInSession, userId, song }) =>
        (sessionId === 338 && itemInSession === 4) ||
        (userId === 10 && sessionId === 182) ||
        song === "All Hands Against His Own",
    ),
    ...tellingCases(plays).flatMap(({ play }) => play ?? []),
    ...plays.filter(({ sessionId }) => sessionId >= 2001),
    ...plays.filter((_, index) => index % every === 0),
  ];
}

async function examine(
  node: GradingNode,
  match: Match,
  plays: RawPlay[],
  telling: RawPlay[],
): Promise<Answered> {
  const { table, asking } = match;
  const { question } = match.asked;
  if (!table) return { ...match, contents: undefined, ...unexamined };
  const renamed = rename(table, question, plays);
  const judged = await judge(node.client, table, asking?.select.on(table.full), renamed);
  let replayed: Replay | undefined;
  let isCut = false;
  if (asking && judged.query && asking.refused === undefined && !asking.select.allowFiltering) {
    const rowOf = new Map(
      renamed.plays.map((play, index) => [play, renamed.rows[index] as Record<string, unknown>]),
    );
    const isExample = (play: RawPlay) =>
      Object.entries(match.asked.example).every(([raw, value]) => play[raw as keyof RawPlay] === value);
    // The exercise's example first: it is what the learner has seen.
    const rows = [...telling.filter(isExample), ...telling].map(
      (play) => rowOf.get(play) as Record<string, unknown>,
    );
    try {
      const asked = (query: ModelQuery) =>
        replay(node.client, judged.table, query, renamed, rows, asking.select.columns);
      replayed = await asked(judged.query);
      if (replayed.outcome === "rows lost" && asking.select.limit !== undefined) {
        // A LIMIT cuts answers that are longer than the example's: the model is judged without it.
        const whole = readQuery(asking.select.on(table.full, { withLimit: false }), judged.table);
        const unlimited = await asked(whole);
        isCut = unlimited.right > replayed.right;
        if (isCut) replayed = unlimited;
      }
    } catch (error) {
      judged.problem = (error as Error).message;
    }
  }
  const replaced = fails(judged, "loses nothing") ? replacedIn(table, renamed) : [];
  const contents = contentsOf(table, plays);
  return { ...match, contents, judged, renamed, replaced, replay: replayed, isCut };
}

const found = (judged: Judged | undefined, point: ModelFinding["point"]) =>
  judged?.findings.find((one) => one.point === point);
const fails = (judged: Judged | undefined, point: ModelFinding["point"]) =>
  found(judged, point)?.verdict === "fail";

function statementsOf({ asking, table }: Answered): Detail[] {
  return [
    ...(table?.create ? [{ title: "CREATE TABLE, as Cassandra saw it", text: table.create }] : []),
    ...(asking ? [{ title: "SELECT, as Cassandra saw it", text: asking.cql }] : []),
  ];
}

function judgeQuestion(answered: Answered, statements: Statement[]): Finding {
  const { asked, asking, table, contents, judged, replay: replayed } = answered;
  const details = statementsOf(answered);
  const fail = (evidence: string, more: Detail[] = []): Finding => ({
    ...{ verdict: "fail", evidence, details: [...details, ...more] },
  });
  if (!table) return refusedFor(asked, statements);
  if (!asking)
    return fail(`no SELECT for this question was seen; the table ${table.name} may be meant for it`);
  if (asking.refused !== undefined) return fail(`Cassandra refuses the SELECT: ${asking.refused}`);
  if (asking.select.allowFiltering)
    return fail("the SELECT says ALLOW FILTERING: Cassandra reads all rows to throw most of them away");
  if (!replayed) return fail(notAskable(judged?.problem));
  const comparison: Detail[] = replayed.example
    ? [
        {
          title: `Asked for ${shown(replayed.example.given)}`,
          got: replayed.example.got,
          expected: replayed.example.expected,
        },
      ]
    : [];
  const counts = `${replayed.right} of ${replayed.asked} answers are right`;
  const whyEmpty = emptyTable(table);
  if (whyEmpty !== undefined) return fail(whyEmpty, comparison);
  if (replayed.outcome === "wrong rows" || replayed.outcome === "rows lost") {
    const why = found(judged, "loses nothing");
    const loss = why?.verdict === "fail" && !why.probed;
    const reason = loss
      ? `. ${capital(lossIn(answered, why))}`
      : contents
        ? capitals(tableFaults(table, contents))
        : "";
    const what = replayed.outcome === "rows lost" ? "Rows get lost" : "Rows come that should not";
    const disorder = found(judged, "right order");
    const order = disorder?.verdict === "fail" ? `. ${capital(disorder.evidence)}` : "";
    return fail(`${what}: ${counts}${reason}${order}`, [
      ...comparison,
      ...(loss ? lossDetails(answered, why) : []),
    ]);
  }
  const lost = found(judged, "loses nothing");
  const weak: string[] = [];
  if (answered.isCut)
    weak.push(`LIMIT ${asking.select.limit} cuts longer answers: asked without it, this is right`);
  if (lost?.verdict === "fail" && !lost.probed)
    return fail(`${counts}, but the key loses rows: ${lossIn(answered, lost)}`, lossDetails(answered, lost));
  const access = found(judged, "answers the query without filtering");
  const doubled = found(judged, "no needless duplicates");
  if (access?.verdict === "fail") weak.push(access.evidence);
  const order = found(judged, "right order");
  if (order?.verdict === "fail") weak.push(order.evidence);
  else if (replayed.outcome === "another order") weak.push("all rows, but not in the order asked for");
  if (replayed.outcome === "rows doubled" && doubled?.verdict !== "fail")
    weak.push("all rows, but some come more than once");
  if (doubled?.verdict === "fail") weak.push(withRows(doubled));
  if (replayed.missing.length > 0) weak.push(`the answer has no ${replayed.missing.join(", ")}`);
  // What no row of the logs shows is a weakness of the model, but no wrong answer. It is said where nothing else is.
  if (lost?.verdict === "fail" && weak.length === 0) weak.push(lost.evidence);
  if (weak.length > 0)
    return {
      verdict: "partial",
      evidence: `${weak.join("; ")} (${counts})`,
      details: [...details, ...comparison],
    };
  return {
    verdict: "pass",
    evidence: `${table.name}: asked for ${replayed.asked} different ${asked.question.given.join(" and ")}, every answer is right`,
    details,
  };
}

const shown = (values: Record<string, unknown>) =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${short(JSON.stringify(value) ?? "")}`)
    .join(", ");
const short = (text: string) => (text.length > 80 ? `${text.slice(0, 80)} …` : text);
/** Which facts a key loses, and what took their rows. @param count of examples */
function lossIn({ replaced, renamed }: Answered, finding: ModelFinding, count = 1): string {
  if (!renamed || replaced.length === 0) return finding.evidence;
  const examples = replaced
    .slice(0, count)
    .map(
      ({ lost, kept }) =>
        `${shown(inQuestion(renamed, lost))} is lost to ${shown(inQuestion(renamed, kept))}`,
    );
  return `${finding.evidence.replace(/\. For instance.*$/, "")}. For instance, ${examples.join("; ")}`;
}

function lossDetails({ replaced, renamed }: Answered, finding: ModelFinding): Detail[] {
  if (!renamed || replaced.length === 0) return rowsOf(finding);
  const rows = replaced.slice(0, 10).flatMap(({ lost, kept }) => [
    { what: "lost", ...inQuestion(renamed, lost) },
    { what: "kept in its place", ...inQuestion(renamed, kept) },
  ]);
  return [{ title: `${replaced.length} facts are lost, as another one has their key`, rows }];
}

/** A finding with the rows that it speaks of. */
const withRows = ({ evidence, rows = [] }: ModelFinding) =>
  rows.length > 0 ? `${evidence}: ${rows.slice(0, 2).map(shown).join("; ")}` : evidence;

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const rowsOf = (finding: ModelFinding | undefined): Detail[] =>
  finding?.rows && finding.rows.length > 0
    ? [{ title: `Rows that show it (${finding.point})`, rows: finding.rows.slice(0, 10) }]
    : [];

/** Of a question without a table and a SELECT nothing is right. */
const nothingSeen = (answered: Answered[]): false[] =>
  answered.flatMap(({ table, asking }) => (table || asking ? [] : [false as const]));

/** Says of which questions nothing was seen. */
function nothingFor(answered: Answered[]): string {
  const ids = answered.flatMap(({ asked, table, asking }) => (table || asking ? [] : [asked.id]));
  return ids.length > 0 ? `; nothing was seen for ${ids.join(" and ")}` : "";
}

/** The verdict of several: one for each question, or for each table there is. */
function shareOf(verdicts: boolean[]): { verdict: Verdict; share: number } {
  const right = verdicts.filter(Boolean).length;
  const verdict = right === verdicts.length ? "pass" : right > 0 ? "partial" : "fail";
  return { verdict, share: right / verdicts.length };
}

function judgeTables(answered: Answered[]): Finding {
  const used = answered.flatMap(({ table }) => table ?? []);
  const different = new Set(used).size;
  const names = answered.map(({ asked, table }) => `${asked.id}: ${table?.name ?? "none"}`).join(", ");
  const verdict = different === 3 ? "pass" : different === 2 ? "partial" : "fail";
  return { verdict, evidence: names };
}

function judgeKeys(answered: Answered[]): Finding {
  const judged = answered.map((one) => ({ one, ...keyProblems(one) }));
  // A table of several questions need not be the right one for each of them: that is another item.
  const isRight = ({ one, problems }: (typeof judged)[number]) =>
    problems.length === 0 ||
    (one.table !== undefined &&
      judged.some((other) => other.one.table === one.table && other.problems.length === 0));
  const wrong = judged.filter((one) => !isRight(one));
  const notes = answered.flatMap(({ table, contents }) =>
    table && contents
      ? [
          ...(contents.alteredCount > 0 ? [alteredIn(contents)] : []),
          ...(contents.silent > 0 ? [silentIn(contents)] : []),
        ].map((note) => `${table.name}: ${note}`)
      : [],
  );
  const rows = answered.map(({ table, contents }) => `${table?.name}: ${contents?.rows} rows`).join(", ");
  const evidence =
    wrong.length > 0
      ? wrong
          .map(({ one, problems }) => `${one.table?.name ?? one.asked.id}: ${problems.join("; ")}`)
          .join(". ")
      : `${rows}; each key compared with all rows of the logs`;
  return {
    ...shareOf(judged.map(isRight)),
    evidence: [evidence, ...notes].join(". "),
    details: wrong.flatMap(({ details }) => details),
  };
}

function keyProblems(answered: Answered): { problems: string[]; details: Detail[] } {
  const { table, contents, judged } = answered;
  const details: Detail[] = [];
  if (!table || !contents) return { problems: ["no table"], details };
  const whyEmpty = emptyTable(table);
  if (whyEmpty !== undefined) return { problems: [whyEmpty], details };
  const problems: string[] = [];
  const loss = found(judged, "loses nothing");
  if (loss?.verdict === "fail" && !loss.probed) {
    problems.push(lossIn(answered, loss, 2));
    details.push(...lossDetails(answered, loss));
  }
  const doubled = found(judged, "no needless duplicates");
  if (doubled?.verdict === "fail") {
    problems.push(withRows(doubled));
    details.push(...rowsOf(doubled));
  }
  if (contents.lostCount > 0) {
    problems.push(lostIn(contents));
    const rows = contents.lost.map((row) => ({ ...row }));
    details.push({ title: `${table.name}: rows of the logs that are lost`, rows });
  }
  if (contents.foreignCount > 0) {
    problems.push(foreignIn(contents));
    details.push({ title: `${table.name}: rows that are not in the logs`, rows: contents.foreign });
  }
  if (loss?.probed && problems.length === 0) {
    problems.push(loss.evidence);
    details.push(...rowsOf(loss));
  }
  if (judged && judged.findings.length === 0) problems.push(notAskable(judged.problem));
  if (table.refused && contents.lostCount > 0) {
    const { message, cql } = table.refused;
    problems.push(refusalOf(table.refused));
    details.push({
      title: "The first INSERT that Cassandra refused",
      text: `${cql}\n\n${message}`.slice(0, 6000),
    });
  }
  return { problems, details };
}

const lostIn = ({ lostCount, lost }: Contents) =>
  `${lostCount} ${lostCount === 1 ? "key" : "keys"} of the logs never came into the table, such as ${playIn(lost)}`;

const silentIn = ({ silent }: Contents) =>
  `${silent} ${silent === 1 ? "row is" : "rows are"} of lines of the logs in which no song was played`;

/** Why a SELECT could not be asked with other values. */
function notAskable(problem: string | undefined): string {
  const [, column] = /^No raw column is called (.+?)\. /.exec(problem ?? "") ?? [];
  return column === undefined
    ? `the SELECT could not be asked again: ${problem ?? "unknown"}`
    : `${column} is none of the columns of the logs, so that only who has seen the table knows its values: it cannot be asked for another example`;
}

const foreignIn = ({ foreignCount, foreign, swapped }: Contents) =>
  `${foreignCount} rows have a key that is not in the logs, such as ${shown(foreign[0] ?? {})}${swappedIn(swapped)}`;

const alteredIn = ({ alteredCount, altered, swapped }: Contents) =>
  `${alteredCount} rows hold other values than the logs, such as ${shown(altered[0] ?? {})}${swappedIn(swapped)}`;

const swappedIn = (pair: Contents["swapped"]) =>
  pair ? `: the values of ${pair.join(" and ")} are exchanged` : "";

/** What a table holds wrongly, for an answer that is wrong. */
function tableFaults({ refused, ignored }: Table, contents: Contents): string[] {
  return [
    ...(contents.lostCount > 0 ? [lostIn(contents)] : []),
    ...(contents.foreignCount > 0 ? [foreignIn(contents)] : []),
    ...(contents.silent > 0 ? [silentIn(contents)] : []),
    ...(contents.alteredCount > 0 ? [alteredIn(contents)] : []),
    ...(refused ? [refusalOf(refused)] : []),
    ...(ignored ? [ignoredText] : []),
  ];
}

const ignoredText =
  "A later CREATE TABLE IF NOT EXISTS with other columns or another key did nothing: the table was there";

/** Why a table is empty, where it is. */
function emptyTable({ name, rows, refused, insert }: Table): string | undefined {
  if (rows.length > 0) return undefined;
  if (refused) return `${name} is empty: ${refusalOf(refused)}`;
  return insert === undefined
    ? `${name} is empty: no INSERT was seen`
    : `${name} is empty: an INSERT was prepared, but no row came`;
}

const capitals = (texts: string[]) => texts.map((text) => `. ${capital(text)}`).join("");

/** Where a question has no table: what Cassandra refused of what was meant for it. */
function refusedFor({ question }: Answered["asked"], statements: Statement[]): Finding {
  const refused = statements.filter((one) => one.refused !== undefined);
  const columnsOf = ({ cql }: Statement) =>
    (readSelect(cql)?.conditions ?? []).map(({ column }) => plain(column));
  const select = refused
    .filter((one) => question.given.every((raw) => columnsOf(one).includes(plain(raw))))
    .sort((a, b) => columnsOf(a).length - columnsOf(b).length)[0];
  const table = select && readSelect(select.cql)?.table;
  const creates = refused.filter(({ cql }) => /^\s*CREATE\s+TABLE\b/i.test(cql));
  const create = table && creates.find(({ cql }) => cql.toLowerCase().includes(table.toLowerCase()));
  const said = [
    ...(create ? [`its CREATE TABLE: ${create.refused}`] : []),
    ...(select ? [`its SELECT: ${select.refused}`] : []),
    ...(!select && creates[0]
      ? [`${creates.length} CREATE TABLE, the first one: ${creates[0].refused}`]
      : []),
  ];
  if (said.length === 0)
    return { verdict: "fail", evidence: "neither a table nor a SELECT for this question was seen" };
  const details = [create || creates[0], select].flatMap((one) =>
    one ? [{ title: "Refused by Cassandra", text: `${one.cql}\n\n${one.refused}`.slice(0, 6000) }] : [],
  );
  const evidence = `no table for this question was made. Cassandra refused ${said.join("; ")}`;
  return { verdict: "fail", evidence, details };
}

const refusalOf = ({ count, message }: NonNullable<Table["refused"]>) =>
  `Cassandra refused ${count} ${count === 1 ? "INSERT" : "INSERTs"}: ${message}`;

/** Which play it is. */
function playIn([play]: RawPlay[]): string {
  if (!play) return "none";
  const { song, userId, sessionId, itemInSession } = play;
  return shown({ song, userId, sessionId, itemInSession });
}

/** A float for a length loses digits; text breaks the order of numbers, if they order anything. */
function judgeTypes(answered: Answered[]): Finding {
  const faults: { verdict: Verdict; text: string }[] = [];
  for (const { table, judged, renamed, asked } of answered) {
    if (!table || !renamed) continue;
    for (const row of found(judged, "right types")?.rows ?? []) {
      const { column, type, "in the CSV": before, "read back": after } = row as Record<string, string>;
      const raw = table.held.get(column ?? "")?.raw[0];
      const isText = /^(text|ascii|varchar)$/.test(type ?? "");
      const orders =
        asked.question.order?.some((name) => renamed.nameOf(name.split(" ")[0] as string) === column) ??
        false;
      const verdict: Verdict =
        isText && !orders
          ? "partial"
          : isText
            ? fails(judged, "right order")
              ? "fail"
              : "partial"
            : type === "float" && raw === "length"
              ? "partial"
              : /^(float|double|decimal)$/.test(type ?? "") && raw !== "length"
                ? "partial"
                : "fail";
      const told =
        raw === "length" && type === "float"
          ? "495.3073 comes back as 495.30731201171875"
          : `${before} comes back as ${after}`;
      faults.push({ verdict, text: `${table.name}.${column} is ${type}: ${told}` });
    }
  }
  const tables = answered.filter(({ table }) => table).length;
  if (tables === 0) return { verdict: "fail", evidence: "no table was seen" };
  if (faults.length === 0)
    return {
      ...shareOf([...Array<boolean>(tables).fill(true), ...nothingSeen(answered)]),
      evidence: `every value keeps what it is, in ${tables} of 3 tables${nothingFor(answered)}`,
    };
  return {
    verdict: faults.some(({ verdict }) => verdict === "fail") ? "fail" : "partial",
    evidence: faults.map(({ text }) => text).join("; "),
  };
}

function judgeColumnOrder(answered: Answered[]): Finding {
  const faults: string[] = [];
  const right = answered.flatMap(({ table, judged, renamed }) => {
    if (!table || !judged || !renamed) return [];
    const asked = judged.query ?? { cql: "", conditions: [], where: [], orderBy: [], allowFiltering: false };
    // Of the columns of the partition key all are given, in whatever order.
    const partition = judged.table.partitionKey.map(({ name }) => name);
    const where = [
      ...partition.filter((name) => asked.where.includes(name)),
      ...asked.where.filter((name) => !partition.includes(name)),
    ];
    const found = namingFaults(judged.table, { ...asked, where }, renamed.question, {
      create: table.create,
      insert: table.insert,
    });
    const own = found.filter((fault) => !fault.startsWith("the name "));
    faults.push(...own.map((fault) => `${table.name}: ${fault}`));
    return [own.length === 0];
  });
  if (right.length === 0) return { verdict: "fail", evidence: "no table was seen" };
  return {
    ...shareOf([...right, ...nothingSeen(answered)]),
    evidence: `${faults.length > 0 ? faults.join("; ") : "CREATE TABLE, INSERT and WHERE follow the keys"}${nothingFor(answered)}`,
  };
}

const emptyWords =
  /^(tables?|tbl|quer(y|ies)|q|questions?|music|app|history|library|lib|sparkify|udacity|data|info|details?|events?|new|test|my|the|a|an|t|cassandra|answers?|project|part|task|sql|cql|nosql|db|one|two|three|first|second|third|final|result|results|datafile|file|\d+)$/;

function judgeNames(answered: Answered[]): Finding {
  const names = answered.flatMap(({ table }) => (table ? [table.name] : []));
  if (names.length === 0) return { verdict: "fail", evidence: "no table was seen" };
  const said = (name: string) =>
    name
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replace(/\d+/g, "_")
      .toLowerCase()
      .split(/_+/)
      .some((word) => word !== "" && !emptyWords.test(word));
  const empty = names.filter((name) => !said(name));
  return {
    ...shareOf([...names.map(said), ...nothingSeen(answered)]),
    evidence: `${empty.length > 0 ? `${empty.join(", ")}: the name does not say what is held` : names.join(", ")}${nothingFor(answered)}`,
  };
}

function judgeColumns(answered: Answered[]): Finding {
  const seen = answered.flatMap(({ asked, asking }) => (asking ? [{ id: asked.id, asking }] : []));
  if (seen.length === 0) return { verdict: "fail", evidence: "no SELECT was seen" };
  return {
    ...shareOf([...seen.map(({ asking }) => asking.select.columns !== undefined), ...nothingSeen(answered)]),
    evidence: `${seen
      .map(({ id, asking }) => `${id}: ${asking.select.columns?.join(", ") ?? "SELECT *"}`)
      .join("; ")}${nothingFor(answered)}`,
  };
}

/** Without what printing adds to a text. */
const bare = (text: string) => text.replace(/["'\\]/g, "").replace(/\s+/g, " ");
const unescaped = (html: string) =>
  html
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll(/&(quot|#39|#x27|apos);/g, "")
    .replaceAll("&amp;", "&");

/** A table that is shown may cut long texts. */
const beginning = (text: string) => text.slice(0, 20).trim();

function judgeResults(answered: Answered[], run: RunResult, plays: RawPlay[]): Finding {
  // What was shown before the question was asked is no answer: a file that was printed, for instance.
  const shownSince = (time: number) =>
    bare(unescaped(run.cells.flatMap(({ shown, ended }) => (ended >= time ? [shown] : [])).join("\n")));
  const missing: string[] = [];
  const right = answered.map(({ asked, asking }) => {
    const written: Record<string, unknown> = { ...asking?.values };
    const example: Record<string, unknown> = { ...asked.example };
    const others = asked.question.given.filter(
      (raw) => written[raw] !== undefined && String(written[raw]) !== String(example[raw]),
    );
    const rows = plays.filter((play) =>
      asked.question.given.every((raw) => String(play[raw as keyof RawPlay]) === String(example[raw])),
    );
    const texts = rows.flatMap((play) =>
      asked.question.answer
        .filter((raw) => raw !== "length")
        .map((raw) => String(play[raw as keyof RawPlay])),
    );
    const text = shownSince(asking?.time ?? 0);
    const absent = texts.find((one) => !text.includes(beginning(bare(one))));
    if (absent !== undefined) {
      const why = others.map((raw) => `${raw} ${JSON.stringify(written[raw])} in place of ${example[raw]}`);
      const told = why.length > 0 ? `; the SELECT asks for ${why.join(", ")}` : "";
      missing.push(
        `${asked.id}: "${absent}" is not in the output${asking ? " of its SELECT or later" : ""}${told}`,
      );
    }
    return texts.length > 0 && absent === undefined;
  });
  return {
    ...shareOf(right),
    evidence:
      missing.length > 0 ? missing.join("; ") : "the answers of all three questions are in the output",
  };
}

function judgeCleanup(answered: Answered[], source: string): Finding {
  const used = answered.flatMap(({ table }) => table ?? []);
  const left = used.filter(({ dropped }) => dropped === undefined);
  const dropped = used.length > 0 && left.length === 0;
  const code = source
    .split("\n")
    .map((line) => line.replace(/(^|\s)(#|\/\/).*$/, ""))
    .join("\n");
  const closed =
    /\.\s*shutdown\s*\(/.test(code) || /\bwith\b[^\n]*(\bCluster\s*\(|\.connect\s*\()/.test(code);
  return {
    verdict: dropped && closed ? "pass" : dropped || closed ? "partial" : "fail",
    evidence: [
      dropped
        ? "the tables were dropped after the SELECTs"
        : `not dropped: ${[...new Set(left.map(({ name }) => name))].join(", ") || "no table was seen"}`,
      closed ? "the connection is closed" : "shutdown() is not called",
    ].join("; "),
  };
}
