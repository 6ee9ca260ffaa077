import {
  authTimeOf,
  authTimeState,
  freshSeconds,
  isFresh,
  issuedSeconds,
  type AuthTimeState,
} from "./auth-time.ts";
import type { ClaimReading } from "./claim-reading.ts";
import { share, verdictOfShare, type Finding, type Verdict } from "./finding.ts";
import { tokenPairs, type TokenPair } from "./token-pairs.ts";
import type { TokenSample } from "./token-sample.ts";

const measures = ["reauthenticate"] as const;

/** Is it there, is it what it should be, does a refresh leave it alone, does a sign-in renew it. */
export function authTimeChecks(people: readonly TokenSample[], reading: ClaimReading): readonly Finding[] {
  const pairs = tokenPairs(people, reading);
  return [
    presence(people, reading),
    ...kind(people, reading),
    refresh(people, pairs, reading),
    renewal(people, pairs, reading),
  ];
}

function presence(people: readonly TokenSample[], reading: ClaimReading): Finding {
  const name = reading.wanted("authTime");
  const without = people.filter((sample) => authTimeState(sample, reading) === "missing");
  const present = people.length - without.length;
  const clients = new Set(without.map(({ claims }) => reading.text(claims, "client") ?? ""));
  const verdict = verdictOfShare(present, people.length);
  return {
    check: "auth-time-present",
    verdict,
    measures,
    text:
      `\`${name}\` is in ${share(present, people.length)} access tokens of people` +
      (verdict === "partly" ? `; those without it come from ${clients.size} clients` : ""),
    evidence: { tokens: people.length, present, clientsWithout: clients.size },
    change:
      verdict === "works"
        ? null
        : `put \`auth_time\` into access tokens (docs/operate/claims.md); until then a rule signs in again and again whoever lacks it, or passes them by with \`onMissing: ignore\``,
  };
}

function kind(people: readonly TokenSample[], reading: ClaimReading): readonly Finding[] {
  const count: Record<AuthTimeState, number> = {
    missing: 0,
    unreadable: 0,
    milliseconds: 0,
    implausible: 0,
    good: 0,
  };
  for (const sample of people) count[authTimeState(sample, reading)]++;
  const present = people.length - count.missing;
  if (present === 0) return [];
  const wrong = [
    count.unreadable === 0 ? "" : `${count.unreadable} are no number`,
    count.milliseconds === 0 ? "" : `${count.milliseconds} are milliseconds`,
    count.implausible === 0
      ? ""
      : `${count.implausible} lie before the year 2000 or after the token's own \`iat\``,
  ].filter((part) => part !== "");
  const verdict = verdictOfShare(count.good, present);
  return [
    {
      check: "auth-time-kind",
      verdict,
      measures,
      text:
        wrong.length === 0
          ? `all ${present} are plausible times`
          : `${share(count.good, present)} are plausible times: ${wrong.join(", ")}`,
      evidence: {
        present,
        good: count.good,
        unreadable: count.unreadable,
        milliseconds: count.milliseconds,
        implausible: count.implausible,
      },
      change:
        verdict === "works" ? null : "write it as a JSON number of seconds since 1970 (OIDC Core, section 2)",
    },
  ];
}

/** What a refresh did to `auth_time`. */
interface RefreshCount {
  readonly pairs: number;
  constant: number;
  restamped: number;
  lost: number;
  moved: number;
}

function countRefreshes(pairs: readonly TokenPair[], reading: ClaimReading): RefreshCount {
  const counts: RefreshCount = { pairs: pairs.length, constant: 0, restamped: 0, lost: 0, moved: 0 };
  for (const { earlier, later } of pairs) {
    const before = authTimeOf(earlier, reading);
    const after = authTimeOf(later, reading);
    if (before === null) continue;
    if (after === null) counts.lost++;
    else if (Math.abs(after - before) < 1) counts.constant++;
    else if (Math.abs(after - (issuedSeconds(later) ?? NaN)) <= 1) counts.restamped++;
    else counts.moved++;
  }
  return counts;
}

function refresh(
  people: readonly TokenSample[],
  pairs: readonly TokenPair[],
  reading: ClaimReading,
): Finding {
  const told = countRefreshes(
    pairs.filter(({ kind: of }) => of === "refresh"),
    reading,
  );
  const likely = countRefreshes(
    pairs.filter(({ kind: of }) => of === "same-session"),
    reading,
  );
  const constant = told.constant + likely.constant;
  const lost = told.lost + likely.lost;
  // Within a session a new auth_time may be a new sign-in; it is a stamp when it never stays.
  const stamped = told.restamped + told.moved + (constant === 0 ? likely.restamped : 0);
  const seen = constant + lost + stamped;
  const evidence = {
    refreshes: told.pairs,
    sameSession: likely.pairs,
    constant,
    changed: stamped,
    lost,
    equalToIat: equalToIat(people, reading),
  };
  const base = { check: "auth-time-constant-over-refresh", measures, evidence };
  if (seen === 0) {
    return {
      ...base,
      verdict: "unknown",
      text: `no two tokens of one session, so nothing says what a refresh does to it (${evidence.equalToIat} of ${people.length} are equal to \`iat\`)`,
      change: "give tokens before and after a refresh: lines that share `sid`, or `session`, or `refreshOf`",
    };
  }
  const verdict: Verdict = verdictOfShare(constant, seen);
  return {
    ...base,
    verdict,
    text:
      `after ${share(constant, seen)} refreshes it is what it was` +
      (stamped === 0 ? "" : `; after ${stamped} it is the time of the refresh`) +
      (lost === 0 ? "" : `; after ${lost} it is gone`),
    change:
      verdict === "works"
        ? null
        : "keep the time of the sign-in with the refresh token: otherwise a refresh is as good as a password",
  };
}

function equalToIat(people: readonly TokenSample[], reading: ClaimReading): number {
  return people.filter((sample) => {
    const time = authTimeOf(sample, reading);
    return time !== null && time === sample.claims["iat"];
  }).length;
}

function renewal(
  people: readonly TokenSample[],
  pairs: readonly TokenPair[],
  reading: ClaimReading,
): Finding {
  const { told, renewed } = signInCounts(pairs, reading);
  const refreshes = countRefreshes(pairs, reading);
  const fresh = people.filter((sample) => isFresh(sample, reading)).length;
  const evidence = {
    signIns: told,
    renewed,
    issuedWithinAMinute: fresh,
    constantOverRefresh: refreshes.constant,
  };
  const base = { check: "auth-time-new-at-sign-in", measures, evidence };
  if (told > 0) {
    const verdict = verdictOfShare(renewed, told);
    return {
      ...base,
      verdict,
      text: `after ${share(renewed, told)} sign-ins it is newer than before`,
      change:
        verdict === "works"
          ? null
          : "the provider answers from its own session: ask it with `prompt=login` or `max_age`, and let it set `auth_time` then; otherwise signing in never ends",
    };
  }
  // Equal to iat everywhere may be a stamp; a token that came with its sign-in while others keep theirs is none.
  const timed = people.filter((sample) => authTimeOf(sample, reading) !== null).length;
  if (fresh > 0 && (refreshes.constant > 0 || (fresh < timed && refreshes.restamped === 0))) {
    return {
      ...base,
      verdict: "works",
      text: `${share(fresh, people.length)} tokens came within ${freshSeconds} s of their \`auth_time\`: sign-ins set it`,
      change: null,
    };
  }
  return {
    ...base,
    verdict: "unknown",
    text: "no token that came from a sign-in can be told, so nothing says that one renews it",
    change:
      'give a token from before a sign-in and one from after it, with `"signIn":true` on the latter\'s line',
  };
}

/** The sign-ins that lines tell of, and after how many of them `auth_time` is newer and recent. */
export function signInCounts(
  pairs: readonly TokenPair[],
  reading: ClaimReading,
): { readonly told: number; readonly renewed: number } {
  const signIns = pairs.filter(({ kind: of }) => of === "sign-in");
  const renewed = signIns.filter(({ earlier, later }) => {
    const after = authTimeOf(later, reading);
    const before = authTimeOf(earlier, reading);
    return after !== null && (earlier === later ? isFresh(later, reading) : after > (before ?? -Infinity));
  });
  return { told: signIns.length, renewed: renewed.length };
}
