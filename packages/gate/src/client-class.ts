import {
  installerStoreOf,
  isBuildBelow,
  isCodeBelow,
  isOldFormat,
  isVersionBelow,
  refusalReason,
} from "./applies.ts";
import { isForClient } from "./audience.ts";
import type {
  CompiledCutoff,
  CompiledRedownload,
  CompiledRefusal,
  CompiledRule,
  CompiledUpgrade,
  Release,
} from "./compiled-rule.ts";
import { keyBitOf } from "./key-bit.ts";
import type { GateRequest } from "./request.ts";
import { noSecond } from "./time-second.ts";
import type { VersionCache } from "./version-cache.ts";

/**
 * The rules of each measure, who wins over the others first: so the first that applies decides. Ties stand in the
 * policy's order.
 */
export interface RankedRules {
  readonly refuseClient: readonly CompiledRefusal[];
  /** `reauthenticate` rules with `keys`, which rank before all others of that measure. */
  readonly reauthenticateKeys: readonly CompiledCutoff[];
  readonly reauthenticate: readonly CompiledCutoff[];
  readonly changePassword: readonly CompiledCutoff[];
  readonly upgrade: readonly CompiledUpgrade[];
  readonly redownload: readonly CompiledRedownload[];
}

/**
 * What a policy has for all clients of one platform, store, version and installation: the rules that remain when all is
 * asked that depends on nothing else. Whose request it is, its times, its epoch and now are asked at each decision.
 */
export interface ClientClass extends Omit<RankedRules, "refuseClient" | "upgrade"> {
  /** Null: none. */
  readonly refuseClient: readonly CompiledRefusal[] | null;
  readonly upgrade: readonly ClientUpgrade[] | null;
  /** The bits (`keyBitOf`) of all keys that `reauthenticateKeys` names. */
  readonly keyBits: number;
  // No rule asks for a time of a later second, or for an epoch that is no lower.
  readonly reauthenticateSecond: number;
  readonly changePasswordSecond: number;
  readonly redownloadEpoch: number;
}

/** An upgrade rule whose version the client is below. */
export interface ClientUpgrade {
  readonly rule: CompiledUpgrade;
  /** Of the store that the request names, and of the one that the installer stands for; null: no entry. */
  readonly release: Release | null;
  readonly installersRelease: Release | null;
}

/** Nothing is asked: one list for all, so that it stays in the processor's cache. */
const none: readonly never[] = [];

/** The class of the request's client, and a text that classes of the same rules and releases share. */
export function classify(
  rules: RankedRules,
  request: GateRequest,
  versions: VersionCache,
): { readonly asked: ClientClass; readonly signature: string } {
  const installerStore = installerStoreOf(request);
  const installation = request.installation ?? null;
  const those = <R extends CompiledRule>(
    ranked: readonly R[],
    isAsked: (rule: R) => boolean,
  ): readonly R[] => {
    const asked = ranked.filter(
      (rule) => isForClient(rule.audience, request, installerStore) && isAsked(rule),
    );
    return asked.length === 0 ? none : asked;
  };
  const upgrades = those(
    rules.upgrade,
    (rule) =>
      isVersionBelow(rule, request, versions) ||
      isCodeBelow(rule, installation) ||
      isBuildBelow(rule, installation, versions),
  );
  const releaseIn = (rule: CompiledUpgrade, store: string | null): Release | null =>
    store === null ? null : (rule.releases.get(store) ?? null);
  const refuseClient = those(
    rules.refuseClient,
    (rule) => refusalReason(rule, request, installerStore) !== null,
  );
  const reauthenticateKeys = those(rules.reauthenticateKeys, () => true);
  const reauthenticate = those(rules.reauthenticate, () => true);
  const changePassword = those(rules.changePassword, () => true);
  const redownload = those(rules.redownload, (rule) => !isOldFormat(rule, request, versions));
  const asked: ClientClass = {
    refuseClient: refuseClient.length === 0 ? null : refuseClient,
    upgrade:
      upgrades.length === 0
        ? null
        : upgrades.map((rule) => ({
            rule,
            release: releaseIn(rule, request.store),
            installersRelease: releaseIn(rule, installerStore),
          })),
    keyBits: bitsOf(reauthenticateKeys),
    reauthenticateSecond: reauthenticate[0]?.cutoffSecond ?? noSecond,
    changePasswordSecond: changePassword[0]?.cutoffSecond ?? noSecond,
    redownloadEpoch: redownload[0]?.epoch ?? 0,
    reauthenticateKeys,
    reauthenticate,
    changePassword,
    redownload,
  };
  const all = [refuseClient, reauthenticateKeys, reauthenticate, changePassword, upgrades, redownload];
  const ids = all.map((list) => list.map(({ id }) => id));
  // Releases are the same only in the same stores.
  const stores = upgrades.length === 0 ? [] : [request.store, installerStore];
  return { asked, signature: JSON.stringify([ids, stores]) };
}

function bitsOf(rules: readonly CompiledCutoff[]): number {
  const keys = rules.flatMap((rule) => rule.keys?.values ?? []);
  return keys.reduce((bits, key) => bits | keyBitOf(key), 0);
}
