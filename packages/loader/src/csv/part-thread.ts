// A thread: joins a part of the logs by itself, and says what it has found.

import { once } from "node:events";
import { type MessagePort, parentPort } from "node:worker_threads";
import type { Rejection } from "../plays/event-log.js";
import { Join, type Joined, type Rejects } from "./join.js";
import type { PartMessage, PartTask } from "./parts.js";
import { countReason } from "./rejected.js";
import { emptyReport } from "./report.js";
import { RowWriter } from "./row-writer.js";

const progressEvery = 100;

/** Rejected rows, for the one who keeps them. */
class HeldRows implements Rejects {
  readonly byReason: Record<string, number> = {};
  readonly rows: Joined["rejected"] = [];

  constructor(readonly maxErrors: number) {}

  get count(): number {
    return this.rows.length;
  }

  add(rejection: Rejection, row: Buffer): void {
    if (this.count >= this.maxErrors) throw new Error("too many");
    countReason(this.byReason, rejection);
    this.rows.push({ rejection, row: Uint8Array.from(row) });
  }

  append(): void {
    throw new Error("a row that is too long to be held");
  }
}

const port = parentPort as MessagePort;
const say = (message: PartMessage) => port.postMessage(message);

const [{ logs, target, repair, maxErrors }] = (await once(port, "message")) as [PartTask];
const report = emptyReport("");
const rejected = new HeldRows(maxErrors);
const output = target === null ? undefined : new RowWriter(target, false);
let told = 0;
const join = new Join(report, rejected, output, {
  repair,
  onProgress: (progress) => {
    if (performance.now() - told < progressEvery) return;
    told = performance.now();
    say({ progress });
  },
});
try {
  await join.run(logs);
  output?.finish();
  say({ joined: { report, rejected: rejected.rows, seen: join.seen.all } });
} catch {
  say({ joined: undefined });
}
