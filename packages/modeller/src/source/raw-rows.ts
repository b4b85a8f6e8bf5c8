// The table that files are read into: it gets the columns that come, and types that hold what all files have.

import { type DuckDb, sqlName } from "./duckdb.js";
import type { Origin } from "./types.js";

/** The table that files are read into. */
export const rawTable = "raw_rows";

export interface DuckColumn {
  name: string;
  type: string;
}

/** The columns of a table, or of a call in FROM. */
export const columnsOf = (database: DuckDb, source: string): Promise<DuckColumn[]> =>
  database.all<DuckColumn>(
    `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT * FROM ${source})`,
  );

export class RawRows {
  /** How the values of columns that are text came, by their names in small letters; undefined: in more than one way. */
  readonly #origins = new Map<string, Origin | undefined>();
  #columns: DuckColumn[] = [];

  constructor(private readonly database: DuckDb) {}

  get columns(): readonly DuckColumn[] {
    return this.#columns;
  }

  /** Those whose types are to be inferred. */
  origins(): Map<string, Origin> {
    return new Map(
      this.#columns.flatMap(({ name, type }) => {
        const origin = this.#origins.get(name.toLowerCase());
        return type === "VARCHAR" && origin ? [[name, origin] as const] : [];
      }),
    );
  }

  /**
   * Adds rows.
   * @param source a table or a call in FROM
   * @param columns that it has
   * @param originOf how the values of a column came; undefined where its type says what they are
   * @returns how many came
   */
  async append(
    source: string,
    columns: DuckColumn[],
    originOf: (column: string) => Origin | undefined,
  ): Promise<number> {
    if (this.#columns.length === 0) await this.#create(columns);
    else for (const column of columns) await this.#takeIn(column);
    this.#columns = await columnsOf(this.database, rawTable);
    for (const { name } of columns) {
      const key = name.toLowerCase();
      const origin = originOf(name);
      this.#origins.set(key, this.#origins.has(key) ? joined(this.#origins.get(key), origin) : origin);
    }
    const before = await this.#count();
    await this.database.run(`INSERT INTO ${rawTable} BY NAME SELECT * FROM ${source}`);
    return (await this.#count()) - before;
  }

  async #create(columns: DuckColumn[]): Promise<void> {
    const defined = columns.map(({ name, type }) => `${sqlName(name)} ${type}`);
    await this.database.run(`CREATE TABLE ${rawTable} (${defined.join(", ")})`);
  }

  /** A column that may be there already, with another type. */
  async #takeIn({ name, type }: DuckColumn): Promise<void> {
    const there = this.#columns.find((one) => one.name.toLowerCase() === name.toLowerCase());
    if (!there) await this.database.run(`ALTER TABLE ${rawTable} ADD COLUMN ${sqlName(name)} ${type}`);
    else if (there.type !== type) {
      const wide = wider(there.type, type);
      const altered = `ALTER TABLE ${rawTable} ALTER COLUMN ${sqlName(there.name)} TYPE ${wide}`;
      if (wide !== there.type) await this.database.run(altered);
    }
  }

  async #count(): Promise<number> {
    return Number((await this.database.one(`SELECT count(*) AS n FROM ${rawTable}`)).n);
  }
}

/** A field of a CSV may be anything; a text of JSON is no number. */
function joined(one: Origin | undefined, other: Origin | undefined): Origin | undefined {
  if (one === other) return one;
  return one === "field" || other === "field" ? "field" : undefined;
}

const wholeNumbers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"];

/** The type that keeps the values of both: of whole numbers the larger one, of all others text. */
function wider(one: string, other: string): string {
  const [here, there] = [wholeNumbers.indexOf(one), wholeNumbers.indexOf(other)];
  if (here >= 0 && there >= 0) return wholeNumbers[Math.max(here, there)] as string;
  const unsigned = /^U?(TINYINT|SMALLINT|INTEGER|BIGINT)$|^HUGEINT$/;
  if (unsigned.test(one) && unsigned.test(other)) return "HUGEINT";
  const floats = ["FLOAT", "DOUBLE"];
  return floats.includes(one) && floats.includes(other) ? "DOUBLE" : "VARCHAR";
}
