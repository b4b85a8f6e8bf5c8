// Java's class data sharing: Cassandra loads ten thousand classes, and an archive of them takes a quarter off its
// start. The first node writes the archive when it ends; it counts once it is whole, under its final name.

import { spawnSync } from "node:child_process";
import { existsSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { jars } from "./jars.js";

const baseArchive = join(jars, "java.jsa");
const classArchive = join(jars, "cassandra.jsa");
const newArchive = (clusterName: string) => join(jars, `${clusterName}.jsa`);

export const hasClassArchive = () => existsSync(classArchive);

/** Java's options for a node that uses the archive; none where there is no archive yet. */
export function useClassArchive(): string[] {
  return hasClassArchive() ? [`-XX:SharedArchiveFile=${baseArchive}${delimiter}${classArchive}`] : [];
}

/** Java's options for a node that uses the archive, or writes it under its own name. */
export function useOrWriteClassArchive(java: string, clusterName: string): string[] {
  if (hasClassArchive()) return useClassArchive();
  const dump = spawnSync(java, ["-Xshare:dump", `-XX:SharedArchiveFile=${baseArchive}`], {
    windowsHide: true,
  });
  if (dump.status !== 0) return []; // slower, but it works without
  return [`-XX:SharedArchiveFile=${baseArchive}`, `-XX:ArchiveClassesAtExit=${newArchive(clusterName)}`];
}

/** Gives the archive that an ended node has written its final name. */
export function keepClassArchive(clusterName: string): void {
  if (existsSync(newArchive(clusterName))) renameSync(newArchive(clusterName), classArchive);
}
