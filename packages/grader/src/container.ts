// Where bubblewrap cannot be had: a container for each submission, with its grader and its Cassandra in it.
//
// The container keeps the submission from this machine, from the network and from other submissions. It does not keep it from
// its own grader, which runs beside it as the same user.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, posix, relative, sep } from "node:path";
import { childEnvironment } from "@sparkify/base/environment";
import { SparkifyError } from "@sparkify/base/errors";
import { step } from "@sparkify/base/install/step";
import { interruptedCode, onInterrupt, runChild, startChild } from "@sparkify/base/processes";
import { projectRoot } from "@sparkify/lib";
import { entriesOf, removeAll, textOf } from "./files.js";
import { emptyGrade, type Grade } from "./grade.js";
import { resource } from "./resources.js";
import type { Submission } from "./submissions.js";

/** The programs that can make one; their commands are the same. */
export type ContainerProgram = "docker" | "podman";

/** How submissions are graded in containers. */
export interface ContainerOptions {
  program: ContainerProgram;
  image: string;
  /** A folder of the batch's own. */
  directory: string;
  jobs: number;
  /** Of a run and of a cell, in seconds. */
  timeout: number;
  cellTimeout: number;
  /** The rubric's file, where it is not the grader's own. */
  rubric?: string | undefined;
  onNews?: (submission: Submission, text: string) => void;
  onGrade: (submission: Submission, grade: Grade) => void;
}

/** What of the project the image is made of. */
const sources =
  "package.json package-lock.json tsconfig.json tsconfig.base.json lib packages tools event_data".split(" ");
const isLeftOut = /(^|[/\\])(node_modules|dist|[^/\\]*\.tsbuildinfo)$|^(lib|packages[/\\][^/\\]+)[/\\]test$/;

/** The largest grade that is read: a submission may have written it. */
const largestGrade = 32 * 2 ** 20;

/** More than its grading may take, in seconds: see grade-submission.ts. */
const secondsBesides = 3600;

/**
 * Makes the image, unless it is there.
 * @param directory where its sources are put together
 * @returns its name
 * @throws SparkifyError where the program is not there, or the image cannot be made
 */
export async function containerImage(program: ContainerProgram, directory: string): Promise<string> {
  const ask = (...args: string[]) => spawnSync(program, args, { encoding: "utf8", env: childEnvironment() });
  const { error, status, stderr } = ask("info");
  if (error) throw new SparkifyError(`${program} is not installed: ${error.message}.`);
  if (status !== 0)
    throw new SparkifyError(`${program} does not answer: ${stderr.trim().split("\n").at(-1)}`);
  const image = `sparkify-grader:${versionOfSources()}`;
  if (ask("image", "inspect", image).status === 0) return image;
  await step(`Make the container's image with ${program} (some minutes)`, async (news) => {
    const context = join(directory, "image");
    removeAll(context);
    for (const name of sources)
      cpSync(join(projectRoot, name), join(context, name), {
        recursive: true,
        filter: (path) => !isLeftOut.test(relative(projectRoot, path)),
      });
    const args = ["build", "--tag", image, "--file", resource("Dockerfile"), context];
    const { code, tail } = await runChild(program, args, { onLine: news });
    removeAll(context);
    if (code !== 0) throw new SparkifyError(`${program} cannot make the image. Its last lines:\n\n${tail}`);
  });
  return image;
}

/** Another text where the project's code is another. */
function versionOfSources(): string {
  const hash = createHash("sha256");
  const add = (name: string) => {
    const path = join(projectRoot, name);
    if (isLeftOut.test(name)) return;
    if (statSync(path).isDirectory()) for (const inner of readdirSync(path).sort()) add(join(name, inner));
    else hash.update(JSON.stringify(name)).update(readFileSync(path));
  };
  for (const name of sources) add(name);
  return hash.digest("hex").slice(0, 16);
}

/** Grades each submission in a container of its own. */
export async function gradeInContainers(submissions: Submission[], options: ContainerOptions): Promise<void> {
  const waiting = submissions.entries();
  const work = async () => {
    for (const [at, submission] of waiting) {
      if (interruptedCode()) return;
      options.onNews?.(submission, `in a container of ${options.program}`);
      const grade = await gradeInContainer(submission, at, options);
      if (interruptedCode()) return;
      options.onGrade(submission, grade);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
}

async function gradeInContainer(
  submission: Submission,
  at: number,
  options: ContainerOptions,
): Promise<Grade> {
  const begun = performance.now();
  const failed = (error: string): Grade => ({ ...emptyGrade(submission.name), error });
  if (submission.problem !== undefined) return failed(submission.problem);
  if (submission.notebooks.length === 0 && !submission.scripts)
    return failed("There is no notebook (.ipynb) in the folder.");
  const grades = join(options.directory, `grades-${at + 1}`);
  mkdirSync(grades, { recursive: true });
  chmodSync(grades, 0o777); // the container's user may be another one; the folder above is for the owner only
  const name = `sparkify-grade-${process.pid}-${at + 1}`;
  const { program, timeout } = options;
  const ended = await runContainer(
    program,
    name,
    containerCommand(submission, name, grades, options),
    3 * timeout + secondsBesides,
  );
  try {
    // What --resume goes by: all of the grade, where grades.json has a part of it.
    const folder = join(grades, "graded");
    const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === true; // and no link to another one
    const [file] = isFolder ? entriesOf(folder).filter((entry) => entry.isFile()) : [];
    if (!file) throw new Error(`no grade came out of the container. ${ended}`.trim());
    const { grade } = JSON.parse(textOf(join(folder, file.name), largestGrade));
    if (!isGrade(grade)) throw new Error("what came out of the container is no grade");
    const seconds = Math.round((performance.now() - begun) / 100) / 10;
    return { ...grade, submission: submission.name, seconds };
  } catch (error) {
    return { ...failed(`The grader failed: ${(error as Error).message}`), graderFailed: true };
  } finally {
    removeAll(grades);
  }
}

/** Whether it has the form of a grade: the submission may have written it, and it must cost no other one its report. */
export function isGrade(value: unknown): value is Grade {
  const isRecord = (one: unknown): one is Record<string, unknown> => typeof one === "object" && one !== null;
  const areTexts = (one: Record<string, unknown>, names: string[]) =>
    names.every((name) => typeof one[name] === "string");
  const areNumbers = (one: Record<string, unknown>, names: string[]) =>
    names.every((name) => Number.isFinite(one[name]));
  const areRows = (rows: unknown) => Array.isArray(rows) && rows.every(isRecord);
  const isDetail = (one: unknown) =>
    isRecord(one) &&
    areTexts(one, ["title"]) &&
    (areTexts(one, ["text"]) || areRows(one.rows) || (areRows(one.got) && areRows(one.expected)));
  const areDetails = (all: unknown) => Array.isArray(all) && all.every(isDetail);
  const isItem = (one: unknown) =>
    isRecord(one) &&
    areTexts(one, ["id", "title", "evidence", "hint"]) &&
    ["pass", "partial", "fail", "ask"].includes(String(one.verdict)) &&
    areNumbers(one, ["points", "maxPoints"]) &&
    areDetails(one.details);
  return (
    isRecord(value) &&
    typeof value.graded === "boolean" &&
    areNumbers(value, ["points", "maxPoints"]) &&
    Array.isArray(value.items) &&
    value.items.every(isItem) &&
    areDetails(value.notes) &&
    ["error", "failed"].every((name) => value[name] === undefined || typeof value[name] === "string")
  );
}

/**
 * The arguments that grade a submission.
 * @param name of the container
 * @param grades a folder that gets the grade
 */
export function containerCommand(
  { folder, top, notebooks, scripts }: Submission,
  name: string,
  grades: string,
  {
    image,
    timeout,
    cellTimeout,
    rubric,
  }: Pick<ContainerOptions, "image" | "timeout" | "cellTimeout" | "rubric">,
): string[] {
  const inside = (path: string) => posix.join("/submission", relative(top, path).split(sep).join("/"));
  const path = inside(notebooks.length === 1 ? (notebooks[0] as string) : folder);
  const mount = (from: string, to: string, ...more: string[]) => [
    "--mount",
    ["type=bind", `source=${from}`, `target=${to}`, ...more].map(quotedField).join(","),
  ];
  return [
    "run",
    "--rm",
    "--interactive",
    `--name=${name}`,
    "--network=none",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    "--memory=6g",
    "--pids-limit=2048",
    ...(user() === undefined ? [] : [`--user=${user()}`]),
    "--tmpfs=/tmp:size=1g,mode=1777,exec",
    "--env=HOME=/tmp",
    "--env=SPARKIFY_WORK_DIR=/tmp/work",
    ...mount(top, "/submission", "readonly"),
    ...mount(grades, "/grades"),
    ...(rubric === undefined ? [] : mount(rubric, "/rubric.json", "readonly")),
    image,
    path,
    "--no-sandbox",
    "--out",
    "/grades",
    "--timeout",
    String(timeout),
    "--cell-timeout",
    String(cellTimeout),
    ...(rubric === undefined ? [] : ["--rubric", "/rubric.json"]),
    ...(scripts === undefined ? [] : ["--scripts", scripts.join(",")]),
  ];
}

/** The mounts are read as CSV. */
const quotedField = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The reviewer, whose files it reads; where that is root, nobody. Undefined where the platform has no such numbers. */
function user(): string | undefined {
  const id = process.getuid?.();
  if (id === undefined) return undefined;
  return id === 0 ? "65534:65534" : `${id}:${process.getgid?.()}`;
}

/** Runs it to its end. @returns the end of what it said */
function runContainer(
  program: ContainerProgram,
  name: string,
  args: string[],
  mostSeconds: number,
): Promise<string> {
  const end = () => void spawnSync(program, ["kill", name], { stdio: "ignore", timeout: 30_000 });
  const forget = onInterrupt(async () => end());
  const child = startChild(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  const deadline = setTimeout(end, mostSeconds * 1000);
  let tail = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      tail = (tail + text).slice(-2000);
    });
  return new Promise((resolve) => {
    const done = (text: string) => {
      clearTimeout(deadline);
      forget();
      resolve(text);
    };
    child.once("error", (error) => done(`${basename(program)} cannot be started: ${error.message}`));
    child.once("close", () => done(tail.trim()));
  });
}
