// Runs notebooks through nbclient, and turns what it tells into results.

import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { childEnvironment } from "@sparkify/base/environment";
import { messageIn } from "@sparkify/base/messages";
import { endProcessTree, startChild } from "@sparkify/base/processes";
import { venvPython } from "@sparkify/base/python";

const script = join(import.meta.dirname, "..", "..", "execute_notebooks.py");

export interface Failure {
  /** not started, error, time limit, kernel died, rejected promise, uncaught exception or open connection */
  kind: string;
  /** The number of the code cell, from 1. */
  cell: number;
  source: string;
  error: string;
  /** The line in the cell, from 1, where it is known. */
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

/** What execute_notebooks.py says. */
type Message =
  | { event: "next"; name: string }
  | { event: "cell"; name: string; number: number; cells: number }
  | Ended;

interface Ended {
  event: "ended";
  name: string;
  seconds: number;
  printed: string | null;
  failure: (Failure & { locatedText: string }) | null;
}

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
    [script, "--out", options.out, "--timeout", String(options.cellTimeout), ...paths],
    { stdio: ["pipe", "pipe", "pipe"], env: childEnvironment(undefined, { JUPYTER_PREFER_ENV_PATH: "1" }) },
  );
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error("no output from the runner");
  let complaints = "";
  stderr.setEncoding("utf8").on("data", (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("close", resolve).once("error", reject);
  });
  stdin.on("error", () => {}); // it has ended; its exit code says why
  const results: NotebookResult[] = [];
  for await (const line of createInterface({ input: stdout })) {
    const message = messageIn<Message>(line);
    if (message?.event === "next") {
      const notStarted = await whyNotStarted(message.name, options);
      if (notStarted) {
        results.push({ name: message.name, ok: false, seconds: 0, failure: notStarted });
        await endProcessTree(child);
        break;
      }
      stdin.write("\n");
    }
    if (message?.event === "cell") options.onCell?.(message.name, message.number, message.cells);
    if (message?.event !== "ended") continue;
    const result = resultOf(message);
    results.push(result);
    await options.onNotebook?.(result);
  }
  const code = await ended;
  if (code !== 0 && !results.some(({ ok }) => !ok)) {
    throw new Error(`The notebook runner ended with code ${code}:\n${complaints}`);
  }
  const names = paths.map((path) => basename(path, ".ipynb"));
  for (const name of names.slice(results.length)) results.push({ name, ok: false, seconds: 0, notRun: true });
  return results;
}

async function whyNotStarted(name: string, { before }: ExecuteOptions): Promise<Failure | undefined> {
  try {
    await before?.(name);
    return undefined;
  } catch (error) {
    return { kind: "not started", cell: 0, source: "", error: (error as Error).message };
  }
}

function resultOf({ name, seconds, printed, failure }: Ended): NotebookResult {
  const result: NotebookResult = { name, ok: failure === null, seconds };
  if (printed) result.printed = printed;
  if (failure) result.failure = withLine(failure);
  return result;
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
