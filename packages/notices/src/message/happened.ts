import type { Cause, ClaimFact, NoticeFacts, PeopleFact, StepDone } from "../facts/notice-facts.ts";
import type { MessageKey } from "../locales/messages.ts";
import { say, type Statement } from "./statement.ts";

// What is told to everybody in the same words: people, press, authority and public page alike.

type MergedClaim = Omit<ClaimFact, "answerDigest">;

export function discovered({ service, discoveredAt }: NoticeFacts): Statement {
  return discoveredAt === null
    ? say("discoveredAt", "discovered", { service: { text: service } })
    : say("discoveredAt", "discoveredAt", { service: { text: service }, at: { at: discoveredAt } });
}

const causeKeys = {
  stolen_credentials: "causeStolenCredentials",
  phishing: "causePhishing",
  vulnerability: "causeVulnerability",
  misconfiguration: "causeMisconfiguration",
  insider: "causeInsider",
  third_party: "causeThirdParty",
  under_investigation: "causeUnderInvestigation",
} as const satisfies Record<Cause, MessageKey>;

export function causeOf({ cause }: NoticeFacts): Statement[] {
  return cause === null ? [] : [say("cause", causeKeys[cause], {})];
}

const doneKeys = {
  access_closed: "doneAccessClosed",
  credentials_revoked: "doneCredentialsRevoked",
  systems_strengthened: "doneSystemsStrengthened",
  experts_engaged: "doneExpertsEngaged",
  authority_informed: "doneAuthorityInformed",
  police_informed: "donePoliceInformed",
  more_will_follow: "doneMoreWillFollow",
} as const satisfies Record<StepDone, MessageKey>;

export function doneSteps({ done }: NoticeFacts): Statement[] {
  return done.map((step) => say("done", doneKeys[step], {}));
}

export function looked({ window }: MergedClaim): Statement {
  return say("window", "looked", { from: { at: window.from }, to: { at: window.to } });
}

export function people({ kind, atLeast, atMost }: PeopleFact): Statement {
  if (atMost === 0) return say("people", "peopleNone", {});
  if (kind === "exactly") return say("people", "peopleExactly", { count: { count: atLeast } });
  if (atLeast === 0) return say("people", "peopleNotRuledOut", { atMost: { count: atMost } });
  return say("people", "peopleBetween", { atLeast: { count: atLeast }, atMost: { count: atMost } });
}

export function whyNoExactNumber({ coverageComplete }: MergedClaim): Statement {
  return say("coverage", coverageComplete ? "rangeBecauseOfCounts" : "rangeBecauseOfGap", {});
}

/** Why it is so, what it rests on and who answers for the rest, after the number of people. */
export function groundsOf(claim: MergedClaim, facts: NoticeFacts): Statement[] {
  const said: Statement[] = [];
  if (claim.assumptions.length > 0) {
    said.push(say("assumptions", "assumptions", { list: { assumptions: claim.assumptions } }));
  }
  for (const { name } of facts.judgements) {
    said.push(say("no-increased-risk", "noIncreasedRisk", { name: { text: name } }));
  }
  return said;
}

/** Which classes were accessed, which were not, and of which it is not known: of the incident, not of one account. */
export function dataOf(claim: MergedClaim): Statement[] {
  const { accessed, notAccessed, unknown } = claim.dataClasses;
  const data: Statement[] = [];
  if (accessed.length > 0) {
    const one = claim.people.kind === "exactly" && claim.people.atMost === 1;
    data.push(say("accessed", one ? "accessed" : "accessedByAll", { list: { classes: accessed } }));
  } else if (claim.people.atMost > 0) {
    data.push(say("accessed", "accessedNothing", {}));
  }
  data.push(...notAccessedOf(notAccessed), ...unknownOf(unknown));
  if (claim.effects.write > 0) data.push(say("effects", "changedSome", {}));
  if (claim.effects.delete > 0) data.push(say("effects", "deletedSome", {}));
  return [...data, ...accessTimes(claim)];
}

export function notAccessedOf(classes: ClaimFact["dataClasses"]["notAccessed"]): Statement[] {
  return classes.length === 0 ? [] : [say("notAccessed", "notAccessed", { list: { classes } })];
}

export function unknownOf(classes: ClaimFact["dataClasses"]["unknown"]): Statement[] {
  return classes.length === 0 ? [] : [say("unknown", "unknownClasses", { list: { classes } })];
}

export function accessTimes({ firstAccess, lastAccess }: MergedClaim): Statement[] {
  if (firstAccess === null || lastAccess === null) return [];
  return firstAccess === lastAccess
    ? [say("access-times", "accessTime", { at: { at: firstAccess } })]
    : [say("access-times", "accessTimes", { first: { at: firstAccess }, last: { at: lastAccess } })];
}
