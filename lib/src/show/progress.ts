// How far a long work is, in a cell.

import { escapeHtml } from "@sparkify/base/page";
import { tslab, volatileHtml } from "./display.js";

export interface Progress {
  /** Rows done. */
  rows: number;
  /** How much of the work is done, from 0 to 1. */
  share: number;
  /** Requests that had to be sent again. */
  retries?: number;
}

/** Progress in words: rows, rows a second, time left, retries. */
export function progressText(progress: Progress, seconds: number): string {
  return progressTexts(progress, seconds).join(", ");
}

/** The number of rows, then what differs from run to run. */
function progressTexts({ rows, share, retries = 0 }: Progress, seconds: number): [string, ...string[]] {
  const count = (number: number) => Math.round(number).toLocaleString("en");
  const texts: [string, ...string[]] = [
    `${count(rows)} rows`,
    `${count(rows / Math.max(seconds, 0.001))} rows/s`,
  ];
  if (share > 0 && share < 1) texts.push(`${Math.ceil((seconds / share) * (1 - share))} s left`);
  if (retries > 0) texts.push(`${count(retries)} retries`);
  return texts;
}

/** A bar that fills in place while a cell works. */
export interface ProgressBar {
  update(progress: Progress): void;
  /** Fills the bar, and says how much was done in which time. */
  finish(): void;
}

/**
 * Shows a progress bar with the count of rows, the rate and, while it runs, the time left.
 * @example
 * const bar = showProgress("Joining");
 * bar.update({ rows: 500, share: 0.5 });
 * bar.finish();
 */
export function showProgress(title: string): ProgressBar {
  const display = tslab().newDisplay();
  const started = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  let last: Progress = { rows: 0, share: 0 };
  const draw = (progress: Progress) => {
    drawn = performance.now();
    try {
      display.html(barHtml(title, progress, (drawn - started) / 1000));
    } catch {
      // The kernel's socket takes one message at a time. A bar can wait; the work that it shows must not fail for it.
      setTimeout(() => draw(last), 50).unref();
    }
  };
  draw(last);
  return {
    update(progress) {
      last = progress;
      if (performance.now() - drawn >= 100) draw(progress);
    },
    finish() {
      last = { ...last, share: 1 };
      draw(last);
    },
  };
}

function barHtml(title: string, progress: Progress, seconds: number): string {
  const percent = progress.share * 100;
  const [count, ...rest] = progressTexts(progress, seconds);
  return (
    `<div role="progressbar" aria-label="${escapeHtml(title)}" aria-valuenow="${Math.round(percent)}" style="max-width:640px">` +
    `<div>${escapeHtml(title)}: ${count}${volatileHtml(` (${rest.join(", ")}, ${seconds.toFixed(1)} s)`)}</div>` +
    `<div style="background:#d9e2ec;height:10px;border-radius:5px">` +
    `<div style="background:#2a7f62;height:10px;border-radius:5px;width:${percent.toFixed(1)}%"></div></div></div>`
  );
}
