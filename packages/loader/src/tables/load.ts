// From the streamlined CSV into tables. The strategy:
//
// 1. One pass over the CSV feeds all tables. Rows are gathered in windows of 64,000.
// 2. In a window, the rows of each table are grouped by partition key. The rows of a partition travel together, as one
//    unlogged batch: for Cassandra that is a single write. The whole batch is one prepared statement.
// 3. Small groups share a batch with others, if the same nodes hold them: a batch never fans out over the cluster.
// 4. The next window is read while this one is sent. How many requests are under way adapts itself (sender.ts).
// 5. Every write is idempotent, and its timestamp follows from the row's line. So it may be sent twice, in any order,
//    and of two rows with one key the later one wins, as if they had been inserted one after the other.
// 6. A checkpoint says what is done for sure (checkpoint.ts).

import { existsSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { shortPath } from "@sparkify/base/short-path";
import { readTableName } from "@sparkify/cql";
import type { Client } from "cassandra-driver";
import { defaultMaxErrors, RejectedRows, rejectedBeside } from "../csv/rejected.js";
import { batches, orderByPartition, statementsOf } from "./batches.js";
import { BoundRows } from "./bound-rows.js";
import { Checkpoint, checkpointBeside, Ledger } from "./checkpoint.js";
import { CsvRows, type Reject } from "./csv-rows.js";
import { type Insert, readInsert, type Value } from "./insert.js";
import { type Replicas, replicasOf } from "./replicas.js";
import { answerOf, Sender } from "./sender.js";
import { type Position, type Window, WindowPool } from "./window.js";

/** How long a request is tried again before the load is given up. Seconds. */
const standardPatience = 120;

/** Requests under way at once. Twice as many are no faster, half of them are slower, as fewer travel together. */
const standardConcurrency = 128;

/** How a CSV is loaded. */
export interface LoadOptions {
  /** The streamlined CSV. */
  csv: string;
  /** The most requests under way at once. @default 128 */
  concurrency?: number;
  /** Goes on after the checkpoint of a broken load, if its CSV and tables are the same. @default false */
  resume?: boolean;
  /** The field that stands for no value: its column is left unset. @default none; an empty field is an empty text */
  nullText?: string;
  /** How a load that stopped goes on, for the message. @default npm run load, or a cell */
  goOn?: string;
  /** How many rows are gathered before they are grouped and sent; more need more memory. @default 64000 */
  windowRows?: number;
  /** @default `out/load.checkpoint.json` beside the CSV */
  checkpoint?: string;
  /** Where rows are kept that cannot be loaded. @default `out/rejected.csv` beside the CSV */
  rejected?: string;
  /** The run stops when more rows than this are rejected. @default 100 */
  maxErrors?: number;
  /** How long a cluster may not answer before the run stops. Seconds. @default 120 */
  patience?: number;
  onProgress?: (progress: { rows: number; share: number; retries: number }) => void;
  /** Stops the load. @default an interrupt of the process, or of the kernel */
  signal?: AbortSignal;
}

export interface LoadReport {
  /** Rows read from the CSV. */
  rows: number;
  seconds: number;
  /** Requests that had to be sent again. */
  retries: number;
  /** Rows that could not be written to some table. They are kept in the file `rejectedIn`. */
  rejected: number;
  rejectedByReason: Record<string, number>;
  rejectedIn: string;
  /** The line of the CSV at which a resumed load went on. */
  resumedAt?: number;
  tables: {
    name: string;
    /** Rows that the cluster acknowledged. Rows with the same primary key count each. */
    rowsWritten: number;
    /** Until the last of them. */
    seconds: number;
  }[];
}

/**
 * Loads the CSV into tables, in one pass.
 * @param inserts one INSERT statement for each table, as `INSERT INTO keyspace.table (session_id, ...) VALUES (?, ...)`;
 *   a column takes the CSV's column of the same name: session_id takes sessionId
 * @throws SparkifyError where the load had to stop: why, how far it came, and how to go on
 * @example
 * const insert = "INSERT INTO music.songs_by_session (session_id, item_in_session, song) VALUES (?, ?, ?)";
 * const { rows, tables } = await load(client, [insert], { csv: "plays.csv" });
 */
export async function load(client: Client, inserts: string[], options: LoadOptions): Promise<LoadReport> {
  const { csv, concurrency = standardConcurrency, patience = standardPatience } = options;
  needStreamlinedCsv(csv);
  if (!(concurrency >= 1)) throw new SparkifyError(`concurrency is a number from 1 up: got ${concurrency}.`);
  const values: Value[] = [];
  const tables: Insert[] = [];
  for (const cql of inserts) {
    const read = () => readInsert(client, cql, values);
    tables.push(await answerOf(read, { patience, signal: options.signal }));
  }
  const interrupt = new AbortController();
  const abort = () => interrupt.abort();
  const { signal = interrupt.signal } = options;
  // A Jupyter kernel is interrupted that way too. Not before the first wait: while a cell runs up to there, Node keeps SIGINT
  // for itself, and takes away what is registered meanwhile.
  if (!options.signal) process.on("SIGINT", abort);
  try {
    return await new Loader(client, tables, values, options, signal).run();
  } catch (error) {
    // An interrupted cell has ended already, with an error of its own: nobody would see this one.
    if (interrupt.signal.aborted) console.error((error as Error).message);
    throw error;
  } finally {
    process.off("SIGINT", abort);
  }
}

/**
 * Checks for the streamlined CSV.
 * @param notebook the one that makes it, for the message
 * @throws SparkifyError where it is missing or empty
 * @example needStreamlinedCsv("out/plays.csv", "my-notebook");
 */
export function needStreamlinedCsv(csv: string, notebook?: string): void {
  if (existsSync(csv)) return;
  const first = notebook ? `Run the notebook ${notebook} first.` : "Join the logs first.";
  throw new SparkifyError(`${shortPath(csv)} is missing. ${first}`, { where: { file: csv } });
}

/** A table that is loaded, with what the report will say of it. */
type Table = Insert & LoadReport["tables"][number] & { statements: string[] };

class Loader {
  readonly #rejected: RejectedRows;
  readonly #rejectedLines = new Set<number>();
  readonly #sender: Sender;
  readonly #checkpoint: Checkpoint;
  readonly #started = performance.now();
  /** Added to the line of a row, it is the timestamp of its write in microseconds. */
  readonly #timestampBase = Date.now() * 1000;
  readonly #tables: Table[];
  readonly #replicas: Replicas;
  readonly #windows: WindowPool;
  #ledger = new Ledger({ offset: 0, line: 1 });
  #csv: CsvRows | undefined;
  #acknowledged = 0;
  #reportedAt = 0;
  #savedAt = Date.now();

  constructor(
    readonly client: Client,
    tables: Insert[],
    readonly values: Value[],
    readonly options: LoadOptions,
    readonly signal: AbortSignal,
  ) {
    const {
      csv,
      concurrency = standardConcurrency,
      patience = standardPatience,
      windowRows,
      nullText,
      maxErrors = defaultMaxErrors,
    } = options;
    const { checkpoint = checkpointBeside(csv), rejected = rejectedBeside(csv) } = options;
    this.#tables = tables.map((table) => ({
      ...table,
      name: table.table,
      rowsWritten: 0,
      seconds: 0,
      statements: statementsOf(table),
    }));
    this.#windows = new WindowPool(values, windowRows, nullText);
    this.#sender = new Sender(client, {
      concurrency,
      patience,
      signal,
      checkTables: () => this.#checkTables(),
    });
    const ids = Object.fromEntries(tables.map(({ table, tableId }) => [table, tableId]));
    this.#checkpoint = new Checkpoint(checkpoint, csv, ids);
    this.#replicas = replicasOf(client, tables);
    this.#rejected = new RejectedRows(rejected, maxErrors, true);
  }

  async run(): Promise<LoadReport> {
    const onHostDown = () => this.#ledger.nodeLost();
    this.client.on("hostDown", onHostDown);
    try {
      this.#csv = await CsvRows.open(this.options.csv, this.values);
      const resumed = this.options.resume ? await this.#checkpoint.resume() : undefined;
      await this.#loadFrom(resumed ?? this.#csv.begin);
      await this.#checkpoint.remove();
      this.#tellProgress(true);
      return this.#report(resumed);
    } catch (error) {
      await this.#sender.settled();
      await this.#saveCheckpoint().catch(() => {}); // the error of the load says more
      throw this.#explained(error as Error);
    } finally {
      this.client.off("hostDown", onHostDown);
      this.#rejected.close();
    }
  }

  async #loadFrom(start: Position): Promise<void> {
    this.#ledger = new Ledger(start);
    await this.#sendAll(start);
    do {
      for (let range = this.#ledger.again.shift(); range; range = this.#ledger.again.shift()) {
        await this.#sendAll(range.from, range.to);
      }
      await this.#checkTables();
    } while (this.#ledger.again.length > 0);
  }

  #report(resumed: Position | undefined): LoadReport {
    return {
      rows: this.#csv?.rows ?? 0,
      seconds: this.#seconds(),
      retries: this.#sender.retries,
      rejected: this.#rejected.count,
      rejectedByReason: this.#rejected.byReason,
      rejectedIn: this.#rejected.path,
      ...(resumed ? { resumedAt: resumed.line } : {}),
      tables: this.#tables.map(({ name, rowsWritten, seconds }) => ({ name, rowsWritten, seconds })),
    };
  }

  async #saveCheckpoint(): Promise<void> {
    const confirmed = this.#ledger.confirmed();
    if (this.#csv && confirmed.offset > this.#csv.begin.offset) await this.#checkpoint.save(confirmed);
  }

  /**
   * Sends windows while the next one is read, and waits for all answers.
   * @param again the end of a part that is sent once more
   */
  async #sendAll(from: Position, again?: Position): Promise<void> {
    const csv = this.#csv as CsvRows;
    const windows = csv.windows(this.#windows.open(), this.#reject, from, again, this.signal);
    try {
      let reading = windows.next();
      for (;;) {
        const { value: window, done } = await reading;
        if (done) break;
        reading = windows.next();
        reading.catch(() => {}); // it is awaited when this window is sent
        await this.#sendWindow(window);
        if (Date.now() - this.#savedAt > 2000) {
          this.#savedAt = Date.now();
          await this.#saveCheckpoint();
        }
      }
      await this.#sender.settled();
      if (this.#sender.failure) throw this.#sender.failure;
    } finally {
      this.#windows.close(); // the reader may be waiting for a window that will never be free
      await windows.return(undefined);
    }
  }

  async #sendWindow(window: Window): Promise<void> {
    const range = this.#ledger.begin(window);
    let open = 1;
    const finished = () => {
      if (--open > 0) return;
      this.#ledger.done(range);
      this.#windows.giveBack(window);
    };
    for (const table of this.#tables) {
      const ordered = orderByPartition(window, table, (row) => this.#replicas.nodesOf(table, window, row));
      this.#acknowledge(window, table, ordered.replaced);
      for (const rows of batches(window, table, ordered)) {
        this.signal.throwIfAborted();
        await this.#sender.place();
        open++;
        this.#sendRows(window, table, rows).then(() => {
          if (this.#sender.failure) return;
          this.#acknowledge(window, table, rows.length);
          finished();
        });
      }
    }
    finished();
  }

  #acknowledge({ isRepeat }: Window, table: Table, rows: number): void {
    table.seconds = this.#seconds();
    if (!isRepeat) {
      table.rowsWritten += rows;
      this.#acknowledged += rows;
    }
    this.#tellProgress();
  }

  async #sendRows(window: Window, table: Table, rows: number[]): Promise<void> {
    // All of a window has one timestamp: a row of a later window overwrites a row of this one, also when this one is
    // sent again after it.
    const timestamp = this.#timestampBase + window.to.line;
    const routingKey = this.#replicas.routingKey(table, window, rows[0] as number);
    const options = { prepare: true, isIdempotent: true, timestamp, ...(routingKey && { routingKey }) };
    const bound = new BoundRows(window, rows, table.markers);
    await this.#sender.send(table.statements[rows.length] as string, bound, options, async (error) => {
      // The cluster refuses it. So each row on its own, to find the one that is wrong.
      if (rows.length === 1) await this.#refused(window, table, rows[0] as number, error);
      else for (const row of rows) await this.#sendRows(window, table, [row]);
    });
  }

  /** A row that the cluster refuses is rejected, unless it is the table that has changed. */
  async #refused(window: Window, table: Insert, row: number, error: Error): Promise<void> {
    await this.#checkTables();
    const line = window.lines[row] as number;
    const text = table.markers.map((value) => window.value(row, value).toString()).join(",");
    this.#reject({ line, column: "", reason: `${table.table}: ${error.message}` }, Buffer.from(text));
  }

  readonly #reject: Reject = (rejection, row) => {
    if (this.#rejectedLines.has(rejection.line)) return; // a window is sent again
    this.#rejectedLines.add(rejection.line);
    this.#rejected.add({ file: this.options.csv, ...rejection }, row);
  };

  /**
   * Checks that the tables are still those that the load began with. One that was dropped and created anew has lost
   * what was written before.
   */
  async #checkTables(): Promise<void> {
    const { patience = standardPatience } = this.options;
    for (const { table, tableId: id, cql } of this.#tables) {
      const read = async () => {
        await this.client.metadata.refreshKeyspace(readTableName(table)?.keyspace as string);
        return readInsert(this.client, cql, []);
      };
      const now = await answerOf(read, { patience, signal: this.signal });
      if (now.tableId === id) continue;
      throw new SparkifyError(
        `The table ${table} was dropped and created again meanwhile, so rows that were written before are lost. ` +
          "Load all of it again.",
        { where: { table } },
      );
    }
  }

  #tellProgress(finished = false): void {
    const { onProgress } = this.options;
    if (!onProgress || (!finished && performance.now() - this.#reportedAt < 100)) return;
    this.#reportedAt = performance.now();
    const rows = this.#rowsDone();
    const share = finished ? 1 : Math.min(0.99, rows / Math.max(1, this.#csv?.expected ?? 0));
    onProgress({ rows, share, retries: this.#sender.retries });
  }

  #rowsDone(): number {
    return Math.round(this.#acknowledged / this.#tables.length);
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #explained(error: Error): Error {
    const why = this.signal.aborted ? "it was interrupted" : error.message;
    return new SparkifyError(
      `The load stopped after ${this.#rowsDone().toLocaleString("en")} rows: ${why}\n` +
        `To go on: ${this.options.goOn ?? "npm run load -- --resume, or load(..., { resume: true }) in a cell"}. ` +
        "To write every row again, which does no harm either: the same without resume.",
      { cause: error, where: error instanceof SparkifyError ? error.where : {} },
    );
  }
}
