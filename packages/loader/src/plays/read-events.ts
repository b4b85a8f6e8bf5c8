// The events of the logs in memory, for a first look.

import { SparkifyError } from "@sparkify/base/errors";
import type { EventFile } from "../files/event-files.js";
import { UnreadableFile } from "../files/unreadable-file.js";
import { type Column, eventColumns } from "../rows/columns.js";
import { type Dialect, dialectOf, fitRecords, readLog } from "../rows/dialect.js";

/** One row of an event log, every field as the text it is in the file. */
export type Event = Record<Column, string>;

/**
 * Reads all events of the files into memory, each with its file and day: for a first look at some thousands.
 * Rows that do not fit the header, and files that cannot be read, are left to {@link denormalize}, which counts them.
 * @throws SparkifyError where no log can be used
 * @example const events = await readEvents(findEventFiles("event_data").files);
 */
export async function readEvents(files: EventFile[]): Promise<(Event & { file: string; date: string })[]> {
  const events: (Event & { file: string; date: string })[] = [];
  let useless: UnreadableFile | undefined;
  for (const { path: file, date } of files) {
    try {
      const dialect = await dialectOf(file);
      for await (const event of eventsIn(file, dialect)) events.push({ ...event, file, date });
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      if (error.fault) useless ??= error;
    }
  }
  if (events.length > 0 || !useless) return events;
  throw new SparkifyError(
    `None of the logs can be read, for instance:\n${useless.message}\n` +
      "Mend them, or name another folder: EVENT_DATA_DIR=path npm start",
    { cause: useless, where: useless.where },
  );
}

/** The records of a log that are not damaged. */
async function* eventsIn(path: string, dialect: Dialect): AsyncGenerator<Event> {
  let header = dialect.headerRecords;
  for await (const record of readLog(path, dialect)) {
    while (record.next()) {
      if (header > 0) {
        if (--header === 0) fitRecords(record, dialect);
        continue;
      }
      if (record.problem !== undefined) continue;
      const texts = record.texts();
      yield Object.fromEntries(
        eventColumns.map((column) => [column, texts[dialect.at[column]] ?? ""]),
      ) as Event;
    }
  }
}
