// What there is for the time of one run: its folders, the tables, the process of Spark.

import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { SparkifyError } from "@sparkify/base/errors";
import { note, step } from "@sparkify/base/install/step";
import { onInterrupt, temporary } from "@sparkify/base/processes";
import { connect, createKeyspaceIfMissing, shortPath } from "@sparkify/lib";
import { createMissingTables, type EventFile, unreadableLogs } from "@sparkify/loader";
import type { Client } from "cassandra-driver";
import { classArchive, type Spark } from "./install.js";
import { chosen, type DailyLog, filesInStore } from "./logs.js";
import { keepCsv, keepRejected, removeWorkFolders } from "./output.js";
import type { Place } from "./place.js";
import { manyBytes, writeProperties } from "./properties.js";
import type { JobResult } from "./report.js";
import { isLocal, type SparkJob } from "./settings.js";
import { Store } from "./store.js";
import { submit } from "./submit.js";

/** One run: what it makes for itself is deleted afterwards. */
export class Run {
  /** In the folder for temporary files, which every system has; nobody else may look into it. */
  readonly #scratch = temporary(mkdtempSync(join(tmpdir(), "sparkify-")));
  /** The run's name, under which Java's classes are kept. */
  readonly #name = `run-${process.pid}`;
  readonly #work: string;
  readonly #store: Store;
  #isWorkMade = false;

  constructor(
    readonly job: SparkJob,
    readonly place: Place,
    readonly given: Record<string, string>,
    readonly program: Spark,
    readonly result: JobResult,
  ) {
    this.#work = `${place.out}/work-${randomBytes(4).toString("hex")}`;
    this.#store = new Store(program, given, job.settings, this.#scratch);
  }

  /** @param local the logs, where they are on this machine */
  async load(java: string, local: EventFile[] | undefined): Promise<void> {
    const { date } = this.job;
    const { localOut, logs, out } = this.place;
    const forget = onInterrupt(() => this.#clean());
    try {
      const files = local ?? chosen(await filesInStore(this.#store, logs), date);
      if (!localOut) {
        this.#isWorkMade = true;
        await step("Look whether the store can be written to", () =>
          this.#store.make(this.#work, out, "SPARK_OUTPUT_URI"),
        );
      }
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      const database = this.job.database ?? ((work) => work(Promise.resolve()));
      await database(
        async (answers) => {
          await answers;
          await this.#makeTables();
          await this.#submit(java, files, bytes, local);
        },
        { bulk: bytes > manyBytes },
      );
      if (localOut) await keepCsv(localOut, this.#csv());
      classArchive.keep(this.#name);
    } finally {
      classArchive.forget(this.#name);
      await this.#clean();
      forget();
    }
  }

  async #makeTables(): Promise<void> {
    const client = await connect();
    try {
      sayUnreachable(client);
      await createMissingTables(client, this.job.tables, createKeyspaceIfMissing);
    } finally {
      await client.shutdown();
    }
  }

  async #submit(
    java: string,
    files: DailyLog[],
    bytes: number,
    local: EventFile[] | undefined,
  ): Promise<void> {
    const { job, place, program, result } = this;
    const { settings, signal } = job;
    const javaOptions = this.#archiveOptions(java);
    const isSome = result.unreadable.length > 0;
    try {
      const properties = await writeProperties(program, {
        ...job,
        ...place,
        names: isSome ? local?.map(({ path }) => basename(path)) : undefined,
        bytes,
        given: this.given,
        work: this.#work,
        javaOptions,
        scratch: this.#scratch,
      });
      const options = {
        settings,
        properties,
        log: join(settings.out, "spark.log"),
        lastStep:
          javaOptions.length > 0 && !classArchive.exists
            ? "Keep Java's classes for faster starts"
            : undefined,
        signal,
      };
      if (!(await submit(program, options, result))) throw this.#refused(files.length);
    } finally {
      if (place.localOut) await keepRejected(place.localOut, settings.rejectedCsv);
    }
  }

  /** Java's options for the archive of classes, of the installed Spark and for jobs that run here. */
  #archiveOptions(java: string): string[] {
    const { settings } = this.job;
    if (!isLocal(settings) || !this.program.isInstalled) return [];
    return settings.keepsClasses ? classArchive.useOrWrite(java, this.#name) : classArchive.use();
  }

  /** One day's plays do not replace the CSV of all. */
  #csv(): string {
    const { date, settings } = this.job;
    const { csv, out } = settings;
    return date ? join(out, `event_datafile_${date}_${date}.csv`) : csv;
  }

  /** Why the job's own checks have ended it. @param inAll how many logs there are */
  #refused(inAll: number): SparkifyError {
    const { refusal, unreadable, counts } = this.result;
    if (refusal === "unreadable files") return unreadableLogs(unreadable, inAll);
    if (refusal === "nothing kept") {
      return new SparkifyError(
        `No row of the ${counts.files} logs is a song play, so nothing was written: of ${counts.rows} rows, ${counts.dropped} have no artist and ${counts.rejected} were rejected.`,
      );
    }
    const { localOut, out } = this.place;
    const rejected = localOut ? shortPath(this.job.settings.rejectedCsv) : `${out}/rejected`;
    return new SparkifyError(
      `More than ${this.job.maxErrors} rows had to be rejected, so nothing was loaded. They are in ${rejected}, ` +
        "with the reasons. Mend the logs, or allow more: npm run spark -- --max-errors 1000",
    );
  }

  async #clean(): Promise<void> {
    if (this.place.localOut) removeWorkFolders(this.place.localOut);
    else if (this.#isWorkMade) await this.#store.remove(this.#work);
    rmSync(this.#scratch, { recursive: true, force: true });
  }
}

/** Spark goes through the others, more slowly, and without a word. */
function sayUnreachable(client: Client): void {
  const connected = client.getState().getConnectedHosts();
  const silent = client.hosts
    .values()
    .filter((host) => host.datacenter === connected[0]?.datacenter && !connected.includes(host))
    .map((host) => host.address);
  if (silent.length === 0) return;
  note(
    `These Cassandra nodes do not answer at the address that they announce (rpc_address, broadcast_rpc_address): ${silent.join(", ")}. ` +
      "The job goes through the others: more slowly, or not at all where too few copies are left.",
  );
}
