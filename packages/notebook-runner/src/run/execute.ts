// Runs notebooks through nbclient, and turns what it tells into results.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@sparkify/base/environment";
import { messageIn } from "@sparkify/base/messages";
import { endProcessTree, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";
import { projectRoot } from "@sparkify/lib";

export interface Failure {
  /** not started, error, time limit, kernel died, rejected promise, uncaught exception or open connection */
  kind: string;
  /** The number of the code cell, from 1. */
  cell: number;
  source: string;
  error: string;
  /** The line in the cell, from 1, where it could be told. */
  line?: number;
}

export interface NotebookResult {
  name: string;
  ok: boolean;
  seconds: number;
  failure?: Failure;
  /** The file with what the kernel and its children printed past the notebook, where they did. */
  printed?: string;
  /** True where an earlier notebook failed, so that this one was not executed. */
  notRun?: true;
}

type Told =
  | { event: "next"; name: string }
  | { event: "cell"; name: string; number: number; cells: number }
  | { event: "passed"; name: string; seconds: number; printed: string | null }
  | {
      event: "failed";
      name: string;
      seconds: number;
      printed: string | null;
      failure: Failure & { locatedText: string };
    };

export interface ExecuteOptions {
  /** Folder for the executed notebooks. */
  out: string;
  /** Time limit of one cell, in seconds. */
  cellTimeout: number;
  /** Awaited before a notebook runs, for what it needs. */
  before?: (notebook: string) => Promise<unknown>;
  onCell?: (notebook: string, number: number, cells: number) => void;
  onNotebook?: (result: NotebookResult) => void | Promise<void>;
}

/**
 * Executes notebooks in order, each in its own kernel, and stops at the first failure.
 * @param paths full paths of the notebooks
 */
export async function executeNotebooks(paths: string[], options: ExecuteOptions): Promise<NotebookResult[]> {
  const child = startChild(
    venvPython,
    [
      join(projectRoot, "packages", "notebook-runner", "execute_notebooks.py"),
      "--out",
      options.out,
      "--timeout",
      String(options.cellTimeout),
      ...paths,
    ],
    { stdio: ["pipe", "pipe", "pipe"], env: childEnvironment(undefined, { JUPYTER_PREFER_ENV_PATH: "1" }) },
  );
  let complaints = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  child.stdin?.on("error", () => {}); // it has ended; its exit code says why
  const results: NotebookResult[] = [];
  if (!child.stdout || !child.stdin) throw new Error("no output from the runner");
  for await (const line of createInterface({ input: child.stdout })) {
    const told = messageIn<Told>(line);
    if (!told) continue;
    if (told.event === "next") {
      try {
        await options.before?.(told.name);
      } catch (error) {
        const failure = { kind: "not started", cell: 0, source: "", error: (error as Error).message };
        results.push({ name: told.name, ok: false, seconds: 0, failure });
        await endProcessTree(child);
        break;
      }
      child.stdin.write("\n");
    }
    if (told.event === "cell") options.onCell?.(told.name, told.number, told.cells);
    if (told.event !== "passed" && told.event !== "failed") continue;
    const result: NotebookResult = { name: told.name, ok: told.event === "passed", seconds: told.seconds };
    if (told.printed) result.printed = told.printed;
    if (told.event === "failed") result.failure = withLine(told.failure);
    results.push(result);
    await options.onNotebook?.(result);
  }
  const code = await ended;
  if (code !== 0 && !results.some(({ ok }) => !ok)) {
    throw new Error(`The notebook runner ended with code ${code}:\n${complaints}`);
  }
  const names = paths.map((path) => path.replace(/^.*[/\\]/, "").replace(/\.ipynb$/, ""));
  for (const name of names.slice(results.length)) results.push({ name, ok: false, seconds: 0, notRun: true });
  return results;
}

/** Type errors name their line. For others the text of the compiled line is looked for in the cell. */
function withLine({ locatedText, ...failure }: Failure & { locatedText: string }): Failure {
  const typeError = /^(\d+):\d+ - /.exec(failure.error);
  if (typeError) return { ...failure, line: Number(typeError[1]) };
  // The compiler adds `exports.` or `tslab.` before names of other cells and brackets around calls.
  const plain = (text: string) => text.replace(/\b(exports|tslab|lib_\d+)\.|\(0, |[\s();]/g, "");
  const wanted = plain(locatedText);
  if (wanted === "" || failure.kind !== "error") return failure;
  const lines = failure.source.split("\n").map(plain);
  const line = lines.findIndex((text) => text !== "" && (text.includes(wanted) || wanted.includes(text)));
  return line === -1 ? failure : { ...failure, line: line + 1 };
}
