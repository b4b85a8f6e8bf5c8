// Messages between a command and a process that it has started: a JSON object a line, which has an `event`.

/**
 * @template {{ event: string }} Message
 * @param {string} line
 * @returns {Message | undefined} undefined for a line that is no message: other code in the process may print too, for instance
 *   what NODE_OPTIONS loads
 */
export function messageIn(line) {
  try {
    const message = JSON.parse(line);
    const isMessage = typeof message === "object" && message !== null && "event" in message;
    return isMessage ? message : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A message as it is sent: on a line of its own, whatever stands before it.
 * @template {{ event: string }} Message
 * @param {Message} message
 */
export const messageLine = (message) => `\n${JSON.stringify(message)}\n`;
