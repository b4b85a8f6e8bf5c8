import { runChild } from "@sparkify/base/processes";
import type { CommandLine } from "./contenders.js";
import { benchPython, pythonSource } from "./install.js";
import { messagesIn } from "./messages.js";

export interface Measured {
  code: number;
  /** From the start of the first process to the end of the last. */
  seconds: number;
  /** Of the contender's processes; null where the system does not tell. */
  cpuSeconds: number | null;
  peakRssMb: number | null;
  /** The last lines that were printed, for a failure. */
  tail: string;
}

/** Runs commands one after the other, until one fails. Their output goes to a log. */
export async function measure(commands: CommandLine[], log: string): Promise<Measured> {
  const args = [pythonSource("measure.py"), log, ...commands.map((command) => JSON.stringify(command))];
  const { code, tail } = await runChild(benchPython, args);
  const [said] = messagesIn<Measured & { event: "measured" }>(tail, "measured");
  if (code !== 0 || !said) return { code: code || 1, seconds: 0, cpuSeconds: null, peakRssMb: null, tail };
  const { event: _, ...measured } = said;
  return { ...measured, tail: "" };
}
