import { jsonAnswer } from "../http-answer.ts";
import type { HttpAnswer } from "../http-answer.ts";
import type { Identity } from "../token/identity.ts";

type UnknownIdentity = Exclude<Identity["kind"], "known">;

/**
 * What becomes of a request whose person is not known. `none`: it carries no token; `invalid`: one that does not verify;
 * `unknown`: the issuer's keys can't be had. `allow` leaves it to the service behind.
 */
export type IdentityRefusals = Readonly<Record<UnknownIdentity, "allow" | "refuse">>;

interface Refused {
  readonly status: 401 | 403 | 503;
  readonly type: string;
  readonly title: string;
  /** RFC 6750, 3. */
  readonly challenge: string | null;
}

const base = "urn:cordon:problem:";

const refused: Readonly<Record<UnknownIdentity | "proxy-unknown", Refused>> = {
  none: { status: 401, type: `${base}token-required`, title: "Sign in", challenge: "Bearer" },
  invalid: {
    status: 401,
    type: `${base}token-invalid`,
    title: "The token is not valid",
    challenge: 'Bearer error="invalid_token"',
  },
  unknown: {
    status: 503,
    type: `${base}token-keys-unavailable`,
    title: "Tokens can't be verified now",
    challenge: null,
  },
  "proxy-unknown": {
    status: 403,
    type: `${base}proxy-unknown`,
    title: "The proxy did not show its secret",
    challenge: null,
  },
};

export function identityRefusal(
  kind: UnknownIdentity | "proxy-unknown",
  retryAfterSeconds: number,
): HttpAnswer {
  const { status, type, title, challenge } = refused[kind];
  return jsonAnswer(
    status,
    { type, title, status, directives: [] },
    {
      "cache-control": "no-store",
      "retry-after": String(retryAfterSeconds),
      ...(challenge === null ? {} : { "www-authenticate": challenge }),
    },
    "application/problem+json",
  );
}
