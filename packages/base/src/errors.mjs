// The one class of errors that are written for the reader.

/**
 * Where something is wrong: as much of it as is known.
 * @typedef {object} Where
 * @property {string} [file] a path
 * @property {number} [line] from 1
 * @property {string} [table] with its keyspace
 * @property {string} [address] as host:port
 */

/**
 * An error for the reader: its message says what was expected, what came, where, and what to do next. Commands print it without
 * a stack, and so do cells.
 * @example throw new SparkifyError(`${file}, line 3: expected 5 columns, got 4. Mend the line.`, { where: { file, line: 3 } });
 */
export class SparkifyError extends Error {
  name = "SparkifyError";
  /**
   * What the command ends with.
   * @type {number}
   */
  exitCode;
  /** @type {Where} */
  where;

  /**
   * @param {string} message
   * @param {ErrorOptions & { exitCode?: number, where?: Where }} [options]
   */
  constructor(message, { exitCode = 1, where = {}, ...options } = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.where = where;
  }

  /** How a failed cell prints it: without the stack of the library's own calls. */
  [Symbol.for("nodejs.util.inspect.custom")]() {
    return `${this.name}: ${this.message}`;
  }
}
