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

import { existsSync, statSync } from "node:fs";
import { SparkifyError } from "@sparkify/base/errors";
import { readTableName } from "@sparkify/cql";
import { shortPath, streamlinedCsv } from "@sparkify/lib";
import type { Progress } from "@sparkify/lib/show";
import type { Client, Host, QueryOptions } from "cassandra-driver";
import { type CsvCursor, readCsv } from "../logs/csv.js";
import { defaultMaxErrors, RejectedRows } from "../logs/rejected.js";
import { batches, orderByPartition, statementsOf } from "./batches.js";
import { Checkpoint, checkpointFile, Ledger } from "./checkpoint.js";
import { type Insert, readInsert, type Value } from "./insert.js";
import { Sender } from "./sender.js";
import { type Position, Window, windowRows } from "./window.js";

/** Windows in memory: one that is read, one that is sent, and those whose last answers are awaited. */
const mostWindows = 4;

export interface LoadOptions {
  /** @default `event_datafile_new.csv` in the project */
  csv?: string;
  /** The most requests under way at once. @default 64 */
  concurrency?: number;
  /** Goes on after the checkpoint of a broken load, if its CSV and tables are the same. @default false */
  resume?: boolean;
  /** How many rows are gathered before they are grouped and sent; more need more memory. @default 64000 */
  windowRows?: number;
  /** @default `out/load.checkpoint.json` in the project */
  checkpoint?: string;
  /** Where rows are kept that cannot be loaded. @default `out/rejected.csv` in the project */
  rejected?: string;
  /** The run stops when more rows than this are rejected. @default 100 */
  maxErrors?: number;
  /** How long a cluster may not answer before the run stops. Seconds. @default 120 */
  patience?: number;
  onProgress?: (progress: Progress) => void;
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
 */
export async function load(
  client: Client,
  inserts: string[],
  options: LoadOptions = {},
): Promise<LoadReport> {
  const { csv = streamlinedCsv } = options;
  needStreamlinedCsv(csv);
  const values: Value[] = [];
  const tables: Insert[] = [];
  for (const cql of inserts) tables.push(await readInsert(client, cql, values));
  const interrupt = options.signal ? undefined : new Interrupt();
  const loader = new Loader(client, csv, tables, values, options, options.signal ?? interrupt?.signal);
  try {
    return await loader.run();
  } catch (error) {
    // An interrupted cell has ended already, with an error of its own: nobody would see this one.
    if (interrupt?.signal.aborted) console.error((error as Error).message);
    throw error;
  } finally {
    interrupt?.forget();
  }
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
  readonly #nodesOf: ReturnType<typeof nodesOf>;
  readonly #windows = { made: 0, free: [] as Window[], wanted: [] as (() => void)[], closed: false };
  #ledger = new Ledger({ offset: 0, line: 1 });
  #header = { fields: [] as number[], width: 0, end: { offset: 0, line: 1 } };
  #rows = 0;
  #acknowledged = 0;
  #bytesRead = 0;
  readonly #size: number;
  #reportedAt = 0;
  #savedAt = Date.now();

  constructor(
    readonly client: Client,
    readonly csv: string,
    tables: Insert[],
    readonly values: Value[],
    readonly options: LoadOptions,
    readonly signal: AbortSignal | undefined,
  ) {
    const { concurrency = 64, patience = 120 } = options;
    if (!(concurrency >= 1))
      throw new SparkifyError(`concurrency is a number from 1 up: got ${concurrency}.`);
    this.#tables = tables.map((table) => ({
      ...table,
      name: table.table,
      rowsWritten: 0,
      seconds: 0,
      statements: statementsOf(table),
    }));
    this.#sender = new Sender(client, {
      concurrency,
      patience,
      signal,
      checkTables: () => this.#checkTables(),
    });
    const ids = Object.fromEntries(tables.map(({ table, tableId }) => [table, tableId]));
    this.#checkpoint = new Checkpoint(options.checkpoint ?? checkpointFile, csv, ids);
    this.#nodesOf = nodesOf(client, tables);
    this.#size = statSync(csv).size;
    this.#rejected = new RejectedRows(options.rejected, options.maxErrors ?? defaultMaxErrors, true);
  }

  async run(): Promise<LoadReport> {
    const onHostDown = () => this.#ledger.nodeLost();
    this.client.on("hostDown", onHostDown);
    try {
      this.#header = await this.#readHeader();
      const resumed = this.options.resume ? await this.#checkpoint.resume() : undefined;
      const start = resumed ?? this.#header.end;
      this.#ledger = new Ledger(start);
      await this.#sendAll(this.#read(start));
      do {
        for (let range = this.#ledger.again.shift(); range; range = this.#ledger.again.shift()) {
          await this.#sendAll(this.#read(range.from, range.to));
        }
        await this.#checkTables();
      } while (this.#ledger.again.length > 0);
      await this.#checkpoint.remove();
      this.#tellProgress(true);
      return {
        rows: this.#rows,
        seconds: this.#seconds(),
        retries: this.#sender.retries,
        rejected: this.#rejected.count,
        rejectedByReason: this.#rejected.byReason,
        rejectedIn: this.#rejected.path,
        ...(resumed ? { resumedAt: resumed.line } : {}),
        tables: this.#tables.map(({ name, rowsWritten, seconds }) => ({ name, rowsWritten, seconds })),
      };
    } catch (error) {
      await this.#sender.settled();
      await this.#saveCheckpoint().catch(() => {}); // the error of the load says more
      throw this.#explained(error as Error);
    } finally {
      this.client.off("hostDown", onHostDown);
      this.#rejected.close();
    }
  }

  async #saveCheckpoint(): Promise<void> {
    const confirmed = this.#ledger.confirmed();
    if (confirmed.offset > this.#header.end.offset) await this.#checkpoint.save(confirmed);
  }

  /** Sends windows while the next one is read, and waits for all answers. */
  async #sendAll(windows: AsyncGenerator<Window>): Promise<void> {
    this.#windows.closed = false;
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
      // The reader may be waiting for a window that will never be free.
      this.#windows.closed = true;
      for (const go of this.#windows.wanted.splice(0)) go();
      await windows.return(undefined);
    }
  }

  async #sendWindow(window: Window): Promise<void> {
    const range = this.#ledger.begin(window);
    let open = 1;
    const finished = () => {
      if (--open > 0) return;
      this.#ledger.done(range);
      this.#windows.free.push(window);
      this.#windows.wanted.shift()?.();
    };
    for (const table of this.#tables) {
      const ordered = orderByPartition(window, table, (row) => this.#nodesOf(table, window, row));
      this.#acknowledge(window, table, ordered.replaced);
      for (const rows of batches(window, table, ordered)) {
        this.signal?.throwIfAborted();
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
    const parameters: Buffer[] = [];
    for (const row of rows) for (const value of table.markers) parameters.push(window.value(row, value));
    // All of a window has one timestamp: a row of a later window overwrites a row of this one, also when this one is
    // sent again after it.
    const timestamp = this.#timestampBase + window.to.line;
    const options: QueryOptions = { prepare: true, isIdempotent: true, timestamp };
    await this.#sender.send(table.statements[rows.length] as string, parameters, options, async (error) => {
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

  #reject({ line, column, reason }: { line: number; column: string; reason: string }, row: Buffer): void {
    if (this.#rejectedLines.has(line)) return; // a window is sent again
    this.#rejectedLines.add(line);
    this.#rejected.add({ file: this.csv, line, column, reason }, row);
  }

  /**
   * Reads rows into windows.
   * @param again the end of a part that is read once more, to be sent again
   */
  async *#read(from: Position, again?: Position): AsyncGenerator<Window> {
    const until = again?.offset ?? Number.POSITIVE_INFINITY;
    let window = await this.#freeWindow(from, again !== undefined);
    for await (const record of readCsv(this.csv, from)) {
      this.signal?.throwIfAborted();
      record.width = this.#header.width;
      while (record.offset < until && record.next()) {
        if (record.continued) continue;
        if (!again) this.#rows++;
        this.#addRow(window, record);
        window.to = { offset: record.offset, line: record.nextLine };
        if (!window.isFull) continue;
        yield window;
        window = await this.#freeWindow(window.to, again !== undefined);
      }
      this.#bytesRead = Math.max(this.#bytesRead, record.offset);
      if (record.offset >= until) break;
    }
    if (window.rows > 0) yield window;
  }

  #addRow(window: Window, record: CsvCursor): void {
    const raw = () => record.bytes.subarray(record.start, record.end);
    if (record.problem !== undefined) {
      this.#reject({ line: record.line, column: "", reason: record.problem }, raw());
      return;
    }
    const wrong = this.values[window.add(record, this.#header.fields)];
    if (wrong)
      this.#reject(
        { line: record.line, column: wrong.column, reason: `not of the type ${wrong.type}` },
        raw(),
      );
  }

  async #readHeader() {
    for await (const record of readCsv(this.csv)) {
      if (!record.next()) continue;
      const names = record.texts();
      const fields = this.values.map(({ column }) => names.indexOf(column));
      const missing = this.values.filter((_, index) => fields[index] === -1).map(({ column }) => column);
      if (missing.length > 0) {
        throw new SparkifyError(
          `The CSV ${this.csv} has no column ${missing.join(", ")}; its columns are ${names.join(", ")}.`,
        );
      }
      return { fields, width: names.length, end: { offset: record.offset, line: record.nextLine } };
    }
    throw new SparkifyError(`The CSV ${this.csv} is empty. Run 02-denormalize-csv again.`);
  }

  async #freeWindow(from: Position, isRepeat: boolean): Promise<Window> {
    const { free, wanted } = this.#windows;
    if (free.length === 0 && this.#windows.made < mostWindows) {
      this.#windows.made++;
      free.push(new Window(this.options.windowRows ?? windowRows, this.values));
    }
    while (free.length === 0) {
      if (this.#windows.closed) throw new Error("The load has stopped.");
      await new Promise<void>((resolve) => wanted.push(resolve));
    }
    const window = free.pop() as Window;
    window.clear(from);
    window.isRepeat = isRepeat;
    return window;
  }

  /**
   * Checks that the tables are still those that the load began with. One that was dropped and created anew has lost
   * what was written before.
   */
  async #checkTables(): Promise<void> {
    for (const { table, tableId: id, cql } of this.#tables) {
      await this.client.metadata.refreshKeyspace(readTableName(table)?.keyspace as string);
      const now = await readInsert(this.client, cql, []);
      if (now.tableId === id) continue;
      throw new SparkifyError(
        `The table ${table} was dropped and created again meanwhile, so rows that were written before are lost. ` +
          "Load all of it again.",
      );
    }
  }

  #tellProgress(finished = false): void {
    const { onProgress } = this.options;
    if (!onProgress || (!finished && performance.now() - this.#reportedAt < 100)) return;
    this.#reportedAt = performance.now();
    const rows = Math.round(this.#acknowledged / this.#tables.length);
    // As many rows as the bytes that were read let expect.
    const expected = (this.#rows * this.#size) / Math.max(1, this.#bytesRead);
    const share = finished ? 1 : Math.min(0.99, rows / Math.max(1, expected));
    onProgress({ rows, share, retries: this.#sender.retries });
  }

  #seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  #explained(error: Error): Error {
    const why = this.signal?.aborted ? "it was interrupted" : error.message;
    const written = Math.round(this.#acknowledged / this.#tables.length).toLocaleString("en");
    return new SparkifyError(
      `The load stopped after ${written} rows: ${why}\n` +
        "To go on: npm run load -- --resume, or load(..., { resume: true }) in a " +
        "cell. To write every row again, which does no harm either: the same without resume.",
      { cause: error },
    );
  }
}

/**
 * Names the nodes that hold a partition: the same name for the same nodes.
 * Where every node holds everything (one node, or as many replicas as nodes), nothing has to be computed.
 */
function nodesOf(client: Client, tables: Insert[]): (table: Insert, window: Window, row: number) => string {
  const name = (hosts: Host[] | null) =>
    (hosts ?? [])
      .map(({ address }) => address)
      .sort()
      .join(" ");
  const keyspaceOf = ({ table }: Insert) => readTableName(table)?.keyspace as string;
  const keyspaces = new Set(tables.map(keyspaceOf));
  const ranges = client.hosts.length > 1 ? [...client.metadata.getTokenRanges()] : [];
  const sets = [...keyspaces].flatMap((keyspace) =>
    ranges.map((range) => name(client.metadata.getReplicas(keyspace, range as unknown as Buffer))),
  );
  if (new Set(sets).size <= 1) return () => "";
  return (table, window, row) => {
    const key = table.partitionKey.map((value) => window.value(row, value));
    return name(client.getReplicas(keyspaceOf(table), routingKey(key)));
  };
}

/** A partition key as the driver hashes it: several columns each with their length and a closing zero. */
function routingKey(key: Buffer[]): Buffer {
  if (key.length === 1) return key[0] as Buffer;
  return Buffer.concat(
    key.flatMap((part) => [Buffer.from([part.length >> 8, part.length & 255]), part, Buffer.from([0])]),
  );
}

/** Aborts on the interrupt of the process; a Jupyter kernel is interrupted that way too. */
class Interrupt {
  readonly #controller = new AbortController();
  readonly #abort = () => this.#controller.abort();

  constructor() {
    process.on("SIGINT", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  forget(): void {
    process.off("SIGINT", this.#abort);
  }
}

/** Checks for the streamlined CSV, and says which notebook makes it. */
export function needStreamlinedCsv(path = streamlinedCsv): void {
  if (!existsSync(path)) {
    throw new SparkifyError(`${shortPath(path)} is missing. Run the notebook 02-denormalize-csv first.`);
  }
}
