// DuckDB, as much of it as is used here. It is installed when it is first needed.

import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { installNpmPackages } from "@sparkify/base/install/installers";
import { projectRoot } from "@sparkify/lib";

interface Result {
  yieldRowObjectJson(): AsyncIterable<JsonRow[]>;
}

interface Connection {
  run(sql: string): Promise<unknown>;
  stream(sql: string): Promise<Result>;
  interrupt(): void;
  closeSync(): void;
}

interface Api {
  DuckDBInstance: {
    create(
      path: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>;
  };
}

/** A row as JSON has it: numbers of more than 53 bits, decimals and dates are text. */
export type JsonRow = Record<string, unknown>;

/** A name in DuckDB's SQL. */
export const sqlName = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** A text in DuckDB's SQL. */
export const sqlText = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** What DuckDB says of a failure, in one sentence: without the kind of error before it, and the statement after it. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  const [first = message] = message.split("\n").filter((line) => line.trim() !== "");
  return first.replace(/^[A-Z][\w ]* Error: /, "").trim();
}

/** A file's path for DuckDB's readers, which take *, ? and [ for a pattern. */
export const literalPath = (path: string) => sqlText(path.replace(/[*?[]/g, "[$&]"));

/** Bounded, so that the whole command stays below a gigabyte. */
const memory = "500MB";

/** A database in a folder of its own, for as long as a command needs it. */
export class DuckDb {
  #isInterrupted = false;

  private constructor(
    private readonly instance: { closeSync(): void },
    private readonly connection: Connection,
  ) {}

  /**
   * @param folder for its file, and for what does not fit into memory
   * @param files where relative paths in SQL begin
   */
  static async open(folder: string, files: string): Promise<DuckDb> {
    const home = join(projectRoot, "build", "duckdb");
    await installNpmPackages("Install DuckDB", join(import.meta.dirname, "..", "..", "duckdb"), home);
    const { DuckDBInstance } = createRequire(join(home, "package.json"))("@duckdb/node-api") as Api;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "source.duckdb");
    for (const left of [file, `${file}.wal`]) rmSync(left, { force: true }); // of a command that was killed
    const instance = await DuckDBInstance.create(file, {
      memory_limit: memory,
      temp_directory: folder,
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
    });
    const database = new DuckDb(instance, await instance.connect());
    await database.run(`SET TimeZone = 'UTC'`);
    await database.run(`SET file_search_path = ${sqlText(files)}`);
    return database;
  }

  async run(sql: string): Promise<void> {
    this.#needUninterrupted();
    await this.connection.run(sql);
  }

  async all<Row = JsonRow>(sql: string): Promise<Row[]> {
    const rows: Row[] = [];
    for await (const some of this.stream(sql)) rows.push(...(some as Row[]));
    return rows;
  }

  /** The first row. @throws Error where there is none */
  async one<Row = JsonRow>(sql: string): Promise<Row> {
    const [row] = await this.all<Row>(sql);
    if (!row) throw new Error(`No row came of ${sql}`);
    return row;
  }

  /** Rows as they come, some thousands at a time. */
  async *stream(sql: string): AsyncGenerator<JsonRow[]> {
    this.#needUninterrupted();
    yield* (await this.connection.stream(sql)).yieldRowObjectJson();
  }

  /** Ends what is under way, with an error, and what comes after it. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.connection.interrupt();
  }

  #needUninterrupted(): void {
    if (this.#isInterrupted) throw new Error("Interrupted.");
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}
