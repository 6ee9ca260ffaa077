import type { PlainClient, PlainRequest, PlainRule } from "./gate-oracle.ts";

/** Seeded: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 0 … below − 1. */
  whole(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  chance(percent: number): boolean {
    return this.whole(100) < percent;
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.whole(values.length)];
    if (value === undefined) throw new Error("nothing to draw from");
    return value;
  }

  some<T>(values: readonly T[], most: number): T[] {
    return Array.from({ length: this.whole(most + 1) }, () => this.of(values));
  }

  /** The value by a chance, else nothing, for optional keys. */
  maybe<K extends string, T>(percent: number, key: K, value: () => T): { readonly [key in K]?: T } {
    // `as`: a computed key has no type of its own.
    return (this.chance(percent) ? { [key]: value() } : {}) as { readonly [key in K]?: T };
  }
}

// Few values, so that ties, edges and matches are common.
const startMs = Date.UTC(2014, 4, 27, 12);
const hourMs = 3_600_000;
const platforms = ["android", "ios", "web", "toaster"];
const stores = ["google-play", "amazon-appstore", "website", "app-store", "unknown", "bazaar"];
const versions = [
  "1",
  "1.0",
  "1.0.9",
  "1.1.0-rc.1",
  "1.1.0-rc.2",
  "1.1.0",
  "01.1",
  "1.1.0.1+b",
  "9000.1",
  "2",
];
const oddVersions = ["", "v1", "1.2.3.4.5", "1.0-01", "latest", 1.1, null];
const installers = [
  "com.android.vending",
  "com.amazon.venezia",
  "com.google.android.packageinstaller",
  "",
  "x.bazaar",
];
const keyIds = ["k1", "k2", "k3"];
const digests = [1, 2, 3].map((seed) => Buffer.alloc(32, seed * 77));
const recognitions = ["PLAY_RECOGNIZED", "UNRECOGNIZED_VERSION", "UNEVALUATED"];
const licensings = ["LICENSED", "UNLICENSED", "UNEVALUATED"];
const durations = ["0s", "1s", "10m", "3h", "1d"];

/** Edges of the hours around the start, a millisecond before and after them included. */
export function nearMs(random: Random): number {
  return startMs + (random.whole(10) - 3) * hourMs + random.of([-1, 0, 0, 1]);
}

function near(random: Random): string {
  return new Date(nearMs(random)).toISOString();
}

function digest(random: Random): string {
  const hex = random.of(digests).toString("hex");
  const form = random.whole(4);
  if (form === 0) return Buffer.from(hex, "hex").toString("base64url");
  if (form === 1) return (hex.toUpperCase().match(/../g) ?? []).join(":");
  return hex;
}

function oneOrMore(random: Random, values: readonly string[]): string | string[] {
  return random.chance(50) ? random.of(values) : random.some(values, 3);
}

export interface GeneratedPolicy {
  readonly rules: readonly PlainRule[];
  readonly members: Readonly<Record<string, readonly string[]>>;
  readonly accounts: readonly string[];
}

export function generatePolicy(random: Random): GeneratedPolicy {
  const accounts = Array.from(
    { length: 5 + random.whole(200) },
    (_, i) => `${random.of(["u-", "ü", "\ud83c\udfb5"])}${i}`,
  );
  const part = (): string[] => {
    const percent = random.of([1, 10, 50, 99]);
    return accounts.filter(() => random.chance(percent));
  };
  const rules = Array.from({ length: random.whole(13) }, (_, i) => generateRule(random, `rule ${i}`));
  return { rules, members: { a: part(), b: part() }, accounts };
}

function generateRule(random: Random, id: string): PlainRule {
  const base = {
    id,
    ...random.maybe(60, "cohort", () => random.of(["everyone", "a", "b"])),
    ...random.maybe(40, "where", () => ({
      ...random.maybe(60, "platform", () => oneOrMore(random, platforms)),
      ...random.maybe(50, "store", () => oneOrMore(random, stores)),
    })),
  };
  const rollout = (): PlainRule["rollout"] & object => ({
    from: near(random),
    over: random.of(durations),
    waves: 1 + random.whole(24),
  });
  switch (random.whole(8)) {
    case 0:
    case 1:
    case 2: {
      const cutoff = {
        cutoff: near(random),
        ...random.maybe(30, "onMissing", () => random.of(["ignore", "apply"])),
      };
      const measure = random.of(["reauthenticate", "reauthenticate", "change_password"]);
      return { ...base, measure, ...cutoff, ...random.maybe(40, "rollout", rollout) };
    }
    case 3: {
      const keys = random.some(keyIds.slice(0, 2), 2);
      return { ...base, measure: "reauthenticate", keys, ...random.maybe(30, "rollout", rollout) };
    }
    case 4:
    case 5:
      return {
        ...base,
        measure: "upgrade",
        below: random.of(versions),
        ...random.maybe(30, "belowCode", () => 1 + random.whole(4)),
        ...random.maybe(30, "belowBuild", () => random.of(versions)),
        ...random.maybe(70, "required", () => near(random)),
        ...random.maybe(80, "stores", () =>
          Object.fromEntries(
            random.some(stores, 4).map((store) => [
              store,
              {
                ...random.maybe(80, "available", () => near(random)),
                ...random.maybe(60, "link", () => `https://${store}.example`),
              },
            ]),
          ),
        ),
      };
    case 6: {
      const epoch = 1 + random.whole(3);
      return {
        ...base,
        measure: "redownload",
        epoch,
        ...random.maybe(30, "from", () => random.of(versions)),
        ...random.maybe(40, "rollout", rollout),
      };
    }
    default:
      return {
        ...base,
        measure: "refuse_client",
        trusted: random.some(stores, 6),
        ...random.maybe(40, "signers", () =>
          Object.fromEntries(
            random
              .some(stores, 2)
              .map((store) => [store, Array.from({ length: random.whole(3) }, () => digest(random))]),
          ),
        ),
        ...random.maybe(40, "integrity", () =>
          Object.fromEntries(
            random.some(stores, 2).map((store) => [
              store,
              {
                ...random.maybe(70, "appRecognitionVerdict", () => oneOrMore(random, recognitions)),
                ...random.maybe(70, "appLicensingVerdict", () => oneOrMore(random, licensings)),
              },
            ]),
          ),
        ),
      };
  }
}

/** What may stand in a request besides contracts 4, each of which can only tighten. */
export function generateTightening(random: Random): Partial<PlainClient> {
  return {
    ...random.maybe(40, "versionCode", () => random.whole(6)),
    ...random.maybe(40, "build", () => random.of([...versions, ...oddVersions])),
    ...random.maybe(40, "installer", () => random.of(installers)),
    ...random.maybe(40, "signers", () => [...(random.chance(20) ? ["no digest"] : []), digest(random)]),
    ...random.maybe(40, "integrity", () => ({
      ...random.maybe(70, "appRecognitionVerdict", () => random.of(recognitions)),
      ...random.maybe(70, "appLicensingVerdict", () => random.of(licensings)),
      ...random.maybe(50, "certificateSha256Digest", () => [digest(random)]),
    })),
  };
}

export function generateRequest(random: Random, accounts: readonly string[], isTight: boolean): PlainRequest {
  const time = (): string | null => (random.chance(10) ? null : near(random));
  return {
    ...random.maybe(90, "account", () => (random.chance(5) ? "stranger" : random.of(accounts))),
    ...random.maybe(85, "authTime", time),
    ...random.maybe(85, "passwordSetAt", time),
    ...random.maybe(15, "apiKeyCreatedAt", time),
    ...random.maybe(50, "keyId", () => random.of(keyIds)),
    ...random.maybe(90, "client", () => ({
      ...random.maybe(90, "platform", () => random.of(platforms)),
      ...random.maybe(90, "store", () => random.of(stores)),
      ...random.maybe(90, "version", () => random.of<unknown>(random.chance(10) ? oddVersions : versions)),
      ...(isTight ? generateTightening(random) : {}),
    })),
    ...random.maybe(70, "offlineEpoch", () => random.whole(4)),
  };
}
