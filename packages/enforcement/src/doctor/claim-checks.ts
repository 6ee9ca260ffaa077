import { asTimeMs } from "../token/claim-mapping.ts";
import { issuedSeconds } from "./auth-time.ts";
import type { ClaimReading } from "./claim-reading.ts";
import { share, verdictOfShare, type Finding } from "./finding.ts";
import type { TokenSample } from "./token-sample.ts";

const dayMs = 86_400_000;

/** The rest of what tokens say: who they are for, the password's time, how long they live. */
export function claimChecks(
  all: readonly TokenSample[],
  people: readonly TokenSample[],
  reading: ClaimReading,
): readonly Finding[] {
  return [machines(all, people), passwordSetAt(people, reading), ...lifetime(people)];
}

function machines(all: readonly TokenSample[], people: readonly TokenSample[]): Finding {
  const count = all.length - people.length;
  return {
    check: "people",
    verdict: people.length === 0 ? "unknown" : "works",
    measures: people.length === 0 ? ["reauthenticate"] : [],
    text:
      `${share(people.length, all.length)} tokens are of people` +
      (count === 0 ? "" : `; ${count} are of machines, which nobody signs in for`),
    evidence: { tokens: all.length, people: people.length, machines: count },
    change:
      people.length === 0
        ? "give access tokens of people"
        : count === 0
          ? null
          : "a `reauthenticate` reaches keys and machines by when they were created: give that as `authTime`",
  };
}

function passwordSetAt(people: readonly TokenSample[], reading: ClaimReading): Finding {
  const values = people.map(({ claims }) => reading.value(claims, "passwordSetAt"));
  const present = values.filter((value) => value !== undefined).length;
  const good = values.filter((value) => asTimeMs(value) !== null).length;
  const verdict = verdictOfShare(good, people.length);
  return {
    check: "password-set-at",
    verdict,
    measures: ["change_password"],
    text:
      `${share(good, people.length)} tokens say when the password was set` +
      (present === good ? "" : `; ${present - good} say it in no time that can be read`),
    evidence: { tokens: people.length, present, good },
    change:
      verdict === "works"
        ? null
        : "add a claim with that time, or let the service look it up for the gate; without it a rule on passwords never ends",
  };
}

function lifetime(people: readonly TokenSample[]): readonly Finding[] {
  const lives = people
    .flatMap((sample) => {
      const issued = issuedSeconds(sample);
      const { exp } = sample.claims;
      return typeof exp === "number" && issued !== null ? [exp - issued] : [];
    })
    .sort((a, b) => a - b);
  const median = lives[Math.floor(lives.length / 2)];
  const longest = lives.at(-1);
  if (median === undefined || longest === undefined) {
    return [
      {
        check: "token-lifetime",
        verdict: "works",
        measures: [],
        text: "no token says how long it lives (`iat` and `exp`)",
        evidence: { tokens: people.length, known: 0 },
        change: "tokens without an end: whatever is behind no gate is reached by no recall",
      },
    ];
  }
  return [
    {
      check: "token-lifetime",
      verdict: "works",
      measures: [],
      text: `tokens live ${duration(median)} (median), ${duration(longest)} at most: so long an old token says the old password, version and sign-in`,
      evidence: {
        tokens: people.length,
        known: lives.length,
        medianSeconds: median,
        longestSeconds: longest,
      },
      change:
        longest * 1000 > dayMs
          ? "shorten them, or make sure that apps fetch a new token after a denial: a rollout shorter than their life meets tokens that say what was"
          : null,
    },
  ];
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
