// Java's class data sharing: Cassandra loads ten thousand classes, and an archive of them takes a quarter off its
// start. The first node writes the archive when it ends; it counts once it is whole, under its final name.

import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
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
  if (!hasBaseArchive(java)) makeBaseArchive(java);
  if (!hasBaseArchive(java)) return []; // slower, but it works without
  return [`-XX:SharedArchiveFile=${baseArchive}`, `-XX:ArchiveClassesAtExit=${newArchive(clusterName)}`];
}

/** Whether it is there, whole, and made by this Java. */
const hasBaseArchive = (java: string) =>
  existsSync(baseArchive) &&
  spawnSync(java, ["-Xshare:on", `-XX:SharedArchiveFile=${baseArchive}`, "-version"], { windowsHide: true })
    .status === 0;

/** Under a name of its own first: another node that starts at this moment must not find half of it. */
function makeBaseArchive(java: string): void {
  const own = `${baseArchive}.${process.pid}`;
  spawnSync(java, ["-Xshare:dump", `-XX:SharedArchiveFile=${own}`], { windowsHide: true });
  if (existsSync(own) && !hasBaseArchive(java)) renameSync(own, baseArchive);
  rmSync(own, { force: true });
}

/** Gives the archive that an ended node has written its final name. */
export function keepClassArchive(clusterName: string): void {
  if (existsSync(newArchive(clusterName))) renameSync(newArchive(clusterName), classArchive);
}
