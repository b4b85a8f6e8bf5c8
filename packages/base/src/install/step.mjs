// The steps of a command: what it does, that it goes on, how long it took. On a terminal they are printed; a program that does
// the same work hears of them.

import { AsyncLocalStorage } from "node:async_hooks";
import { surroundings } from "../environment.mjs";

/**
 * What happens to a step. A note is a line of its own, while a step goes on or between two of them.
 * @typedef {{ event: "begun" | "done" | "failed", title: string, seconds: number } | { event: "note", text: string }} StepEvent
 */

/** @type {AsyncLocalStorage<(event: StepEvent) => void>} */
const listeners = new AsyncLocalStorage();

/**
 * Does `work`, and hands its steps to `listener` instead of printing them.
 * @template T
 * @param {(event: StepEvent) => void} listener
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @example await withStepsTold((event) => console.log(event), () => installPython(title, venv, requirements));
 */
export function withStepsTold(listener, work) {
  return listeners.run(listener, work);
}

/**
 * What goes on now. Steps that run side by side share the one line.
 * @type {Set<{ title: string, seconds: () => number, news: string }>}
 */
const running = new Set();
/** @type {NodeJS.Timeout | undefined} */
let timer;

const isLive = () => process.stdout.isTTY === true && !surroundings.ci;
const shown = (/** @type {number} */ seconds) => `${seconds.toFixed(1)} s`;

function draw() {
  const titles = [...running].map(({ title, seconds }) => `… ${title} (${shown(seconds())})`);
  const [only] = running.size === 1 ? running : [];
  const line = `${titles.join(" ")} ${only?.news ?? ""}`;
  process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
}

/** @param {StepEvent} event */
function print(event) {
  if (event.event === "begun") {
    if (isLive()) timer ??= setInterval(draw, 200);
    else console.log(`… ${event.title}`);
    return;
  }
  if (running.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
  if (isLive()) process.stdout.write("\r\x1b[K");
  if (event.event === "note") console.log(`  ${event.text}`);
  else console.log(`${event.event === "done" ? "✔" : "✘"} ${event.title} (${shown(event.seconds)})`);
}

/** @param {StepEvent} event */
const tell = (event) => (listeners.getStore() ?? print)(event);

/**
 * Says something of the work that goes on, on a line of its own.
 * @param {string} text
 */
export const note = (text) => tell({ event: "note", text });

/**
 * Begins a step that something else ends: {@link step} is for those that end with a promise.
 * @param {string} title
 * @returns {{ news(text: string): void, end(ok: boolean): number }} `end` returns the seconds that it took
 */
export function beginStep(title) {
  const started = Date.now();
  const seconds = () => (Date.now() - started) / 1000;
  const current = { title, seconds, news: "" };
  running.add(current);
  tell({ event: "begun", title, seconds: 0 });
  return {
    news(text) {
      current.news = text.trim();
    },
    end(ok) {
      running.delete(current);
      const took = seconds();
      tell({ event: ok ? "done" : "failed", title, seconds: took });
      return took;
    },
  };
}

/**
 * Runs `work` under a title. On a terminal one line shows the latest news and the time; elsewhere a start
 * and an end line are printed.
 * @template T
 * @param {string} title
 * @param {(news: (text: string) => void) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const { news, end } = beginStep(title);
  try {
    const result = await work(news);
    end(true);
    return result;
  } catch (error) {
    end(false);
    throw error;
  }
}
