import { denialOf } from "@cordon/enforcement";
import type { Denial, EnforcementPoint, PointDecision } from "@cordon/enforcement";
import { errors } from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";

import type { AccessLogLine } from "../access-log.ts";
import type { Session, SessionFacts, SessionReader } from "../session.ts";
import { buildHeader } from "./build-attestation.ts";

type TokenKind = NonNullable<AccessLogLine["kind"]>;

/** The gate denied a token. The answer is contracts' denial with OAuth's `error` in its body. */
class TokenDenied extends errors.OIDCProviderError {
  readonly denial: Denial;

  constructor(denial: Denial) {
    super(denial.status, denial.status === 401 ? "invalid_grant" : "access_denied");
    this.expose = true;
    this.error_description = denial.body.title;
    this.denial = denial;
  }
}

interface TokenGateOptions {
  readonly point: EnforcementPoint;
  readonly sessions: SessionReader;
  readonly onDecision: (kind: TokenKind, session: Session, decision: PointDecision) => void;
  readonly nowMs: () => number;
}

/** The gate on token issue: whoever must sign in again gets no new token for an old one. */
export class TokenGate {
  readonly #options: TokenGateOptions;

  constructor(options: TokenGateOptions) {
    this.#options = options;
  }

  /** Throws TokenDenied when the policy in force denies; `facts` are those of the token to be issued. */
  admit(ctx: KoaContextWithOIDC, kind: TokenKind, facts: SessionFacts): void {
    const { point, sessions, onDecision, nowMs } = this.#options;
    const header = ctx.get(buildHeader) || undefined;
    const session = sessions.read(facts, header);
    sessions.note(session, header, nowMs());
    // #region integrate: token
    const decision = point.decide(session.guarded);
    onDecision(kind, session, decision);
    if (!decision.allow) throw new TokenDenied(denialOf(decision, point.retryAfterSeconds()));
    // #endregion
  }
}

/** Writes a TokenDenied over oidc-provider's own answer. */
export function answerDenied(ctx: KoaContextWithOIDC, error: Error): void {
  if (!(error instanceof TokenDenied)) return;
  // #region integrate: token answer
  const { denial } = error;
  ctx.body = { ...denial.body, error: error.error, error_description: error.error_description };
  ctx.set(denial.headers);
  // OAuth clients read errors as `application/json` (RFC 6749, 5.2); the other denials are problem documents.
  if (denial.status === 401) ctx.type = "application/json";
  // #endregion
}
