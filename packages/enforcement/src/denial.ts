import type { Directive } from "@cordon/gate";

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

function denies(directive: Directive): boolean {
  return directive.required && directive.measure !== "redownload";
}

/**
 * The answer for a decision that does not allow. Several denials: the status of the first in directive order; the body
 * lists all directives. `retryAfterSeconds` is for clients that do not understand directives.
 */
export function denialOf(decision: PointDecision, retryAfterSeconds: number): Denial {
  const { directives } = decision;
  const first = directives.find(denies);
  const problem = (first === undefined ? undefined : problems[first.measure]) ?? noPolicy;
  const status = first === undefined ? 503 : first.measure === "reauthenticate" ? 401 : 403;
  const headers: Record<string, string> = {
    "content-type": "application/problem+json",
    "cache-control": "no-store",
    "retry-after": String(retryAfterSeconds),
  };
  if (status === 401) {
    headers["www-authenticate"] =
      `Bearer error="insufficient_user_authentication", max_age=${decision.maxAgeSeconds ?? 0}`;
  }
  return { status, headers, body: { ...problem, status, directives } };
}
