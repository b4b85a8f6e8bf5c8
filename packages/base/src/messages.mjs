// Messages between a command and a process that it has started: a JSON object a line, which has an `event`.

/**
 * @returns undefined for a line that is no message: other code in the process may print too, for instance what
 *   NODE_OPTIONS loads
 */
export function messageIn<Message extends { event: string }>(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line);
    const isMessage = typeof message === "object" && message !== null && "event" in message;
    return isMessage ? (message as Message) : undefined;
  } catch {
    return undefined;
  }
}

/** A message as it is sent: on a line of its own, whatever stands before it. */
export const messageLine = (message: { event: string }) => `\n${JSON.stringify(message)}\n`;
