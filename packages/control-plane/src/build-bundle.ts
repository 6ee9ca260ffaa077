import { bundleBytesMax as defaultBundleBytesMax, encodeBundle } from "@cordon/bundle";
import { everyone, parsePolicy, type Policy } from "@cordon/gate";
import { formatInstant, InputError, isJsonObject } from "@cordon/model";
import { sha256, signBundle } from "./bundle-keys.ts";
import { exactCohorts, type GatheredCohort } from "./exact-cohorts.ts";
import { OrdinalRegister } from "./ordinal-register.ts";

/** Some accounts of a directory; lake's `AccountBatch`. */
export interface DirectoryBatch {
  readonly accountIds: readonly string[];
  /** Null: the accounts are numbered in their order, from 0. */
  readonly ordinals: Uint32Array | null;
}

export interface BundleRequest {
  /** `version` and `rules`, as a policy's author writes them (contracts 4). */
  readonly policy: unknown;
  /** The ids of each listed cohort. An id twice counts once; one outside the directory is no member. */
  readonly members: ReadonlyMap<string, Iterable<string>>;
  /** The directory from its beginning, with every call. Each id and ordinal stands in it once. */
  readonly accounts: () => AsyncIterable<DirectoryBatch>;
  /** When the directory was taken from the service. */
  readonly asOfMs: number;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  readonly by: "account" | "ordinal";
  readonly privateKeyPem: string;
  /** 64 MiB unless given. */
  readonly bundleBytesMax?: number;
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
  const policy = parsePolicy(request.policy, members.keys());
  checkCohorts(policy, members);
  checkCutoffs(policy, asOfMs);
  const { gathered, accounts } = await gather(request);
  const { salt, cohorts } = await exactCohorts({ cohorts: gathered, accounts: request.accounts, by, sha256 });
  const unsigned = encodeBundle(
    {
      policy: { version: policy.version, rules: rulesAsWritten(request.policy) },
      asOfMs,
      expiresAtMs,
      by,
      accounts,
      salt,
      cohorts,
    },
    bundleBytesMax,
  );
  const bytes = signBundle(unsigned, request.privateKeyPem, { bundleBytesMax });
  return {
    bytes,
    sha256: Buffer.from(sha256(bytes)).toString("hex"),
    version: policy.version,
    report: { accounts, cohorts: gathered.map(builtCohort) },
  };
}

function builtCohort({ name, listed, accountIds }: GatheredCohort): BuiltCohort {
  return { name, members: accountIds.length, outside: listed.size - accountIds.length };
}

/** Gates read the rules as their author wrote them: what was reviewed is what is signed. */
function rulesAsWritten(policy: unknown): unknown {
  return isJsonObject(policy) ? policy["rules"] : [];
}

function checkCohorts(policy: Policy, members: BundleRequest["members"]): void {
  for (const name of policy.cohorts.keys()) {
    if (!members.has(name)) throw new InputError(["cohorts", name], "a cohort without members", "its ids");
  }
  if (members.has(everyone)) throw new InputError(["cohorts", everyone], "`everyone` with members", "none");
}

/** Accounts younger than the directory are in no listed cohort, which hurts nobody only when they are younger than the cutoff. */
function checkCutoffs(policy: Policy, asOfMs: number): void {
  for (const [index, rule] of policy.rules.entries()) {
    if (rule.measure !== "reauthenticate" && rule.measure !== "change_password") continue;
    if (rule.cohort === null || rule.cohort === everyone) continue;
    if (rule.cutoffMs === null || rule.cutoffMs <= asOfMs) continue;
    throw new InputError(
      ["rules", index, "cutoff"],
      `the cutoff of a listed cohort, ${formatInstant(rule.cutoffMs)}, is later than the directory`,
      `${formatInstant(asOfMs)} at the latest`,
    );
  }
}

/** Which ids of the lists are accounts, in the directory's order. */
async function gather({
  members,
  accounts,
  by,
}: BundleRequest): Promise<{ gathered: readonly GatheredCohort[]; accounts: number }> {
  const gathered = [...members].map(([name, ids]) => newGathering(name, ids));
  const register = new OrdinalRegister();
  let count = 0;
  for await (const { accountIds, ordinals } of accounts()) {
    for (const [index, accountId] of accountIds.entries()) {
      const ordinal = ordinals?.[index] ?? count;
      count++;
      if (by === "ordinal") register.add(ordinal, accountId);
      for (const cohort of gathered) {
        if (!cohort.listed.has(accountId)) continue;
        cohort.accountIds.push(accountId);
        cohort.ordinals.push(ordinal);
      }
    }
  }
  return { gathered, accounts: count };
}

interface Gathering extends GatheredCohort {
  readonly accountIds: string[];
  readonly ordinals: number[];
}

function newGathering(name: string, ids: Iterable<string>): Gathering {
  return { name, listed: new Set(ids), accountIds: [], ordinals: [] };
}
