import type { AppStore, Platform } from "@cordon/model";
import { largestRemainder } from "./largest-remainder.ts";

/** The version that no longer carries what was stolen: Android installations below it must upgrade. */
export const fixedVersion = "1.1.0";

/** One kind of installation, and how many of the reference service's 40,000,000 people have it. */
export interface SegmentShare {
  readonly name: string;
  readonly platform: Platform;
  readonly appStore: AppStore;
  readonly versions: readonly string[];
  readonly of40Million: number;
  /** How many of them keep playlists offline. */
  readonly offlineOf40Million: number;
}

/**
 * The table of the reference incident. What it calls "the rest" is split over the platforms that have nothing to
 * upgrade; a few Android testers run the fixed version already.
 */
const referenceShares: readonly SegmentShare[] = [
  {
    name: "android-google-play",
    platform: "android",
    appStore: "google-play",
    versions: ["1.0.9", "1.0.8", "1.0.0", "0.9.12"],
    of40Million: 11_000_000,
    offlineOf40Million: 5_720_000,
  },
  {
    name: "android-amazon",
    platform: "android",
    appStore: "amazon-appstore",
    versions: ["1.0.9", "1.0.5"],
    of40Million: 1_200_000,
    offlineOf40Million: 624_000,
  },
  {
    name: "android-website",
    platform: "android",
    appStore: "website",
    versions: ["1.0.9", "1.0.9-beta.2"],
    of40Million: 300_000,
    offlineOf40Million: 156_000,
  },
  {
    name: "android-unknown",
    platform: "android",
    appStore: "unknown",
    versions: ["1.0.9"],
    of40Million: 60_000,
    offlineOf40Million: 0,
  },
  {
    name: "android-fixed",
    platform: "android",
    appStore: "google-play",
    versions: [fixedVersion],
    of40Million: 240_000,
    offlineOf40Million: 0,
  },
  {
    name: "ios",
    platform: "ios",
    appStore: "app-store",
    versions: ["1.2.0", "1.1.4"],
    of40Million: 11_200_000,
    offlineOf40Million: 0,
  },
  {
    name: "windows-phone",
    platform: "windows-phone",
    appStore: "app-store",
    versions: ["2.0.1"],
    of40Million: 1_000_000,
    offlineOf40Million: 0,
  },
  {
    name: "desktop",
    platform: "desktop",
    appStore: "website",
    versions: ["0.9.10", "0.9.8"],
    of40Million: 12_500_000,
    offlineOf40Million: 0,
  },
  {
    name: "web",
    platform: "web",
    appStore: "website",
    versions: ["1.0.0"],
    of40Million: 2_500_000,
    offlineOf40Million: 0,
  },
];

const referenceTotal = 40_000_000;
const offlineTotal = 6_500_000;
const exposedTotal = 20_000;

export interface Segment {
  readonly share: SegmentShare;
  /** The first rank of the segment; its people are ranks `from` … `from + size − 1`. */
  readonly from: number;
  readonly size: number;
  /** How many of them belong to the certain users. */
  readonly certain: number;
  readonly offline: number;
}

/** People with an app from no trusted place are refused and give up, so the certain users are taken from the others. */
export function isTrusted(share: SegmentShare): boolean {
  return share.appStore !== "unknown";
}

/** True when the segment's installations must upgrade and can. */
export function mustUpgrade(share: SegmentShare): boolean {
  return share.platform === "android" && isTrusted(share) && share.name !== "android-fixed";
}

/** How many sessions' tokens the intruder could have held, in the variant that has any. */
export function exposedCount(accounts: number): number {
  return Math.max(1, Math.round((accounts * exposedTotal) / referenceTotal));
}

/** The reference table for a population of `accounts`, scaled down evenly: every column adds up exactly. */
export function scaleSegments(accounts: number): readonly Segment[] {
  const sizes = largestRemainder(
    referenceShares.map((share) => share.of40Million),
    accounts,
  );
  const certain = certainPerSegment(sizes, accounts);
  const offline = offlinePerSegment(sizes, accounts);
  let from = 0;
  return referenceShares.map((share, i) => {
    const size = sizes[i] ?? 0;
    const segment = { share, from, size, certain: certain[i] ?? 0, offline: offline[i] ?? 0 };
    from += size;
    return segment;
  });
}

/** A tenth of each platform, rounded so that all add up to a tenth of the people; within a platform by segment. */
function certainPerSegment(sizes: readonly number[], accounts: number): number[] {
  const platforms = [...new Set(referenceShares.map((share) => share.platform))];
  const platformSizes = platforms.map((platform) =>
    referenceShares.reduce((sum, share, i) => (share.platform === platform ? sum + (sizes[i] ?? 0) : sum), 0),
  );
  const perPlatform = largestRemainder(platformSizes, Math.round(accounts / 10));
  const certain = sizes.map(() => 0);
  for (const [p, platform] of platforms.entries()) {
    const weights = referenceShares.map((share, i) =>
      share.platform === platform && isTrusted(share) ? (sizes[i] ?? 0) : 0,
    );
    if (weights.every((weight) => weight === 0)) continue;
    largestRemainder(weights, perPlatform[p] ?? 0).forEach((count, i) => {
      certain[i] = (certain[i] ?? 0) + Math.min(count, sizes[i] ?? 0);
    });
  }
  return certain;
}

function offlinePerSegment(sizes: readonly number[], accounts: number): number[] {
  const weights = referenceShares.map((share, i) => ((sizes[i] ?? 0) > 0 ? share.offlineOf40Million : 0));
  if (weights.every((weight) => weight === 0)) return sizes.map(() => 0);
  const total = Math.round((accounts * offlineTotal) / referenceTotal);
  return largestRemainder(weights, total).map((count, i) => Math.min(count, sizes[i] ?? 0));
}
