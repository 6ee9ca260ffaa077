import { compareCodePoints } from "@cordon/model";

import type { DigestKey } from "../data-map.ts";
import { proveChain } from "./chain-proof.ts";
import { digestChains, DigestPlaces, type DigestChain } from "./digest-chains.ts";
import type { DigestFile, MalformedDigest } from "./digest-document.ts";
import { digestLimits } from "./digest-limits.ts";
import { baseName, originOfLogFile, parseDigestName, withoutCompression } from "./digest-name.ts";
import { DigestProblems, type DigestProblem } from "./digest-problems.ts";
import type { DigestSignature } from "./digest-signature.ts";
import { signedDigests } from "./signed-digests.ts";
import { intersectStretches, type Stretch } from "./stretches.ts";

/** What lies in a source whose coverage rests on `proof: digest`. */
export interface DigestEvidence {
  readonly digests: readonly (DigestFile | MalformedDigest)[];
  readonly signatures: readonly DigestSignature[];
  /** Every other file; `sha256` (hex) is that of all its uncompressed bytes, those whose lines are read. */
  readonly logFiles: readonly { readonly name: string; readonly sha256: string }[];
  /** From the data map, never from the evidence. */
  readonly keys: readonly DigestKey[];
}

export interface DigestProof {
  /** What every chain proves: sorted, none touches another. */
  readonly proven: readonly Stretch[];
  readonly problems: readonly DigestProblem[];
  /** What each chain proves for itself. */
  readonly chains: readonly ProvenChain[];
}

export interface ProvenChain {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly proven: readonly Stretch[];
}

/**
 * The instants for which a source surely holds all that CloudTrail delivered, as signed digests list it. Every chain (account, region,
 * trail) of which a trace lies in the source is expected, and an instant is proven only when all of them prove it. Pure; never throws for
 * what the files hold.
 */
export function verifyDigests({ digests, signatures, logFiles, keys }: DigestEvidence): DigestProof {
  const problems = new DigestProblems();
  const nothing = (): DigestProof => ({ proven: [], problems: problems.list(), chains: [] });
  if (digests.length === 0) {
    problems.add("no digest of CloudTrail lies among the files");
    return nothing();
  }
  if (keys.length === 0) {
    problems.add("the data map holds no key to verify digests with");
    return nothing();
  }
  const copies = digests.filter((digest) => "document" in digest);
  const documents = distinct(copies);
  const listedFiles = documents.reduce((sum, { document }) => sum + document.logFiles.length, 0);
  if (listedFiles > digestLimits.listedFilesOfSource) {
    problems.add(`the digests list over ${digestLimits.listedFilesOfSource} log files`);
    return nothing();
  }
  const signed = signedDigests(documents, copies, { signatures, keys }, problems);
  const places = new DigestPlaces(documents);
  const chains = digestChains(documents, signed, places);
  const unread = assignMalformed(digests, chains, problems);
  const present = {
    sha256s: new Set(logFiles.map(({ sha256 }) => sha256.toLowerCase())),
    stems: new Set(logFiles.map(({ name }) => baseName(withoutCompression(name)))),
  };
  const proofs = chains
    .map((chain): ProvenChain => {
      const unreadBackfillEndsUs = unread.backfillEndsUs.get(chain) ?? [];
      const proven = proveChain(chain, { signed, places, present, problems, unreadBackfillEndsUs });
      if (!chain.digests.some((digest) => signed.has(digest))) {
        problems.add(
          `no digest of the trail \`${chain.trail}\` of ${chain.account} in ${chain.region} can be trusted`,
        );
      }
      return { account: chain.account, region: chain.region, trail: chain.trail, proven };
    })
    .sort((a, b) => compareCodePoints(chainText(a), chainText(b)));
  const strangers = findUnlisted(documents, chains, logFiles, problems);
  const everywhere: readonly Stretch[] = [{ fromUs: -Infinity, toUs: Infinity }];
  const proven =
    proofs.length === 0 || unread.isLost || strangers
      ? []
      : proofs.reduce((all, chain) => intersectStretches(all, chain.proven), everywhere);
  return { proven, problems: problems.list(), chains: proofs };
}

/** One of each document, whatever files hold it, in an order that doesn't depend on theirs. */
function distinct(digests: readonly DigestFile[]): DigestFile[] {
  const sorted = [...digests].sort((a, b) => compareCodePoints(a.name, b.name));
  const bySha256 = new Map<string, DigestFile>();
  for (const digest of sorted) if (!bySha256.has(digest.sha256)) bySha256.set(digest.sha256, digest);
  return [...bySha256.values()].sort((a, b) => compareCodePoints(a.sha256, b.sha256));
}

interface Unread {
  /** By chain, when its backfills end that can't be read. */
  readonly backfillEndsUs: ReadonlyMap<DigestChain, readonly number[]>;
  /** True when one may belong to a chain that shows no other trace. */
  readonly isLost: boolean;
}

/** Of a digest that can't be read only the file's name can tell the chain. An hour's digest is then lacking; a backfill must be told. */
function assignMalformed(
  digests: readonly (DigestFile | MalformedDigest)[],
  chains: readonly DigestChain[],
  problems: DigestProblems,
): Unread {
  const backfillEndsUs = new Map<DigestChain, number[]>();
  let isLost = false;
  for (const digest of digests) {
    if (!("malformed" in digest)) continue;
    problems.add(`a digest is malformed: ${digest.malformed}`, digest.name);
    const named = parseDigestName(digest.name);
    const own = chains.filter(
      ({ account, region, trail }) =>
        named !== null && account === named.account && region === named.region && trail === named.trail,
    );
    if (named === null || own.length === 0) isLost = true;
    else if (named.backfill) {
      for (const chain of own) backfillEndsUs.set(chain, [...(backfillEndsUs.get(chain) ?? []), named.endUs]);
    }
  }
  return { backfillEndsUs, isLost };
}

/**
 * Tells of log files that no digest lists: they can add events, never hide any. True when one bears the name of an account and region of
 * which no chain is there: then digests are missing altogether.
 */
function findUnlisted(
  documents: readonly DigestFile[],
  chains: readonly DigestChain[],
  logFiles: DigestEvidence["logFiles"],
  problems: DigestProblems,
): boolean {
  const listed = new Set<string>();
  for (const { document } of documents) for (const { sha256 } of document.logFiles) listed.add(sha256);
  const origins = new Set(chains.map(({ account, region }) => `${account}/${region}`));
  let strangers = false;
  for (const { name, sha256 } of logFiles) {
    if (listed.has(sha256.toLowerCase())) continue;
    problems.add("log files that no digest lists lie among the files", name);
    const origin = originOfLogFile(name);
    if (origin === null || origins.has(origin)) continue;
    strangers = true;
    problems.add(`log files of ${origin} lie among the files, but none of its digests`, name);
  }
  return strangers;
}

function chainText({ account, region, trail }: ProvenChain): string {
  return `${account}/${region}/${trail}`;
}
