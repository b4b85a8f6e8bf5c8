// node.json in a node's directory: how a node is found again, by any command. It is read and written here only.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a node says of itself to its clients. */
export interface EmbeddedNode {
  /** CQL port, on 127.0.0.1 unless the node was started on another address. */
  port: number;
  /** Unique to each data directory, so that a client can tell this node from another clone's. */
  clusterName: string;
  /** Process id of the running node, or undefined when it is stopped. */
  pid?: number | undefined;
}

/** What a node's data may have to outlive: a crash of the machine, the end of its process, or nothing. */
export const whatDataOutlives = ["machine", "process", "nothing"] as const;

const fileIn = (directory: string) => join(directory, "node.json");

/** Reads what the node of a directory says of itself; undefined where none was ever started. */
export function readNode(directory: string): EmbeddedNode | undefined {
  const file = fileIn(directory);
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as EmbeddedNode) : undefined;
}

/** Written in one move, so that a reader never sees half a file. */
export function writeNode(directory: string, { port, clusterName, pid }: EmbeddedNode): void {
  const partial = `${fileIn(directory)}.partial`;
  writeFileSync(partial, `${JSON.stringify({ port, clusterName, pid }, null, 2)}\n`);
  renameSync(partial, fileIn(directory));
}
