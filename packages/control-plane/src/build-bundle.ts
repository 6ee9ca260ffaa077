import { bundleBytesMax as defaultBundleBytesMax } from "@cordon/bundle";
import { encodeAndSign } from "./bundle-keys.ts";
import { bundlePolicy } from "./build/bundle-policy.ts";
import type { DirectoryBatch, PackedBatch } from "./build/id-block.ts";
import { exactCohorts, type ReadyMembers } from "./exact-cohorts.ts";

export interface BundleRequest {
  /** `version` and `rules`, as a policy's author writes them (contracts 4). */
  readonly policy: unknown;
  /**
   * The ids of each listed cohort, or its ordinals. An id twice counts once; one outside the directory is no member.
   */
  readonly members: ReadonlyMap<string, Iterable<string> | ReadyMembers>;
  /** The directory from its beginning, with every call. Each id and ordinal stands in it once. */
  readonly accounts: () => AsyncIterable<DirectoryBatch | PackedBatch>;
  /** When the directory was taken from the service. */
  readonly asOfMs: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  readonly by: "account" | "ordinal";
  readonly privateKeyPem: string;
  /** 64 MiB unless given. */
  readonly bundleBytesMax?: number;
  /** How ordinals travel: the smallest way (unless given), or the one that is the first to be in force. */
  readonly wire?: "smallest" | "fast";
  /** Threads for directories of more than 200,000 accounts; 2 unless given. */
  readonly threads?: number;
}

export interface BuiltCohort {
  readonly name: string;
  readonly members: number;
  /** Ids in the list that the directory lacks. */
  readonly outside: number;
}

export interface BuiltBundle {
  readonly bytes: Uint8Array;
  /** Of `bytes`, hex. */
  readonly sha256: string;
  readonly version: number;
  readonly report: { readonly accounts: number; readonly cohorts: readonly BuiltCohort[] };
}

/**
 * Builds and signs a bundle. The same request gives the same bytes. Throws a GateError or an InputError at a key path of
 * the policy, an InputError for the key, a BundleError (ERR_BUNDLE_SIZE) when the bundle would be over its limit.
 */
export async function buildBundle(request: BundleRequest): Promise<BuiltBundle> {
  const { members, asOfMs, expiresAtMs, by, bundleBytesMax = defaultBundleBytesMax } = request;
  const { version, rules, withoutCutoff } = bundlePolicy(request.policy, { cohorts: members, asOfMs });
  const { salt, accounts, cohorts } = await exactCohorts({
    cohorts: [...members].map(([name, own]) => ({
      name,
      members: own,
      shutsOutsidersOut: withoutCutoff.has(name),
    })),
    accounts: request.accounts,
    by,
    wire: request.wire ?? "smallest",
    threads: request.threads ?? 2,
  });
  const { bytes, sha256 } = encodeAndSign(
    {
      policy: { version, rules },
      asOfMs,
      expiresAtMs,
      by,
      accounts,
      salt,
      cohorts,
    },
    request.privateKeyPem,
    { bundleBytesMax },
  );
  return {
    bytes,
    sha256,
    version,
    report: {
      accounts,
      cohorts: cohorts.map(({ name, members: count, outside }) => ({ name, members: count, outside })),
    },
  };
}
