import type { DeliveryLedger } from "@cordon/notices";

/** Plans a mailing to so many people, the first of them affected. */
export async function planBench(ledger: DeliveryLedger, incidentId: string, people: number): Promise<number> {
  const { noticeNo } = await ledger.plan({
    incidentId,
    edition: 1,
    manifestDigest: "sha256:bench",
    salt: new Uint8Array(16),
    affected: [0],
    general: stretch(people),
    unreachable: [],
  });
  return noticeNo;
}

/** Ordinals from 0 in batches. */
function* stretch(people: number): Generator<readonly number[]> {
  for (let from = 0; from < people; from += 65_536)
    yield Array.from({ length: Math.min(65_536, people - from) }, (_, n) => from + n);
}
