import { inspectBundle } from "@cordon/bundle";
import type { AccountExplanation } from "@cordon/contract";
import {
  compilePolicy,
  explain,
  parsePolicy,
  unknownStore,
  waveOf,
  type CompiledPolicy,
  type Policy,
} from "@cordon/gate";
import type { AccountRecord } from "@cordon/lake";
import { formatInstant } from "@cordon/model";
import type { Plane } from "../plane.ts";

type Measures = AccountExplanation["measures"][number];

interface AskedOf {
  readonly account: string;
  /** Null when the directory lacks the account. */
  readonly known: AccountRecord | null;
  /** Milliseconds since the epoch; null: the oldest session there can be. */
  readonly authTimeMs: number | null;
  readonly nowMs: number;
}

/** What each of an account's clients meets under the bundle in force, decided and explained by the gate's own code. */
export function accountMeasures(plane: Plane, asked: AskedOf): readonly Measures[] {
  const { served } = plane.bundles;
  if (served === null) return [];
  // The journal's digest vouches for these bytes: a bundle is served only with it.
  const bundle = inspectBundle(served.bytes);
  bundle.prepare();
  const policy = parsePolicy(bundle.policy, bundle.sets.keys());
  const compiled = compilePolicy(policy, bundle.sets);
  const clients = asked.known?.installations ?? [];
  if (clients.length === 0) return [ofClient(plane, { policy, compiled }, asked, null)];
  return clients.map(({ platform, store, version }) =>
    ofClient(plane, { policy, compiled }, asked, { platform, store, version }),
  );
}

function ofClient(
  plane: Plane,
  { policy, compiled }: { readonly policy: Policy; readonly compiled: CompiledPolicy },
  { account, known, authTimeMs, nowMs }: AskedOf,
  client: Measures["client"],
): Measures {
  const { decision, rules } = explain(
    compiled,
    {
      account,
      ordinal: known?.ordinal ?? null,
      authTimeMs,
      passwordSetAtMs: known?.passwordSetAtMs ?? null,
      keyId: null,
      platform: client?.platform ?? null,
      store: client?.store ?? unknownStore,
      version: client?.version ?? null,
      offlineEpoch: 0,
    },
    nowMs,
  );
  return {
    client,
    allow: decision.allow,
    directives: decision.directives.map(({ measure, rule, required }) => ({ measure, rule, required })),
    rules: rules.map(({ rule, measure, applies, because }) => ({
      rule,
      measure,
      ...planOf(plane, rule),
      applies,
      because,
      opensAt: opensAt(policy, rule, account, nowMs),
    })),
  };
}

function planOf(
  plane: Plane,
  ruleId: string,
): { readonly incidentId: string | null; readonly planId: string | null } {
  for (const { incidentId, plans } of plane.record.incidents()) {
    const plan = plans.find(
      ({ approved, measures }) =>
        approved !== null && measures.some(({ id }) => id === ruleId || `${id}-canary` === ruleId),
    );
    if (plan !== undefined) return { incidentId, planId: plan.planId };
  }
  return { incidentId: null, planId: null };
}

/** Contracts 4: wave k of n opens at from + k·over/n. */
function opensAt(policy: Policy, ruleId: string, account: string, nowMs: number): string | null {
  const rule = policy.rules.find(({ id }) => id === ruleId);
  const rollout = rule !== undefined && "rollout" in rule ? rule.rollout : undefined;
  if (rollout === undefined || rollout === null) return null;
  const { fromMs, overMs, waves } = rollout;
  const opensMs = fromMs + (waveOf(ruleId, account, waves) * overMs) / waves;
  return opensMs <= nowMs ? null : formatInstant(Math.ceil(opensMs));
}
