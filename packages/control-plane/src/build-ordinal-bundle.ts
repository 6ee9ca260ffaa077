import { bundleBytesMax as defaultBundleBytesMax, encodeOrdinals, noAccounts } from "@cordon/bundle";
import { InputError } from "@cordon/model";
import { bundlePolicy } from "./build/bundle-policy.ts";
import { encodeAndSign } from "./bundle-keys.ts";
import type { BuiltBundle } from "./build-bundle.ts";

export interface OrdinalBundleRequest {
  /** `version` and `rules`, as a policy's author writes them (contracts 4). */
  readonly policy: unknown;
  /** Each listed cohort as a query has it: bit `o mod 8` of byte `⌊o / 8⌋` for the account with ordinal `o`. */
  readonly members: ReadonlyMap<string, Uint8Array>;
  /** How many accounts the directory has; ordinals are below. */
  readonly accounts: number;
  readonly asOfMs: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  readonly privateKeyPem: string;
  /** `fast` is the first to be in force, `smallest` takes half the way on the wire. */
  readonly wire: "smallest" | "fast";
  /** 64 MiB unless given. */
  readonly bundleBytesMax?: number;
}

/**
 * A bundle whose cohorts are known by ordinal alone: no directory is read and no id is hashed, so that it is ready some
 * milliseconds after the query. A request without ordinal is in all of its cohorts, so that nobody escapes by leaving it
 * out; hence only rules with a cutoff may use them, which a new sign-in fulfils. Throws as `buildBundle` does.
 */
export function buildOrdinalBundle(request: OrdinalBundleRequest): BuiltBundle {
  const { members, accounts, asOfMs, expiresAtMs, bundleBytesMax = defaultBundleBytesMax } = request;
  const { version, rules, withoutCutoff } = bundlePolicy(request.policy, { cohorts: members, asOfMs });
  const cohorts = [...members].map(([name, bitmap]) => {
    if (withoutCutoff.has(name)) {
      throw new InputError(["cohorts", name], "a cohort by ordinal alone in a rule without cutoff", "ids");
    }
    if (lastOf(bitmap) >= accounts) {
      throw new InputError(
        ["cohorts", name],
        `the cohort has the ordinal ${lastOf(bitmap)}`,
        `one below ${accounts}`,
      );
    }
    const { members: count, section } = encodeOrdinals(bitmap, request.wire);
    return { name, members: count, account: noAccounts, ordinal: section };
  });
  const policy = { version, rules };
  const manifest = { policy, asOfMs, expiresAtMs, by: "ordinal" as const, accounts, salt: 0 };
  const { bytes, sha256 } = encodeAndSign({ ...manifest, cohorts }, request.privateKeyPem, {
    bundleBytesMax,
  });
  return {
    bytes,
    sha256,
    version,
    report: {
      accounts,
      cohorts: cohorts.map(({ name, members: count }) => ({ name, members: count, outside: 0 })),
    },
  };
}

/** The largest ordinal; −1 for nobody. */
function lastOf(bitmap: Uint8Array): number {
  let at = bitmap.length - 1;
  while (at >= 0 && bitmap[at] === 0) at--;
  return at < 0 ? -1 : at * 8 + 31 - Math.clz32(bitmap[at] ?? 0);
}
