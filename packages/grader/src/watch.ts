// Looks from outside at what a run uses. The runner looks too, and knows at which cell a limit was passed; but it shares the
// cage with the submission, which may stop it. Linux only: elsewhere there is the runner alone.

import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";

/** What a run may use before it is ended: more than its runner's limits, so that the runner is the first to say so. */
export interface OuterLimits {
  memory: number;
  processes: number;
  threads: number;
  /** Of its copy with all that is open there. */
  disk: number;
  /** In its copy, and in each place of the cage that is memory. */
  files: number;
  /** Of its Cassandra: data, logs and snapshots. */
  database: number;
  /** Of the log of its statements, which the grader reads. */
  audit: number;
  /** Seconds in which the runner says nothing. */
  silence: number;
}

const pageSize = 4096;
const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;

interface Process {
  pid: number;
  threads: number;
  bytes: number;
}

/** What is watched: the process that has started all others, and its copy. */
export interface Watched {
  pid: number;
  /** Whether they are in a cage, with processes and a /tmp of their own. */
  isCaged: boolean;
  folder: string;
}

/** The folder of a submission's Cassandra and the log of its statements. */
export interface WatchedDatabase {
  folder: string;
  auditLog: string;
}

/** One run's watch. */
export class Watch {
  #heard = Date.now();
  /** Processes whose open files cannot be seen, with the number of looks. One that is just ending is such for a moment. */
  #hiding = new Map<number, number>();
  #database: WatchedDatabase | undefined;

  constructor(
    private readonly watched: Watched,
    private readonly limits: OuterLimits,
  ) {}

  /** Its Cassandra is there: it is watched too. */
  add(database: WatchedDatabase): void {
    this.#database = database;
  }

  /** The runner has said something. */
  hear(): void {
    this.#heard = Date.now();
  }

  /** @returns the limit that was passed */
  look(): string | undefined {
    const { silence } = this.limits;
    if (Date.now() - this.#heard > silence * 1000)
      return `the runner was stopped: it said nothing for ${silence} s`;
    if (process.platform !== "linux") return undefined;
    const processes = descendantsOf(this.watched.pid);
    return (
      (this.watched.isCaged ? this.#hides(processes) : undefined) ??
      this.#tooMany(processes) ??
      this.#tooMuchMemory(processes) ??
      this.#tooMuchDisk(processes)
    );
  }

  #hides(processes: Process[]): string | undefined {
    const hiding = processes.filter(({ pid }) => isHiding(pid));
    this.#hiding = new Map(hiding.map(({ pid }) => [pid, (this.#hiding.get(pid) ?? 0) + 1]));
    return [...this.#hiding.values()].some((looks) => looks >= 4)
      ? "a process that hides which files it has open"
      : undefined;
  }

  #tooMany(processes: Process[]): string | undefined {
    const { limits } = this;
    if (processes.length > limits.processes) return `more than ${limits.processes} processes`;
    const threads = sumOf(processes, ({ threads }) => threads);
    return threads > limits.threads ? `more than ${limits.threads} threads` : undefined;
  }

  #tooMuchMemory(processes: Process[]): string | undefined {
    const { memory } = this.limits;
    const isTooMuch =
      sumOf(processes, ({ bytes }) => bytes) > memory && sumOf(processes, ({ pid }) => shareOf(pid)) > memory;
    return isTooMuch ? `more than ${megabytes(memory)} of memory` : undefined;
  }

  #tooMuchDisk(processes: Process[]): string | undefined {
    const { disk, files, database, audit } = this.limits;
    const { isCaged, folder } = this.watched;
    const copy = sizeOf(folder, files);
    const isFull = ({ pid }: Process) => isCaged && filesInMemory(pid) > files;
    if (copy.files > files || processes.some(isFull)) return `more than ${files} files`;
    if (copy.bytes + removedBytes(processes) > disk) return `more than ${megabytes(disk)} of disk`;
    if (this.#database === undefined) return undefined;
    const log = statSync(this.#database.auditLog, { throwIfNoEntry: false })?.size ?? 0;
    if (log > audit) return `more than ${megabytes(audit)} of statements`;
    return sizeOf(this.#database.folder, 20 * files).bytes > database
      ? `more than ${megabytes(database)} in Cassandra`
      : undefined;
  }
}

const sumOf = <One>(all: One[], what: (one: One) => number) => all.reduce((sum, one) => sum + what(one), 0);

/** What `look` finds, or another value where the process has ended, or the file is gone, meanwhile. */
function unlessGone<Found>(look: () => Found, otherwise: Found): Found {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

/** All that a process has started, and those that these have started. In a cage nothing leaves this tree. */
function descendantsOf(root: number): Process[] {
  const children = new Map<number, Process[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const text = unlessGone(() => readFileSync(`/proc/${name}/stat`, "latin1"), "");
    // The program's name before may hold anything, brackets too.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    const one = { pid: Number(name), threads: Number(fields[17]), bytes: Number(fields[21]) * pageSize };
    const parent = Number(fields[1]);
    if (text !== "") children.set(parent, [...(children.get(parent) ?? []), one]);
  }
  const found: Process[] = [];
  for (let next = children.get(root) ?? []; next.length > 0; ) {
    found.push(...next);
    next = next.flatMap(({ pid }) => children.get(pid) ?? []);
  }
  return found;
}

/**
 * Whether a process of a cage hides its open files, as one does that says it must not be looked into. Its first two are the
 * cage's own and the runner, which keeps the submission out of what it says.
 */
function isHiding(pid: number): boolean {
  const status = unlessGone(() => readFileSync(`/proc/${pid}/status`, "latin1"), "");
  const [, numbers = ""] = /^NSpid:\s+(.+)$/m.exec(status) ?? [];
  const inside = numbers.split("\t");
  if (inside.length < 2 || Number(inside.at(-1)) <= 2 || /^State:\s+[ZX]/m.test(status)) return false;
  try {
    readdirSync(`/proc/${pid}/fd`);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}

/** A process's memory, what it shares with others counted in parts. */
function shareOf(pid: number): number {
  const text = unlessGone(() => readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"), "");
  const [, kilobytes = "0"] = /^Pss:\s+(\d+)/m.exec(text) ?? [];
  return Number(kilobytes) * 1024;
}

/** The most files in one of the places of a process's cage that are memory: an empty file there takes room that no size bounds. */
const filesInMemory = (pid: number) =>
  Math.max(
    ...["tmp", "dev/shm"].map((place) =>
      unlessGone(() => {
        const { type, files, ffree } = statfsSync(`/proc/${pid}/root/${place}`);
        const isMemory = type === 0x01021994;
        return isMemory ? files - ffree : 0;
      }, 0),
    ),
  );

/** What is in a folder. One that was closed is opened: it is our own. @param most files after which it is given up */
function sizeOf(folder: string, most: number): { bytes: number; files: number } {
  const size = { bytes: 0, files: 0 };
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined && size.files <= most; at = waiting.pop()) {
    const here = at;
    const opened = () => {
      if (lstatSync(here).isDirectory()) chmodSync(here, 0o700);
      return readdirSync(here);
    };
    const names = unlessGone(() => readdirSync(here), undefined) ?? unlessGone(opened, []);
    size.files += names.length;
    for (const name of names) {
      const path = join(here, name);
      const status = unlessGone(() => lstatSync(path), undefined);
      size.bytes += (status?.blocks ?? 0) * 512;
      if (status?.isDirectory()) waiting.push(path);
    }
  }
  return size;
}

/** Bytes of files that were removed and are still open: in no folder, and on the disk all the same. */
function removedBytes(processes: Process[]): number {
  const seen = new Map<string, number>();
  for (const { pid } of processes)
    for (const name of unlessGone(() => readdirSync(`/proc/${pid}/fd`), [])) {
      const file = `/proc/${pid}/fd/${name}`;
      if (!unlessGone(() => readlinkSync(file), "").endsWith(" (deleted)")) continue;
      const status = unlessGone(() => statSync(file), undefined);
      if (status?.isFile()) seen.set(`${status.dev} ${status.ino}`, status.blocks * 512);
    }
  return sumOf([...seen.values()], (bytes) => bytes);
}
