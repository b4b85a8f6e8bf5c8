// A process of its own: sends statements that were encoded beforehand. What is left is Cassandra's own time, nearly.
// Arguments: the file of frames, the port.

import { closeSync, openSync, readSync } from "node:fs";
import { batchCql } from "@sparkify/loader";
import { address, FrameConnection } from "./cql-frames.js";
import { benchTables } from "./schema.js";

const inFlight = 128;
const [file = "", port] = process.argv.slice(2);
const tables = benchTables();
const connection = await FrameConnection.open(Number(port), inFlight);

const ids = new Map<number, Buffer>();
async function idOf(table: number, rows: number): Promise<Buffer> {
  const key = table * 256 + rows;
  const id =
    ids.get(key) ?? (await connection.prepare(batchCql({ cql: tables[table]?.insertCql ?? "" }, rows)));
  ids.set(key, id);
  return id;
}

let sendGathered = connection.gather();
for (const { table, rows, frame } of frames(file)) {
  const known = ids.get(table * 256 + rows);
  if (!known) sendGathered(); // the answer to PREPARE is waited for
  const id = known ?? (await idOf(table, rows));
  if (!known) sendGathered = connection.gather();
  let stream = connection.takeStream();
  while (stream < 0) {
    sendGathered();
    await connection.answers();
    stream = connection.takeStream();
    sendGathered = connection.gather();
  }
  address(frame, stream, id);
  connection.send(frame);
}
sendGathered();
while (connection.freeStreams < inFlight) await connection.answers();
connection.close();

function* frames(path: string): Generator<{ table: number; rows: number; frame: Buffer }> {
  const head = 6;
  const descriptor = openSync(path, "r");
  let rest = Buffer.alloc(0);
  for (;;) {
    const piece = Buffer.allocUnsafe((1 << 20) + rest.length);
    rest.copy(piece);
    const read = readSync(descriptor, piece, rest.length, 1 << 20, null);
    if (read === 0) break;
    const bytes = piece.subarray(0, rest.length + read);
    let from = 0;
    while (bytes.length - from >= head) {
      const end = from + head + bytes.readUInt32BE(from + 2);
      if (end > bytes.length) break;
      yield {
        table: bytes[from] as number,
        rows: bytes[from + 1] as number,
        frame: bytes.subarray(from + head, end),
      };
      from = end;
    }
    rest = bytes.subarray(from);
  }
  closeSync(descriptor);
}
