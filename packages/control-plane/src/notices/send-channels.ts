import { setTimeout as sleep } from "node:timers/promises";
import type { SendingEnd } from "@cordon/notices";

/** Sends one channel of a notice, until it ends or the signal is given. */
export type ChannelRun = (signal: AbortSignal) => Promise<SendingEnd>;

/** What matters most of several ends stands for all of them. */
const gravity: readonly SendingEnd["kind"][] = ["done", "unavailable", "aborted", "halted", "stopped"];

/**
 * Sends all channels side by side. One whose server can't be reached goes on trying for as long as another one sends; one that
 * throws ends the others in order, and its error is thrown.
 */
export async function sendChannels(
  runs: readonly ChannelRun[],
  signal: AbortSignal,
  pauseMs: number,
): Promise<SendingEnd> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  let sending = runs.length;
  const toTheEnd = async (run: ChannelRun): Promise<SendingEnd> => {
    for (;;) {
      const end = await run(either);
      if (end.kind === "unavailable") sending--;
      // Whoever sends still keeps those company that wait for their server.
      if (end.kind !== "unavailable" || sending <= 0) return end;
      await sleep(pauseMs, undefined, { signal: either }).catch(() => undefined);
      if (either.aborted) return { kind: "aborted" };
      sending++;
    }
  };
  const settled = await Promise.allSettled(
    runs.map((run) =>
      toTheEnd(run).then(
        (end) => {
          if (end.kind !== "unavailable") sending--;
          return end;
        },
        (error: unknown) => {
          sending--;
          failed.abort();
          throw error;
        },
      ),
    ),
  );
  const ends: SendingEnd[] = [];
  for (const one of settled) {
    if (one.status === "rejected") throw one.reason;
    ends.push(one.value);
  }
  return ends.reduce(
    (worst, end) => (gravity.indexOf(end.kind) > gravity.indexOf(worst.kind) ? end : worst),
    {
      kind: "done",
    },
  );
}
