// What the processes that the benchmark starts say of themselves.

import { messageIn } from "@sparkify/base/messages";

/** The messages of one kind in a process's output. */
export const messagesIn = <Message extends { event: string }>(output: string, kind: Message["event"]) =>
  output
    .split("\n")
    .map((line) => messageIn<Message>(line))
    .filter((message) => message?.event === kind);
