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
import type { GateRequest } from "./request.ts";
import type { VersionCache } from "./version-cache.ts";

/**
 * The rules of each measure, who wins over the others first: so the first that applies decides. Ties stand in the
 * policy's order.
 */
export interface RankedRules {
  readonly refuseClient: readonly CompiledRefusal[];
  readonly reauthenticate: readonly CompiledCutoff[];
  readonly changePassword: readonly CompiledCutoff[];
  readonly upgrade: readonly CompiledUpgrade[];
  readonly redownload: readonly CompiledRedownload[];
}

/**
 * What a policy has for all clients of one platform, store, version and installation: the rules that remain when all is
 * asked that depends on nothing else. Whose request it is, its times, its epoch and now are asked at each decision.
 */
export interface ClientClass extends Omit<RankedRules, "upgrade"> {
  readonly upgrade: readonly ClientUpgrade[];
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
  const asked: ClientClass = {
    refuseClient: those(rules.refuseClient, (rule) => refusalReason(rule, request, installerStore) !== null),
    reauthenticate: those(rules.reauthenticate, () => true),
    changePassword: those(rules.changePassword, () => true),
    upgrade:
      upgrades.length === 0
        ? none
        : upgrades.map((rule) => ({
            rule,
            release: releaseIn(rule, request.store),
            installersRelease: releaseIn(rule, installerStore),
          })),
    redownload: those(rules.redownload, (rule) => !isOldFormat(rule, request, versions)),
  };
  const { refuseClient, reauthenticate, changePassword, redownload } = asked;
  const ids = [refuseClient, reauthenticate, changePassword, upgrades, redownload].map((list) =>
    list.map(({ id }) => id),
  );
  // Releases are the same only in the same stores.
  const stores = upgrades.length === 0 ? [] : [request.store, installerStore];
  return { asked, signature: JSON.stringify([ids, stores]) };
}
