import type { Delivery } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import { quietMarkets, type NoticeRecord } from "@cordon/notices";
import type { NoticeState } from "@cordon/response";
import type { Plane } from "../plane.ts";
import { paceOf, termsIn } from "./notice-terms.ts";

/** Beyond it those who wait are not counted by market: it would take longer than a person looks. */
const countedMax = 1_000_000;

/** The markets in whose quiet hours a notice waits now, with how many of those who wait are theirs. */
export async function quietIn(
  plane: Plane,
  { manifest }: NoticeState,
  { channel, noticeNo, stopped }: NoticeRecord,
  planned: number,
): Promise<Delivery["quiet"]> {
  if (channel === "webhook" || planned === 0 || stopped !== null) return [];
  const { quiet, quietExempt } = paceOf(termsIn(manifest?.manifest ?? {}), plane.desk.terms.pace);
  if (quiet === null) return [];
  const markets = quietMarkets(quiet, plane.clock());
  if (markets.size === 0) return [];
  if (planned > countedMax)
    return [...markets].map(([market, untilMs]) => ({ market, until: formatInstant(untilMs), people: null }));
  const { directory } = plane.directory;
  const waiting: number[] = [];
  for await (const { ordinal, state, audience } of plane.desk.ledger.notSent(noticeNo))
    if (state === "planned" && ordinal !== null && !quietExempt.includes(audience)) waiting.push(ordinal);
  const found: Delivery["quiet"] = [];
  for (const [market, untilMs] of markets) {
    const { bitmap } = await directory.cohortBitmap({ directory: { market } });
    const people = waiting.filter((ordinal) => ((bitmap[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0);
    if (people.length > 0) found.push({ market, until: formatInstant(untilMs), people: people.length });
  }
  return found.toSorted((a, b) => (b.people ?? 0) - (a.people ?? 0));
}
