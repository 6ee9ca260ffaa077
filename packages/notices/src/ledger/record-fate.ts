import type { DeliveryCause, DeliveryState } from "./delivery-state.ts";
import { editBlock, readDetails } from "./edit-block.ts";
import type { LedgerDatabase } from "./migrate-notices.ts";
import { peoplePerBlock } from "./packed-block.ts";

/** What came back about a message after it was handed over: a bounce, a delivery, a complaint. */
export type LaterFate = {
  readonly ordinal: number;
  readonly kind: "confirmed" | "bounced" | "complained";
  /** RFC 3463, or null. */
  readonly status: string | null;
};

/** How many of them changed a fate; the rest said what was known, or spoke of somebody to whom nothing was sent. */
export type FatesRecorded = { readonly changed: number; readonly ignored: number };

/**
 * Puts what came back on record. Idempotent and in any order: a bounce outweighs a confirmation (a server may take a message and
 * return it), and either of them settles an `unknown`. Nothing here makes anybody be sent to again.
 */
export async function recordFates(
  db: LedgerDatabase,
  noticeNo: number,
  fates: readonly LaterFate[],
  nowMs: number,
): Promise<FatesRecorded> {
  let changed = 0;
  const byBlock = Map.groupBy(fates, ({ ordinal }) => Math.floor(ordinal / peoplePerBlock));
  for (const [blockNo, ours] of byBlock) {
    const from = blockNo * peoplePerBlock;
    let here = 0;
    await editBlock(db, { noticeNo, blockNo, nowMs }, async (packed, row) => {
      here = 0;
      const known = new Map(
        (await readDetails(db, noticeNo, from, from + peoplePerBlock)).map((one) => [one.ordinal, one]),
      );
      const details = [];
      const cleared: number[] = [];
      for (const { ordinal, kind, status } of ours) {
        const index = ordinal - from;
        const next = after(packed.state(index), kind, known.get(ordinal)?.cause ?? null);
        if (next === null) continue;
        here++;
        packed.setState(index, next.state);
        if (next.cause === null) {
          cleared.push(ordinal);
          continue;
        }
        details.push({
          ordinal,
          attempts: Math.max(1, known.get(ordinal)?.attempts ?? 1),
          cause: next.cause,
          replyCode: null,
          status,
          dueMs: null,
          senderNo: row.sender_no,
        });
      }
      return here === 0 ? null : { details, cleared };
    });
    changed += here;
  }
  return { changed, ignored: fates.length - changed };
}

function after(
  state: DeliveryState | null,
  kind: LaterFate["kind"],
  cause: DeliveryCause | null,
): { readonly state: DeliveryState; readonly cause: DeliveryCause | null } | null {
  switch (kind) {
    case "bounced":
      return state === "handed_over" || state === "confirmed" || state === "unknown"
        ? { state: "bounced", cause: "bounced" }
        : null;
    case "confirmed":
      return state === "handed_over" || state === "unknown" ? { state: "confirmed", cause: null } : null;
    case "complained":
      return (state === "handed_over" || state === "confirmed" || state === "unknown") &&
        cause !== "complained"
        ? { state: "confirmed", cause: "complained" }
        : null;
  }
}
