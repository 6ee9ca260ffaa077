import type { Decision, Directive, GateRequest } from "@cordon/gate";
import { measures } from "@cordon/gate";

/** What a client says of itself without proof. A missing part claims nothing. */
export interface ClientClaims {
  readonly platform?: string;
  readonly store?: string;
  readonly version?: string;
}

/** One request as the service describes it to the gate. */
export interface GuardedRequest {
  /**
   * What the service can vouch for: from its session, its token's client, an attestation. `offlineEpoch` 0 where the
   * service does not keep it: then the client is asked (OFREP).
   */
  readonly request: GateRequest;
  /** What the client only says, in a header or an OFREP context; null: nothing. It can only tighten. */
  readonly claimed: ClientClaims | null;
  /**
   * The account's market (ISO 3166), where the service knows it: progress is counted by it, and nothing is decided. Left out: not
   * stated.
   */
  readonly market?: string;
}

/** The request as it would be if the client's claims were true. */
export function asClaimed(request: GateRequest, claimed: ClientClaims): GateRequest {
  return {
    ...request,
    platform: claimed.platform ?? request.platform,
    store: claimed.store ?? request.store,
    version: claimed.version ?? request.version,
  };
}

/**
 * The stricter of two decisions about one client, measure by measure.
 * INVARIANT: it holds a directive for each measure that `vouched` holds, required where that one is.
 */
export function stricter(vouched: Decision, claimed: Decision): Decision {
  const directives: Directive[] = [];
  for (const measure of measures) {
    const first = vouched.directives.find((directive) => directive.measure === measure);
    const second = claimed.directives.find((directive) => directive.measure === measure);
    const chosen = first === undefined || (!first.required && second?.required === true) ? second : first;
    if (chosen !== undefined) directives.push(chosen);
  }
  return { allow: vouched.allow && claimed.allow, directives };
}
