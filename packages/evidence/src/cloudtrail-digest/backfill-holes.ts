import type { ChainContext } from "./chain-proof.ts";
import type { DigestChain } from "./digest-chains.ts";
import type { DigestFile } from "./digest-document.ts";
import { baseName, parseDigestName } from "./digest-name.ts";
import type { Stretch } from "./stretches.ts";

const hourUs = 3_600_000_000;

/**
 * `trusted`: the chain's signed digests, by their ends. A backfill lists log files that the digest of its time left out. It proves nothing itself; one that cannot be trusted or is missing
 * takes its time away from what the others prove. What an untrusted one says of its own time is doubted too: all that it says counts.
 */
export function holesOfBackfills(
  chain: DigestChain,
  trusted: readonly DigestFile[],
  lateUs: number,
  context: ChainContext,
): Stretch[] {
  const backfills = trusted.filter(({ document }) => document.named.backfill);
  const beginsUs = trusted.reduce((least, { document }) => Math.min(least, document.startUs), Infinity);
  const hourTo = (toUs: number): Stretch => ({ fromUs: toUs - hourUs - lateUs, toUs });
  const holes: Stretch[] = context.unreadBackfillEndsUs.map(hourTo);
  for (const { name, document } of untrustedBackfills(chain, backfills)) {
    holes.push({ fromUs: document.startUs - lateUs, toUs: document.endUs }, hourTo(document.named.endUs));
    const local = parseDigestName(name);
    if (local !== null) holes.push(hourTo(local.endUs));
  }
  for (const backfill of backfills) {
    const { previous, object } = backfill.document;
    const before = context.places.before(backfill);
    if (previous === null || (before !== null && context.signed.has(before))) continue;
    // Others may have lain before the missing one, back to the last that is there.
    const toUs = parseDigestName(previous.object)?.endUs ?? backfill.document.endUs;
    const earlier = backfills.findLast(({ document }) => document.endUs < toUs);
    holes.push({ fromUs: (earlier?.document.endUs ?? -Infinity) - lateUs, toUs });
    if (toUs > beginsUs && before === null) {
      context.problems.add(
        `digest \`${baseName(previous.object)}\`, which digest \`${baseName(object)}\` names before it, is missing`,
      );
    }
  }
  return holes;
}

/** Those that are not signed and of which no signed copy is there. */
function untrustedBackfills(chain: DigestChain, trusted: readonly DigestFile[]): DigestFile[] {
  const places = new Set(trusted.map(({ document }) => `${document.bucket}/${document.object}`));
  const signed = new Set(trusted);
  return chain.digests.filter(
    (digest) =>
      digest.document.named.backfill &&
      !signed.has(digest) &&
      !places.has(`${digest.document.bucket}/${digest.document.object}`),
  );
}
