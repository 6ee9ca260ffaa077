import { cutoffMs, decide } from "@cordon/gate";
import type { Decision, GateRequest } from "@cordon/gate";

import { asClaimed, stricter } from "./guarded-request.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { PointDecision } from "./point-decision.ts";
import type { PolicyInForce } from "./policy-in-force.ts";
import { underUncertainty } from "./when-uncertain.ts";
import type { UncertainPlan } from "./when-uncertain.ts";

interface Circumstances {
  readonly nowMs: number;
  /** What is decided about a client without an established platform while a rule refuses untrusted clients. */
  readonly withoutPlatform: "refuse" | "allow";
  /** Null: the policy is surely the newest, as far as the point knows. */
  readonly uncertain: UncertainPlan | null;
  readonly count: (name: string) => void;
}

/** What one policy says about one request, as a decision of its enforcement point. */
export function decideInForce(
  inForce: PolicyInForce,
  guarded: GuardedRequest,
  circumstances: Circumstances,
): PointDecision {
  const { request, claimed } = guarded;
  const { nowMs, uncertain, count } = circumstances;
  const vouched = withPlatform(decide(inForce.compiled, request, nowMs), request, inForce, circumstances);
  const certain =
    claimed === null
      ? vouched
      : stricter(vouched, decide(inForce.compiled, asClaimed(request, claimed), nowMs));
  let decision = certain;
  if (uncertain !== null) {
    decision = underUncertainty(certain, uncertain);
    if (decision.allow !== certain.allow) count(decision.allow ? "uncertain.allowed" : "uncertain.refused");
  }
  if (decision.allow && decision.directives.length === 0) return inForce.allowed;
  return {
    allow: decision.allow,
    directives: decision.directives,
    bundleVersion: inForce.version,
    maxAgeSeconds: decision.allow ? null : maxAgeSeconds(inForce, decision, nowMs),
  };
}

/** Contracts 5: where no platform can be established while a `refuse_client` rule is in force, enforcement refuses. */
function withPlatform(
  decision: Decision,
  request: GateRequest,
  inForce: PolicyInForce,
  { withoutPlatform, count }: Circumstances,
): Decision {
  if (request.platform !== null || inForce.refusingRule === null) return decision;
  if (decision.directives[0]?.measure === "refuse_client") return decision;
  count("platform.unknown");
  if (withoutPlatform === "allow") return decision;
  const refusal = { measure: "refuse_client", rule: inForce.refusingRule, required: true } as const;
  return { allow: false, directives: [refusal, ...decision.directives] };
}

/** A rule on a stolen key has no cutoff: only a sign-in from now on will do. */
function maxAgeSeconds(inForce: PolicyInForce, decision: Decision, nowMs: number): number | null {
  const directive = decision.directives.find(({ measure }) => measure === "reauthenticate");
  if (directive === undefined) return null;
  const cutoff = cutoffMs(inForce.compiled, directive.rule);
  return cutoff === null ? 0 : Math.max(0, Math.floor((nowMs - cutoff) / 1000));
}
