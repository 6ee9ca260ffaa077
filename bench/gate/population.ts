import { parseRequest, type CohortSet, type GateRequest } from "@cordon/gate";

import { accounts, cohortMembers, nowMs, type CohortName } from "./policy.ts";

/** mulberry32: the same requests and cohorts in every process. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One bit an account, by ordinal. */
export class Bitmap implements CohortSet {
  readonly members: number;
  readonly bytes = new Uint8Array(accounts / 8);

  constructor(members: number, random: () => number) {
    this.members = members;
    for (let set = 0; set < members;) {
      const ordinal = Math.floor(random() * accounts);
      if (this.has(null, ordinal)) continue;
      this.bytes[ordinal >> 3] = (this.bytes[ordinal >> 3] ?? 0) | (1 << (ordinal & 7));
      set += 1;
    }
  }

  has(_account: string | null, ordinal: number | null): boolean {
    return ordinal !== null && (((this.bytes[ordinal >> 3] ?? 0) >> (ordinal & 7)) & 1) === 1;
  }
}

export interface Population {
  readonly requests: readonly GateRequest[];
  readonly cohorts: Readonly<Record<CohortName, Bitmap>>;
}

const androidStores = [
  ["google-play", "com.android.vending"],
  ["google-play", "com.android.vending"],
  ["google-play", "com.android.vending"],
  ["amazon-appstore", "com.amazon.venezia"],
  ["website", "com.google.android.packageinstaller"],
] as const;
const dayMs = 86_400_000;

function drawClient(random: () => number): object {
  const drawn = random();
  const version = (below: number): string => {
    const major = random() < 0.28 ? below - 1 : below + Math.floor(random() * 3);
    return `${major}.${Math.floor(random() * 6)}.${Math.floor(random() * 20)}`;
  };
  if (drawn < 0.5) {
    const [store, installer] = androidStores[Math.floor(random() * androidStores.length)] ?? androidStores[0];
    // Below 1.1.0, and at or above it.
    const isOld = random() < 0.28;
    const patch = Math.floor(random() * 20);
    const text = isOld ? `1.0.${patch}` : `1.${1 + Math.floor(random() * 6)}.${patch}`;
    return { platform: "android", store, installer, version: text };
  }
  if (drawn < 0.75) return { platform: "ios", store: "app-store", version: version(2) };
  return { platform: drawn < 0.9 ? "web" : "desktop", store: "website", version: version(4) };
}

/** A request as JSON. */
export function drawRequest(random: () => number, index: number): string {
  const ordinal = Math.floor(random() * accounts);
  return JSON.stringify({
    account: `u-${ordinal}`,
    ordinal,
    authTime: new Date(nowMs - Math.floor(random() * 30 * dayMs)).toISOString(),
    passwordSetAt: "2013-01-01T00:00:00Z",
    keyId: "k-2014-05",
    client: drawClient(random),
    offlineEpoch: random() < 0.17 ? 1 : 2,
    request: index,
  });
}

/**
 * Requests as they come from tokens, by way of JSON. About 69 % are allowed, 21 % must upgrade, 6 % must
 * download again, 4 % must sign in again; the two rules that refuse clients never apply.
 */
export function populate(requests: number, seed: number): Population {
  const random = randomOf(seed);
  const cohorts = {
    one: new Bitmap(cohortMembers.one, random),
    exposed: new Bitmap(cohortMembers.exposed, random),
    touched: new Bitmap(cohortMembers.touched, random),
  };
  const drawn = Array.from({ length: requests }, (_, index) =>
    parseRequest(JSON.parse(drawRequest(random, index))),
  );
  return { requests: drawn, cohorts };
}
