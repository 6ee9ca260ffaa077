import type { Directive } from "@cordon/gate";

import { denies } from "./denies.ts";
import type { PointDecision } from "./point-decision.ts";

/** An answer to a denied request (contracts 5): RFC 9470 for `reauthenticate`, RFC 9457 for the rest. */
export interface Denial {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly directives: readonly Directive[];
  };
}

const base = "urn:cordon:problem:";

/** The problem type of each measure that can deny. */
const problems: Readonly<Record<string, { readonly type: string; readonly title: string }>> = {
  refuse_client: { type: `${base}client-refused`, title: "This app is from no trusted place" },
  reauthenticate: { type: `${base}reauthentication-required`, title: "Sign in again" },
  change_password: { type: `${base}password-change-required`, title: "Set a new password" },
  upgrade: { type: `${base}upgrade-required`, title: "Install the new version" },
};

const noPolicy = { type: `${base}no-policy`, title: "No policy is known yet" };
const uncertainPolicy = { type: `${base}policy-uncertain`, title: "The policy may not be the newest" };

/**
 * The answer for a decision that does not allow. Several denials: the status of the first in directive order; the body
 * lists all directives. `retryAfterSeconds` is for clients that do not understand directives. Without a directive that
 * denies, the request was refused for want of a sure policy: 503.
 */
export function denialOf(decision: PointDecision, retryAfterSeconds: number): Denial {
  const body = problemOf(decision);
  return { status: body.status, headers: denialHeaders(decision, body.status, retryAfterSeconds), body };
}

/** The problem document (RFC 9457) about a decision that does not allow. */
export function problemOf(decision: PointDecision): Denial["body"] & { readonly status: Denial["status"] } {
  const { directives, bundleVersion } = decision;
  const first = directives.find(denies);
  const problem = first === undefined ? undefined : problems[first.measure];
  if (first === undefined || problem === undefined) {
    return { ...(bundleVersion === null ? noPolicy : uncertainPolicy), status: 503, directives };
  }
  return { ...problem, status: first.measure === "reauthenticate" ? 401 : 403, directives };
}

/** The headers of the answer, `www-authenticate` (RFC 9470, 3) with those of status 401. */
export function denialHeaders(
  decision: PointDecision,
  status: Denial["status"],
  retryAfterSeconds: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "retry-after": String(retryAfterSeconds),
  };
  if (status === 401) {
    headers["www-authenticate"] =
      `Bearer error="insufficient_user_authentication", max_age=${decision.maxAgeSeconds ?? 0}`;
  }
  return headers;
}
