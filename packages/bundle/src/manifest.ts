import { malformed } from "./bundle-error.ts";
import { accountsMax, ordinalsMax } from "./limits.ts";

/** The first section of a bundle: JSON in UTF-8. */
export interface Manifest {
  /** `version` and `rules` as the policy's author wrote them; the gate reads them. */
  readonly policy: { readonly version: number; readonly rules: unknown };
  /** When the directory was taken from the service; ms since the epoch. */
  readonly asOfMs: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  readonly by: "account" | "ordinal";
  /** How many accounts the directory had; at most 2^29 where cohorts are looked up by ordinal, else 2^32 − 1. */
  readonly accounts: number;
  /** The salt of all account hashes: 0 … 2^32 − 1. */
  readonly salt: number;
}

const keys = ["policy", "asOfMs", "expiresAtMs", "by", "accounts", "salt"];

export function writeManifest(manifest: Manifest): Uint8Array {
  const { policy, asOfMs, expiresAtMs, by, accounts, salt } = manifest;
  const text = JSON.stringify({
    policy: { version: policy.version, rules: policy.rules },
    asOfMs,
    expiresAtMs,
    by,
    accounts,
    salt,
  });
  return new TextEncoder().encode(text);
}

/** Throws a BundleError for anything else than a manifest. */
export function readManifest(text: string): Manifest {
  const value = mapping(parse(text), keys);
  const policy = mapping(value["policy"], ["version", "rules"]);
  const by = value["by"];
  if (by !== "account" && by !== "ordinal") throw malformed("a manifest without `by`");
  const expiresAtMs = value["expiresAtMs"];
  return {
    policy: { version: wholeNumber(policy["version"], 0), rules: policy["rules"] },
    asOfMs: wholeNumber(value["asOfMs"], Number.MIN_SAFE_INTEGER),
    expiresAtMs: expiresAtMs === null ? null : wholeNumber(expiresAtMs, Number.MIN_SAFE_INTEGER),
    by,
    accounts: wholeNumber(value["accounts"], 0, by === "ordinal" ? ordinalsMax : accountsMax),
    salt: wholeNumber(value["salt"], 0, 2 ** 32 - 1),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // A RangeError: nested beyond what the engine reads.
    if (error instanceof SyntaxError || error instanceof RangeError)
      throw malformed("a manifest that is no JSON");
    throw error;
  }
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Exactly these keys: what a reader does not know, it must not act on. */
function mapping(value: unknown, expected: readonly string[]): Readonly<Record<string, unknown>> {
  if (isMapping(value)) {
    const present = Object.keys(value);
    if (present.length === expected.length && present.every((key) => expected.includes(key))) return value;
  }
  throw malformed(`a manifest without exactly the keys ${expected.join(", ")}`);
}

function wholeNumber(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw malformed("a manifest with a number out of range");
}
