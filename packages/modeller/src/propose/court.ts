// Where tables are tried: a scratch keyspace, which is dropped in the end.

import { randomBytes } from "node:crypto";
import { onTable, quoted, type SchemaColumn, schemaColumns, type TableName, tableOf } from "@sparkify/cql";
import { createKeyspaceCql, dropKeyspace } from "@sparkify/lib";
import {
  ask,
  type Finding,
  insertRaw,
  judgeModel,
  type Question,
  type RawRow,
  readModelTable,
  readQuery,
  sharingScratch,
} from "@sparkify/model";
import type { Client } from "cassandra-driver";

/** Tables come and go slower than the driver waits when the machine is busy. */
const patient = { readTimeout: 60_000 };

/** A table that is tried. Its statements name it with the model's keyspace. */
export interface Tried {
  create: string;
  select: string;
  /** Further statements that it needs: an index. */
  indexes?: string[];
}

/** How often an answer is asked for its time. */
const rounds = 9;

export class Court {
  readonly #names = new Set<string>();

  private constructor(
    readonly client: Client,
    readonly scratch: string,
    readonly signal: AbortSignal | undefined,
  ) {}

  /** Has a court for some work, and closes it whatever becomes of that. */
  static async during<Result>(
    client: Client,
    signal: AbortSignal | undefined,
    work: (court: Court) => Promise<Result>,
  ): Promise<Result> {
    const scratch = `sparkify_model_${randomBytes(5).toString("hex")}`;
    await client.execute(await createKeyspaceCql(client, scratch), [], patient);
    let result: Result;
    try {
      result = await sharingScratch(client, () => work(new Court(client, scratch, signal)), scratch);
    } catch (error) {
      await dropKeyspace(client, scratch).catch(() => {}); // the error of the work says more
      throw error;
    }
    await dropKeyspace(client, scratch);
    return result;
  }

  /** A name for a table that no other one here has. */
  nameFor(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#names.has(name); number++) name = `${wanted.slice(0, 44)}_${number}`;
    this.#names.add(name);
    return name;
  }

  /**
   * Makes a table and judges it.
   * @param as its name here, see {@link nameFor}
   * @param rows the raw rows, by the names of CQL
   * @param loaded whether they are inserted, and the answers compared
   */
  async judge(
    tried: Tried,
    as: string,
    question: Question,
    rows: RawRow[],
    loaded: boolean,
  ): Promise<Finding[]> {
    await this.make(tried, as, loaded ? rows : []);
    const model = {
      question,
      table: this.#name(as),
      query: this.#here(tried.select, tried, as),
      create: this.#here(tried.create, tried, as),
    };
    return judgeModel(this.client, model, rows, { loaded, isScratch: !loaded });
  }

  /** Makes a table, and inserts rows. It goes with the keyspace: dropping a table by itself takes longer than making it. */
  async make(tried: Tried, as: string, rows: RawRow[]): Promise<void> {
    this.signal?.throwIfAborted();
    for (const cql of [tried.create, ...(tried.indexes ?? [])])
      await this.client.execute(this.#here(cql, tried, as), [], patient);
    await insertRaw(this.client, this.#name(as), rows);
  }

  /**
   * How long an answer takes: the median of some, in milliseconds.
   * @param row what is asked for
   * @returns what Cassandra says where it refuses
   */
  async time(tried: Tried, as: string, row: RawRow): Promise<number | string> {
    const table = await readModelTable(this.client, this.#name(as), row);
    const query = readQuery(this.#here(tried.select, tried, as), table);
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const begun = performance.now();
      try {
        await ask(this.client, query, row);
      } catch (error) {
        if ((error as { code?: number }).code === undefined) throw error;
        return (error as Error).message;
      }
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number;
  }

  /** The columns that a statement's table has, in the order of the key. */
  async columnsOf(tried: Tried): Promise<SchemaColumn[]> {
    const as = this.nameFor("wanted");
    await this.make(tried, as, []);
    return schemaColumns(this.client, this.#name(as));
  }

  #name(as: string): string {
    return `${this.scratch}.${quoted(as)}`;
  }

  /** A statement on the table, as it is called here. */
  #here(cql: string, { create }: Tried, as: string): string {
    return onTable(cql, tableOf("CREATE TABLE", create) as TableName, this.#name(as));
  }
}
