// Sends requests to the cluster: as many at once as it bears, and again where it did not answer.

import { setTimeout as sleep } from "node:timers/promises";
import { SparkifyError } from "@sparkify/base/errors";
import { type Client, errors, type QueryOptions, types } from "cassandra-driver";
import { type BoundRows, RowsClient } from "./bound-rows.js";

/** A request that is sent again waits this long before, at first and at most. Milliseconds. */
const backoff = { first: 100, most: 5000 };

export interface SenderOptions {
  /** The most requests under way at once. */
  concurrency: number;
  /** How long a request is tried again before the run is given up. Seconds. */
  patience: number;
  /**
   * Called where a node does not know a statement and does not take it either. The tables may have changed; it throws
   * if the request will never succeed.
   */
  checkTables: () => Promise<void>;
  signal?: AbortSignal | undefined;
}

/**
 * Keeps a number of requests under way that adapts itself: each answer lets it grow a little, up to `concurrency`;
 * a node that is overloaded or does not answer in time halves it (additive increase, multiplicative decrease).
 *
 * All requests must be idempotent.
 */
export class Sender {
  /** Requests that had to be sent again. */
  retries = 0;
  /** Why the sender gave up. */
  failure: Error | undefined;

  #underWay = 0;
  #limit: number;
  #halvedAt = 0;
  /** Those who wait for a place, and for all requests to end. */
  #waiting: (() => void)[] = [];
  #idle: (() => void)[] = [];

  readonly #client: RowsClient;

  constructor(
    client: Client,
    readonly options: SenderOptions,
  ) {
    this.#client = new RowsClient(client);
    this.#limit = Math.min(16, options.concurrency);
  }

  /**
   * Waits until a further request may be sent. When there was none, for half of the requests under way to be answered: what
   * is sent at once travels together, which is less work for both sides.
   */
  async place(): Promise<void> {
    while (this.#underWay >= Math.floor(this.#limit) && !this.failure) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.failure) throw this.failure;
  }

  /**
   * Sends a request; call it when there is a place.
   * @param refused what to do where the cluster says that the request itself is wrong
   */
  send(
    cql: string,
    bound: BoundRows,
    options: QueryOptions,
    refused: (error: Error) => Promise<void>,
  ): Promise<void> {
    this.#underWay++;
    return this.#untilAnswered(cql, bound, options)
      .catch((error) => (isRefusal(error) && !this.failure ? refused(error) : Promise.reject(error)))
      .catch((error) => {
        this.failure ??= error as Error;
      })
      .finally(() => {
        this.#underWay--;
        if (this.failure || this.#underWay <= this.#limit / 2) for (const go of this.#waiting.splice(0)) go();
        if (this.#underWay === 0) for (const go of this.#idle.splice(0)) go();
      });
  }

  /** Waits for all requests under way. */
  async settled(): Promise<void> {
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Executes a statement, again and again while the cluster is not able to. */
  async #untilAnswered(cql: string, bound: BoundRows, options: QueryOptions): Promise<void> {
    const started = Date.now();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#client.execute(cql, bound, options);
        if (this.#limit < this.options.concurrency) this.#limit += 1 / this.#limit;
        return;
      } catch (error) {
        if (!isTransient(error as Error)) throw error;
        if (Date.now() - started > this.options.patience * 1000) throw this.#gaveUp(error as Error);
        if (this.options.signal?.aborted || this.failure) throw error;
        if (isUnprepared(error as Error)) await this.options.checkTables();
        this.retries++;
        this.#slowDown();
        await pause(attempt, this.options.signal);
      }
    }
  }

  /** Halves what may be under way; at most once a second, because failures come in flocks. */
  #slowDown(): void {
    if (Date.now() - this.#halvedAt < 1000) return;
    this.#halvedAt = Date.now();
    this.#limit = Math.max(1, this.#limit / 2);
  }

  #gaveUp(error: Error): Error {
    const inner = Object.values((error as { innerErrors?: Record<string, Error> }).innerErrors ?? {})[0];
    return new SparkifyError(
      `The cluster did not take a write for ${this.options.patience} s: ${(inner ?? error).message}`,
    );
  }
}

/** Waits before a request is sent again: ever longer, and never quite as long as others do. */
async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  const wait = Math.min(backoff.most, backoff.first * 2 ** attempt) * (0.5 + Math.random() / 2);
  await sleep(wait, undefined, { signal }).catch(() => {});
}

/**
 * What the cluster answers to questions that may be asked twice, as those on its tables; again while it is not able to.
 * @throws the last error, after `patience` seconds or where the question itself is wrong
 */
export async function answerOf<Answer>(
  ask: () => Promise<Answer>,
  { patience, signal }: Pick<SenderOptions, "patience" | "signal">,
): Promise<Answer> {
  const started = Date.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const late = Date.now() - started > patience * 1000;
      if (!isTransient(error as Error) || late || signal?.aborted) throw error;
      await pause(attempt, signal);
    }
  }
}

/** Whether the cluster has understood the request and says that it is wrong. */
function isRefusal(error: Error): boolean {
  return error instanceof errors.ResponseError && !isTransient(error);
}

/** The driver prepares a statement anew where a node has lost it. If that fails too, it says that no host was left. */
function isUnprepared(error: Error): boolean {
  const { innerErrors = {} } = error as { innerErrors?: Record<string, { code?: unknown }> };
  return Object.values(innerErrors).some(({ code }) => code === types.responseErrorCodes.unprepared);
}

const codes = types.responseErrorCodes;
const transientCodes = new Set<number>([
  codes.overloaded,
  codes.unavailableException,
  codes.isBootstrapping,
  codes.writeTimeout,
  codes.writeFailure,
  codes.serverError,
  codes.truncateError,
]);

/** Whether the same request may well succeed later: the cluster was not able to answer it, but it is not wrong. */
export function isTransient(error: Error): boolean {
  if (error instanceof errors.ResponseError) return transientCodes.has(error.code);
  return (
    error instanceof errors.OperationTimedOutError ||
    error instanceof errors.NoHostAvailableError ||
    error instanceof errors.BusyConnectionError ||
    (error as { isSocketError?: boolean }).isSocketError === true
  );
}
