import { issuedSeconds } from "./auth-time.ts";
import type { ClaimReading } from "./claim-reading.ts";
import type { TokenSample } from "./token-sample.ts";

/**
 * Two tokens of one person, one after the other. `refresh`: a line says so; `sign-in`: a line says that the later one came
 * from a sign-in (with nothing before it, both are the same token); `same-session`: most likely a refresh.
 */
export interface TokenPair {
  readonly kind: "refresh" | "sign-in" | "same-session";
  readonly earlier: TokenSample;
  readonly later: TokenSample;
}

/** What the tokens say about refreshes and sign-ins, in the order in which they were issued. */
export function tokenPairs(samples: readonly TokenSample[], reading: ClaimReading): readonly TokenPair[] {
  const inOrder = samples.toSorted(
    (a, b) => (issuedSeconds(a) ?? 0) - (issuedSeconds(b) ?? 0) || a.line - b.line,
  );
  const byId = new Map<string, TokenSample>();
  for (const sample of inOrder) if (sample.id !== null) byId.set(sample.id, sample);
  const lastOfSession = new Map<string, TokenSample>();
  const lastOfAccount = new Map<string, TokenSample>();
  const pairs: TokenPair[] = [];
  for (const later of inOrder) {
    const account = reading.text(later.claims, "account") ?? "";
    const session = later.session === null ? null : `${account}\0${later.session}`;
    const replaced = later.refreshOf === null ? undefined : byId.get(later.refreshOf);
    const before = session === null ? undefined : lastOfSession.get(session);
    if (later.signIn) {
      pairs.push({ kind: "sign-in", earlier: lastOfAccount.get(account) ?? later, later });
    } else if (replaced !== undefined && replaced !== later) {
      pairs.push({ kind: "refresh", earlier: replaced, later });
    } else if (before !== undefined && issuedSeconds(before) !== issuedSeconds(later)) {
      pairs.push({ kind: "same-session", earlier: before, later });
    }
    if (session !== null) lastOfSession.set(session, later);
    lastOfAccount.set(account, later);
  }
  return pairs;
}
