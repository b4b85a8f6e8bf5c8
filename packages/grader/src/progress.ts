// What the terminal shows of a batch: a line for each graded submission, and below, on a terminal, what is being done.

import type { Grade } from "./grade.js";
import { visible } from "./visible.js";

/** Shows how far a batch is. */
export class Progress {
  readonly #started = Date.now();
  readonly #running = new Map<string, string>();
  readonly #timer: NodeJS.Timeout | undefined;
  #done = 0;

  /** @param live whether what is being done is shown in a line that changes: on a terminal */
  constructor(
    private readonly all: number,
    jobs: number,
    private readonly live: boolean,
  ) {
    console.log(
      `… Grade ${all} ${all === 1 ? "submission" : "submissions"}, ${jobs === 1 ? "one at a time" : `${jobs} at a time`}`,
    );
    this.#timer = this.live ? setInterval(() => this.#draw(), 250) : undefined;
  }

  news(submission: string, text: string): void {
    const isNew = !this.#running.has(submission);
    this.#running.set(submission, text);
    if (!this.live && isNew) console.log(`  … ${visible(submission)}`);
  }

  graded({ submission, graded, points, maxPoints, items, error, seconds }: Grade): void {
    this.#running.delete(submission);
    this.#done++;
    const open = items.reduce((sum, item) => sum + (item.verdict === "ask" ? item.maxPoints : 0), 0);
    const result = graded
      ? `${points} of ${maxPoints} points${open > 0 ? `, ${open} to be given by a reader` : ""}`
      : `not graded: ${visible(error?.split("\n")[0] ?? "")}`;
    const left = this.#left();
    this.#print(
      `  ${graded ? "✔" : "✘"} ${visible(submission)}: ${result} (${seconds.toFixed(0)} s)${left && !this.live ? `, ${left}` : ""}`,
    );
  }

  end(): void {
    clearInterval(this.#timer);
    if (this.live) process.stdout.write("\r\x1b[K");
  }

  /** In words, from what the submissions before took. */
  #left(): string {
    const count = this.all - this.#done;
    if (this.#done === 0 || count === 0) return "";
    const seconds = ((Date.now() - this.#started) / 1000 / this.#done) * count;
    return seconds < 90
      ? `about ${Math.ceil(seconds / 10) * 10} s left`
      : `about ${Math.ceil(seconds / 60)} min left`;
  }

  #print(line: string): void {
    if (this.live) process.stdout.write("\r\x1b[K");
    console.log(line);
  }

  #draw(): void {
    const running = [...this.#running]
      .map(([name, text]) => `${visible(name)}: ${visible(text)}`)
      .join(" | ");
    const left = this.#left();
    const line = `… ${this.#done} of ${this.all}${left ? `, ${left}` : ""}  ${running}`;
    process.stdout.write(`\r\x1b[K${line.slice(0, (process.stdout.columns || 80) - 1)}`);
  }
}
