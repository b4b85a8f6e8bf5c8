import { SparkifyError } from "@sparkify/base/errors";

/** What is wrong with a file as a whole. */
export interface Fault {
  /** In words, without the file. */
  reason: string;
  /** The file's first line, shortened, with nothing that cannot be printed. */
  firstLine: string;
  /** The needed columns that no name stands for. */
  missing: string[];
  help: string;
}

/** A file that cannot be read, or not to its end; with a fault where none of its rows can be read without a guess. */
export class UnreadableFile extends SparkifyError {
  constructor(
    file: string,
    message: string,
    readonly fault?: Fault,
    options?: ErrorOptions,
  ) {
    super(message, { ...options, where: { file } });
  }
}
