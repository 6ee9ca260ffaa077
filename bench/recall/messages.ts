/** The rule that recalls the cohort. */
export const cohortName = "suspects";
export const bundleBytesMax = 64 * 1024 * 1024;
export const bundleToken = "bench";

/** Nanoseconds of the machine's monotonic clock, the same in all processes, as text: messages are JSON. */
export function nowNs(): string {
  return String(process.hrtime.bigint());
}

export function msBetween(fromNs: string, toNs: string): number {
  return Number(BigInt(toNs) - BigInt(fromNs)) / 1e6;
}

export interface ServerSettings {
  readonly folder: string;
  readonly lakeFolder: string;
  readonly privateKeyPem: string;
}

/** To the bundle server. `clear`: a bundle that recalls nobody. */
export type ServerOrder =
  | { readonly order: "start"; readonly settings: ServerSettings }
  | { readonly order: "publish"; readonly cohort: "none" | "ready" | "query" }
  | { readonly order: "end" };

/** What each step of publishing took, in milliseconds. */
export interface Steps {
  readonly query: number;
  /** Signed. */
  readonly build: number;
  readonly keep: number;
}

export type ServerReport =
  | {
      readonly report: "started";
      readonly port: number;
      readonly accounts: number;
      readonly members: number;
      /** The lowest ordinal that is a member, and the lowest that is none. */
      readonly recalled: number;
      readonly spared: number;
    }
  | {
      readonly report: "published";
      readonly version: number;
      readonly bytes: number;
      readonly steps: Steps;
    };

export interface PointSettings {
  readonly url: string;
  readonly publicKeyPem: string;
  readonly lastGoodFile: string;
  readonly recalled: number;
  readonly spared: number;
}

export type PointOrder =
  | { readonly order: "start"; readonly settings: PointSettings }
  | { readonly order: "fetch" }
  | { readonly order: "end" };

export type PointReport =
  | { readonly report: "following" }
  /** Once for each bundle in force: when the point first decided by it, and how. */
  | {
      readonly report: "enforced";
      readonly version: number;
      readonly offeredNs: string;
      readonly atNs: string;
      readonly refusesRecalled: boolean;
      readonly refusesSpared: boolean;
    }
  | { readonly report: "fetched"; readonly atNs: string; readonly bytes: number };
