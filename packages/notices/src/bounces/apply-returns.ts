import type { DeliveryLedger } from "../ledger/delivery-ledger.ts";
import type { LaterFate } from "../ledger/record-fate.ts";
import { NoticeError } from "../errors.ts";
import type { DeliveryStatus } from "./parse-dsn.ts";
import { createReturnTokens, noticeOfToken } from "./return-token.ts";

/** Something that came back about one message. */
export type Returned = {
  readonly token: string;
  readonly kind: LaterFate["kind"];
  readonly status: string | null;
};

export type ReturnsApplied = {
  /** Fates that changed. */
  readonly changed: number;
  /** What was known already, or spoke of somebody to whom nothing went. */
  readonly ignored: number;
  /** Tokens that nobody here made. */
  readonly strangers: number;
};

/** Puts what came back on record, each under the notice its token names. Idempotent. */
export async function applyReturns(
  ledger: DeliveryLedger,
  returned: readonly Returned[],
): Promise<ReturnsApplied> {
  let changed = 0;
  let ignored = 0;
  let strangers = 0;
  for (const [noticeNo, ours] of Map.groupBy(returned, ({ token }) => noticeOfToken(token))) {
    const salt = noticeNo === null ? null : await saltOf(ledger, noticeNo);
    if (noticeNo === null || salt === null) {
      strangers += ours.length;
      continue;
    }
    const tokens = createReturnTokens(salt);
    const fates = ours.flatMap(({ token, kind, status }) => {
      const ordinal = tokens.read(token);
      return ordinal === null ? [] : [{ ordinal, kind, status }];
    });
    strangers += ours.length - fates.length;
    const recorded = await ledger.recordFates(noticeNo, fates);
    changed += recorded.changed;
    ignored += recorded.ignored;
  }
  return { changed, ignored, strangers };
}

/** What a DSN comes to: only a final failure is a bounce, and only a delivery to a mailbox confirms. */
export function returnsOfDsn({ token, recipients }: DeliveryStatus): readonly Returned[] {
  if (token === null) return [];
  return recipients.flatMap(({ action, status }): Returned[] => {
    if (action === "failed") return [{ token, kind: "bounced", status }];
    return action === "delivered" ? [{ token, kind: "confirmed", status }] : [];
  });
}

async function saltOf(ledger: DeliveryLedger, noticeNo: number): Promise<Uint8Array | null> {
  try {
    return (await ledger.read(noticeNo)).salt;
  } catch (error) {
    if (error instanceof NoticeError && error.code === "ERR_NOTICE_UNKNOWN") return null;
    throw error;
  }
}
