import type { HandOver, Transport } from "../smtp/message-transport.ts";

/** A transport of requests that stand by themselves: at most `lanes` at a time, the rest wait in order. */
export function laneTransport<Message>(
  lanes: number,
  send: (message: Message) => Promise<HandOver>,
  close: () => Promise<void>,
): Transport<Message> {
  let busy = 0;
  let closed = false;
  const waiting: (() => void)[] = [];
  const idle: (() => void)[] = [];
  const next = () => {
    busy--;
    waiting.shift()?.();
    if (busy === 0 && waiting.length === 0) for (const done of idle.splice(0)) done();
  };
  return {
    lanes,
    async send(message) {
      if (closed) return { kind: "unavailable", reason: "the transport is closed" };
      if (busy >= lanes) await new Promise<void>((resolve) => waiting.push(resolve));
      busy++;
      try {
        return await send(message);
      } finally {
        next();
      }
    },
    async close() {
      closed = true;
      if (busy > 0 || waiting.length > 0) await new Promise<void>((resolve) => idle.push(resolve));
      await close();
    },
  };
}
