// What became of the raw rows, in a cell.

import { SparkifyError } from "@sparkify/base/errors";
import { eventDataDirectory, shortPath } from "@sparkify/lib";
import { showVerdict, tableHtml } from "@sparkify/lib/show";
import { type DenormalizeReport, notPlainLogs } from "@sparkify/loader";

/**
 * Shows what became of the raw rows, and keeps it for the report.
 * @throws SparkifyError where logs could not be read
 * @example showDenormalized(await denormalize({ files, target: streamlinedCsv }));
 */
export function showDenormalized(report: DenormalizeReport): void {
  const { files, rows, kept, dropped, droppedByPage, rejected, rejectedByReason } = report;
  const { rejections, repeated, unreadable } = report;
  const counts = [
    { rows: "read", count: rows },
    { rows: "kept: a song was played", count: kept },
    ...Object.entries(droppedByPage)
      .sort(([, a], [, b]) => b - a)
      .map(([page, count]) => ({ rows: `dropped: page ${page}`, count })),
    { rows: "rejected", count: rejected },
    { rows: "kept, but the same event as an earlier row", count: repeated.sameEvent },
    { rows: "kept, but an earlier row says otherwise", count: repeated.differentContent },
  ];
  const places = rejections.map(({ file, ...where }) => ({ file: shortPath(file), ...where }));
  const reasons = Object.entries(rejectedByReason).sort(([, a], [, b]) => b - a);
  const notPlain = notPlainLogs(report).map(({ file, how }) => ({ file: shortPath(file), how }));
  showVerdict(
    {
      kind: "eventData",
      directory: shortPath(eventDataDirectory),
      files,
      rows,
      kept,
      dropped,
      droppedByPage,
      rejected,
      rejectedByReason,
      notPlain,
    },
    tableHtml(counts, { limit: 50 }) +
      (notPlain.length > 0
        ? tableHtml(
            notPlain.map(({ file, how }) => ({ file, "read as": how.join(", ") })),
            { caption: "Logs that are not plain CSV" },
          )
        : "") +
      (reasons.length > 0
        ? tableHtml(
            reasons.map(([reason, count]) => ({ "rejected for": reason, rows: count })),
            { caption: "Why rows were rejected" },
          )
        : "") +
      (places.length > 0
        ? tableHtml(places, { caption: `Rejected: see ${shortPath(report.rejectedIn)}` })
        : "") +
      (repeated.examples.length > 0 ? tableHtml(repeated.examples, { caption: "The later row wins" }) : "") +
      (unreadable.length > 0 ? tableHtml(unreadable, { caption: "Files that could not be read" }) : ""),
  );
  if (unreadable.length > 0) {
    throw new SparkifyError(
      `${unreadable.length} of ${files} logs could not be read: ${unreadable[0]?.reason}`,
    );
  }
}
