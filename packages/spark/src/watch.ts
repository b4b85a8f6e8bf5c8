// Watches what Spark prints while a job runs, where it would wait on for ever.

import type { SparkifyError } from "@sparkify/base/errors";
import { note } from "@sparkify/base/install/step";
import {
  hopelessLine,
  mostSecondsOfSilence,
  noAnswerOfExecutors,
  noExecutor,
  noExecutorYet,
  saysStarted,
  saysStarved,
} from "./what-spark-says.js";

/** After Spark has said so many times that it has no executor, the job is ended. */
const mostStarved = 3;

export class Watch {
  /** Why the job was given up. */
  failure: SparkifyError | undefined;
  #starved = 0;
  #silence: NodeJS.Timeout | undefined;
  readonly #isStandalone: boolean;

  /** @param end ends the job */
  constructor(
    readonly master: string,
    readonly end: () => void,
  ) {
    this.#isStandalone = master.startsWith("spark:");
  }

  /** A line that Spark prints. */
  look(line: string): void {
    if (saysStarved(line)) {
      this.#starved++;
      if (this.#starved === 1) note(noExecutorYet);
      if (this.#starved > mostStarved) this.#giveUp(noExecutor(this.master));
    }
    if (!this.#isStandalone) return;
    const why = hopelessLine(line, this.master);
    if (why) this.#giveUp(why);
    if (saysStarted(line)) {
      this.#silence = setTimeout(
        () => this.#giveUp(noAnswerOfExecutors(this.master)),
        mostSecondsOfSilence * 1000,
      );
    }
  }

  /** The job itself has printed something, or has ended. */
  hearsTheJob(): void {
    clearTimeout(this.#silence);
  }

  #giveUp(error: SparkifyError): void {
    if (this.failure) return;
    this.failure = error;
    this.end();
  }
}
