import { waveOf } from "../src/index.ts";

/** A rule as a policy writes it; times are kept apart as numbers, so that no parser of the gate is needed. */
export interface PlainRule {
  readonly id: string;
  readonly measure: string;
  readonly cohort?: string;
  readonly where?: {
    readonly platform?: string | readonly string[];
    readonly store?: string | readonly string[];
  };
  readonly cutoff?: number;
  readonly keys?: readonly string[];
  readonly onMissing?: "ignore";
  readonly rollout?: { readonly from: number; readonly overMs: number; readonly waves: number };
  readonly below?: readonly number[];
  readonly required?: number;
  readonly stores?: Readonly<Record<string, { readonly available?: number; readonly link?: string }>>;
  readonly epoch?: number;
  readonly from?: readonly number[];
  readonly trusted?: readonly string[];
}

export interface PlainRequest {
  readonly account?: string | null;
  readonly authTime?: number | null;
  readonly passwordSetAt?: number | null;
  readonly keyId?: string | null;
  readonly client?: {
    readonly platform?: string | null;
    readonly store?: string | null;
    readonly version?: readonly number[] | null;
  } | null;
  readonly offlineEpoch?: number | null;
}

/**
 * Contracts 4, sentence by sentence and without a thought for speed: all rules that apply, sorted by rank. Versions are
 * four numbers here, null is unreadable; vectors cover how text becomes one.
 */
export function oracle(
  rules: readonly PlainRule[],
  cohorts: Readonly<Record<string, readonly string[]>>,
  request: PlainRequest,
  now: number,
): unknown {
  const account = request.account ?? null;
  const platform = request.client?.platform ?? null;
  const store = request.client?.store ?? "unknown";
  const version = request.client?.version ?? null;
  const offlineEpoch = request.offlineEpoch ?? 0;

  const inCohort = (name: string): boolean =>
    account !== null && (name === "everyone" || (cohorts[name] ?? []).includes(account));
  const oneOf = (value: string | null, allowed: string | readonly string[]): boolean =>
    value !== null && [allowed].flat().includes(value);
  const isFor = (rule: PlainRule): boolean =>
    (rule.cohort === undefined || inCohort(rule.cohort)) &&
    (rule.where?.platform === undefined || oneOf(platform, rule.where.platform)) &&
    (rule.where?.store === undefined || oneOf(store, rule.where.store));
  const isOpen = ({ id, rollout }: PlainRule): boolean => {
    if (rollout === undefined) return true;
    const wave = account === null ? 0 : waveOf(id, account, rollout.waves);
    return now >= rollout.from + (wave * rollout.overMs) / rollout.waves;
  };
  const cutoffApplies = (rule: PlainRule, time: number | null | undefined): boolean => {
    if (rule.keys !== undefined)
      return typeof request.keyId === "string" && rule.keys.includes(request.keyId);
    if (rule.cutoff === undefined || rule.cutoff > now) return false;
    if (time === null || time === undefined) return rule.onMissing !== "ignore";
    return time < rule.cutoff;
  };
  const available = (rule: PlainRule): boolean => {
    const release = Object.hasOwn(rule.stores ?? {}, store) ? rule.stores?.[store] : undefined;
    return release?.available !== undefined && now >= release.available;
  };
  const isRequired = (rule: PlainRule): boolean =>
    rule.required !== undefined && now >= rule.required && available(rule);

  const applying = (measure: string, applies: (rule: PlainRule) => boolean): PlainRule[] =>
    rules.filter((rule) => rule.measure === measure && isFor(rule) && isOpen(rule) && applies(rule));
  // Array sorts are stable: ties stay in the policy's order.
  const byCutoff = (a: PlainRule, b: PlainRule): number =>
    a.keys || b.keys
      ? Number(b.keys !== undefined) - Number(a.keys !== undefined)
      : (b.cutoff ?? 0) - (a.cutoff ?? 0);

  const directives: Record<string, unknown>[] = [];
  const push = (rule: PlainRule | undefined, more: Record<string, unknown> = { required: true }): void => {
    if (rule !== undefined) directives.push({ measure: rule.measure, rule: rule.id, ...more });
  };
  push(applying("refuse_client", (rule) => !(rule.trusted ?? []).includes(store))[0]);
  push(applying("reauthenticate", (rule) => cutoffApplies(rule, request.authTime)).sort(byCutoff)[0]);
  push(applying("change_password", (rule) => cutoffApplies(rule, request.passwordSetAt)).sort(byCutoff)[0]);
  const upgrade = applying("upgrade", (rule) => isBelow(version, rule.below ?? [])).sort(
    (a, b) => Number(isRequired(b)) - Number(isRequired(a)) || compare(b.below ?? [], a.below ?? []),
  )[0];
  if (upgrade !== undefined) {
    const link = upgrade.stores?.[store]?.link;
    push(upgrade, {
      required: isRequired(upgrade),
      ...(available(upgrade) ? (link === undefined ? {} : { link }) : { available: false }),
    });
  }
  push(
    applying(
      "redownload",
      (rule) => offlineEpoch < (rule.epoch ?? 0) && (rule.from === undefined || !isBelow(version, rule.from)),
    ).sort((a, b) => (b.epoch ?? 0) - (a.epoch ?? 0))[0],
  );
  const denies = (directive: Record<string, unknown>): boolean =>
    directive["measure"] === "upgrade"
      ? directive["required"] === true
      : directive["measure"] !== "redownload";
  return { allow: !directives.some(denies), directives };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 4; i++) if ((a[i] ?? 0) !== (b[i] ?? 0)) return (a[i] ?? 0) - (b[i] ?? 0);
  return 0;
}

function isBelow(version: readonly number[] | null, other: readonly number[]): boolean {
  return version === null || compare(version, other) < 0;
}
