// Java's class data sharing: Cassandra and Spark load ten to twenty thousand classes each, and an archive of them takes a
// quarter off a start. The first run of a program writes it when it ends; it counts once it is whole, under its final name.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

export class ClassArchive {
  readonly #base: string;
  readonly #folder: string;
  readonly #program: string;

  /** @param folder is deleted when the program is installed anew */
  constructor(folder: string, program: string) {
    this.#base = join(folder, "java.jsa");
    this.#folder = folder;
    this.#program = program;
  }

  get exists(): boolean {
    return isWhole(this.#file(this.#program));
  }

  /** Java's options for a run that uses the archive; none where there is no archive yet. */
  use(): string[] {
    return this.exists ? [`-XX:SharedArchiveFile=${this.#base}${delimiter}${this.#file(this.#program)}`] : [];
  }

  /** Java's options for a run that uses the archive, or writes it, under the run's name. */
  useOrWrite(java: string, run: string): string[] {
    this.forget(run); // of a run that was killed while it wrote
    if (this.exists) return this.use();
    if (!this.#hasBase(java)) this.#makeBase(java);
    if (!this.#hasBase(java)) return []; // slower, but it works without
    return [
      `-XX:SharedArchiveFile=${this.#base}`,
      `-XX:ArchiveClassesAtExit=${this.#file(run)}`,
      "-XX:+IgnoreUnrecognizedVMOptions", // Java 11 cannot write one
      "-Xlog:cds=off",
      "-Xlog:cds+dynamic=off", // it names each class that it leaves out
    ];
  }

  /** Gives what an ended run has written its final name; half an archive, of a run that was killed, is deleted. */
  keep(run: string): void {
    if (isWhole(this.#file(run))) renameSync(this.#file(run), this.#file(this.#program));
    else this.forget(run);
  }

  /** Deletes what a run that failed may have written. */
  forget(run: string): void {
    rmSync(this.#file(run), { force: true });
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.jsa`);
  }

  /** Whether it is there, whole, and made by this Java. */
  #hasBase(java: string): boolean {
    const args = ["-Xshare:on", `-XX:SharedArchiveFile=${this.#base}`, "-version"];
    return existsSync(this.#base) && spawnSync(java, args, { windowsHide: true }).status === 0;
  }

  /** Under a name of its own first: another run that starts at this moment must not find half of it. */
  #makeBase(java: string): void {
    const partial = `${this.#base}.${process.pid}`;
    spawnSync(java, ["-Xshare:dump", `-XX:SharedArchiveFile=${partial}`], { windowsHide: true });
    if (existsSync(partial) && !this.#hasBase(java)) renameSync(partial, this.#base);
    rmSync(partial, { force: true });
  }
}

/**
 * Java writes the header of an archive last (FileMapInfo::open_for_write in its source), so half an archive begins with
 * zeros or is empty. Java does not start with an empty one.
 */
function isWhole(archive: string): boolean {
  if (!existsSync(archive)) return false;
  const file = openSync(archive, "r");
  const magic = Buffer.alloc(4);
  readSync(file, magic);
  closeSync(file);
  return magic.readUInt32LE() !== 0;
}
