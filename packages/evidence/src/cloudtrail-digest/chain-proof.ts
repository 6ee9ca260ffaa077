import { holesOfBackfills } from "./backfill-holes.ts";
import type { DigestChain, DigestPlaces } from "./digest-chains.ts";
import type { DigestDocument, DigestFile, ListedLogFile } from "./digest-document.ts";
import { deliveryAllowanceUs } from "./digest-limits.ts";
import { baseName, withoutCompression } from "./digest-name.ts";
import type { DigestProblems } from "./digest-problems.ts";
import { withoutStretches, type Stretch } from "./stretches.ts";

/** The log files that lie in a source: by their content, and by the name they were delivered under. */
export interface PresentLogFiles {
  readonly sha256s: ReadonlySet<string>;
  readonly stems: ReadonlySet<string>;
}

export interface ChainContext {
  readonly signed: ReadonlySet<DigestFile>;
  readonly places: DigestPlaces;
  readonly present: PresentLogFiles;
  readonly problems: DigestProblems;
  /** When backfills of this chain end that could not be read at all. */
  readonly unreadBackfillEndsUs: readonly number[];
}

/**
 * The instants for which the source holds every event of the chain's account and region that was delivered in time. Events come after
 * they happen, so an unbroken run of digests proves from its beginning to `lateUs` before its end.
 */
export function proveChain(chain: DigestChain, context: ChainContext): Stretch[] {
  const { signed } = context;
  const trusted = chain.digests
    .filter((digest) => signed.has(digest))
    .sort((a, b) => a.document.endUs - b.document.endUs || a.document.startUs - b.document.startUs);
  const hourly = trusted.filter(({ document }) => !document.named.backfill);
  if (hourly.length === 0) return [];
  const lateUs = latenessOf(trusted);
  if (lateUs > deliveryAllowanceUs) {
    context.problems.add(
      `the trail \`${chain.trail}\` of ${chain.account} in ${chain.region} delivered up to ${Math.ceil(lateUs / 60e6)} minutes late: as much before each end of its digests is not proven`,
    );
  }
  const runs = unbrokenRuns(hourly, chain, context);
  const holes = [
    ...trusted.flatMap((digest) => holesOfLostFiles(digest, lateUs, context)),
    ...holesOfBackfills(chain, trusted, lateUs, context),
  ];
  return withoutStretches(
    runs.map(({ fromUs, toUs }) => ({ fromUs, toUs: toUs - lateUs })),
    holes,
  );
}

/** How long after an event the chain has surely delivered it, never less than the allowance. */
function latenessOf(trusted: readonly DigestFile[]): number {
  let lateUs = deliveryAllowanceUs;
  for (const { document } of trusted) {
    for (const { oldestUs } of document.logFiles) {
      if (oldestUs !== null) lateUs = Math.max(lateUs, document.startUs - oldestUs);
    }
  }
  return lateUs;
}

/** Runs of digests of which each names the one before it and begins no later than that one ends. */
function unbrokenRuns(hourly: readonly DigestFile[], chain: DigestChain, context: ChainContext): Stretch[] {
  let beginsUs = Infinity;
  for (const { document } of chain.digests) {
    if (!document.named.backfill) beginsUs = Math.min(beginsUs, document.startUs);
  }
  const runs: { fromUs: number; toUs: number }[] = [];
  const runOf = new Map<DigestFile, { fromUs: number; toUs: number }>();
  for (const digest of hourly) {
    const { startUs, endUs } = digest.document;
    const before = context.places.before(digest);
    const runBefore = before === null ? undefined : runOf.get(before);
    let run = { fromUs: startUs, toUs: endUs };
    if (before !== null && runBefore !== undefined && startUs <= before.document.endUs) {
      run = runBefore;
      run.toUs = Math.max(run.toUs, endUs);
    } else {
      runs.push(run);
      // Where the source's digests begin, the one before lies outside and tells nothing.
      if (startUs > beginsUs) tellBreak(digest, before, context);
    }
    runOf.set(digest, run);
  }
  return runs;
}

function tellBreak(digest: DigestFile, before: DigestFile | null, context: ChainContext): void {
  const { previous, object } = digest.document;
  const shown = `digest \`${baseName(object)}\``;
  if (previous === null) {
    context.problems.add(`${shown} begins a chain anew: nothing shows what was delivered before it`);
    return;
  }
  const shownBefore = `digest \`${baseName(previous.object)}\``;
  if (before !== null) {
    // An unsigned one has been told already.
    if (context.signed.has(before)) context.problems.add(`${shown} does not go on where ${shownBefore} ends`);
  } else if (context.places.isTakenBefore(digest)) {
    context.problems.add(`${shownBefore} is not the one that ${shown} names before it`);
  } else context.problems.add(`${shownBefore}, which ${shown} names before it, is missing`);
}

/** What a signed digest lists and the source lacks leaves its time open, and the time of the events that it held. */
function holesOfLostFiles(
  digest: DigestFile,
  lateUs: number,
  { present, problems }: ChainContext,
): Stretch[] {
  const { document } = digest;
  const lost = document.logFiles.filter(({ sha256 }) => !present.sha256s.has(sha256));
  if (lost.length === 0) return [];
  const shown = `digest \`${baseName(document.object)}\``;
  for (const { object } of lost) {
    const stem = baseName(withoutCompression(object));
    const what = present.stems.has(stem) ? "is not as it was delivered" : "is missing";
    problems.add(`log file \`${baseName(object)}\` of ${shown} ${what}`);
  }
  return [
    { fromUs: document.startUs, toUs: document.endUs },
    ...lost.map((file) => eventsOf(file, document, lateUs)),
  ];
}

/** The last second counts in full. */
function eventsOf({ oldestUs, newestUs }: ListedLogFile, digest: DigestDocument, lateUs: number): Stretch {
  if (oldestUs === null || newestUs === null || oldestUs > newestUs) {
    return { fromUs: digest.startUs - lateUs, toUs: digest.endUs };
  }
  return { fromUs: oldestUs, toUs: newestUs + 1_000_000 };
}
