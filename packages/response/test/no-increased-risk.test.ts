import { describe, expect, test } from "vitest";
import { falloutOf } from "@cordon/response";
import { answer } from "./answers.ts";
import { governed, type GovernedRun } from "./governed.ts";
import { claim, record, refusal, sender } from "./run.ts";

const statement = "We are not aware of any increased risk to users as a result of this incident.";

/** A claim `claim-a`, made by ines. */
function claimed(): GovernedRun {
  const run = governed();
  run.roles.set("author", ["investigator", "responder"]);
  record(run, answer("a"));
  claim(run, answer("a"));
  return run;
}

function stated(): { run: GovernedRun; digest: string } {
  const run = claimed();
  run.do("rob", {
    kind: "state-no-increased-risk",
    decisionId: "d",
    statement,
    because: "one account, no credentials",
    claimIds: ["claim-a"],
  });
  return { run, digest: run.state().riskDecisions[0]?.digest ?? "" };
}

function signed(): GovernedRun {
  const { run, digest } = stated();
  run.do("ann", { kind: "sign-no-increased-risk", decisionId: "d", digest, name: "Ada Lovelace" });
  return run;
}

describe("no increased risk", () => {
  test("is told only once somebody else has signed it, under their name", () => {
    const { run, digest } = stated();
    expect(run.state().decisions).toEqual([]);
    run.roles.set("rob", ["responder", "approver"]);
    run.roles.set("author", ["approver"]);
    const sign = { kind: "sign-no-increased-risk", decisionId: "d", digest, name: "Ada Lovelace" } as const;
    expect(refusal(() => run.do("rob", sign)).code).toBe("ERR_OWN_APPROVAL");
    // Who made the claim that it rests on would vouch for their own word.
    expect(refusal(() => run.do("author", sign)).code).toBe("ERR_OWN_APPROVAL");
    expect(refusal(() => run.do("ines", sign)).code).toBe("ERR_ROLE");
    expect(refusal(() => run.do("ann", { ...sign, digest: "sha256:other" })).code).toBe("ERR_APPROVAL_STALE");
    run.do("ann", sign);
    expect(refusal(() => run.do("abe", sign)).code).toBe("ERR_RISK");
    expect(run.state().decisions).toMatchObject([{ statement, name: "Ada Lovelace", by: "ann" }]);
  });

  test("rests on claims that hold, or is refused", () => {
    const run = claimed();
    const state = { kind: "state-no-increased-risk", decisionId: "d", statement, because: "b" } as const;
    expect(refusal(() => run.do("rob", { ...state, claimIds: [] })).code).toBe("ERR_NO_CLAIM");
    expect(refusal(() => run.do("rob", { ...state, claimIds: ["x"] })).code).toBe("ERR_CLAIM_DOES_NOT_HOLD");
    record(run, answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] }));
    expect(refusal(() => run.do("rob", { ...state, claimIds: ["claim-a"] })).code).toBe(
      "ERR_CLAIM_DOES_NOT_HOLD",
    );
  });

  test("can't be signed when its claim has fallen since", () => {
    const { run, digest } = stated();
    record(run, answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] }));
    const sign = { kind: "sign-no-increased-risk", decisionId: "d", digest, name: "A" } as const;
    expect(refusal(() => run.do("ann", sign)).code).toBe("ERR_CLAIM_DOES_NOT_HOLD");
  });

  test("is no longer told when its claim has fallen, nor when another stands in its place", () => {
    const run = signed();
    const facts = () => {
      const [event] = run.do("rob", { kind: "draft-notice", noticeId: `n${run.events.length}`, sender });
      return event?.type === "notice-drafted" ? event.data.factSheet.decisions : null;
    };
    expect(facts()).toHaveLength(1);
    const later = answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] });
    record(run, later);
    claim(run, later);
    expect(facts()).toEqual([]);
  });
});

describe("a later answer that contradicts a claim", () => {
  const sent = () => {
    const run = signed();
    run.do("rob", { kind: "draft-notice", noticeId: "n", sender });
    run.do("ann", { kind: "approve-notice", noticeId: "n" });
    const none = { delivered: 1, failed: 0, unknown: 0 };
    run.do("cordon", { kind: "complete-notice", noticeId: "n", affected: none, everybodyElse: none });
    const cohort = { answer: answer("a").answerDigest };
    const measures = [{ id: "newpw", measure: "change_password", cohort } as const];
    run.do("rob", { kind: "draft-plan", planId: "p", measures });
    return run;
  };

  test("flags the claim and everything sent, signed and planned on it", () => {
    const run = sent();
    expect(falloutOf(run.state())).toEqual([]);
    const later = answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] });
    record(run, later);
    expect(falloutOf(run.state())).toEqual([
      {
        claimId: "claim-a",
        because: "it was said that exactly 1 are concerned, a later answer says exactly 2",
        contradictedBy: later.answerDigest,
        notices: [{ noticeId: "n", phase: "sent" }],
        riskDecisions: ["d"],
        measures: [{ planId: "p", measureId: "newpw" }],
      },
    ]);
  });

  test("keeps the all clear from being given while the last notice says what fell", () => {
    const run = sent();
    for (const to of ["investigating", "contained", "recovering"] as const)
      run.do("rob", { kind: "move-incident", to, because: "x" });
    record(run, answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] }));
    expect(refusal(() => run.do("abe", { kind: "give-all-clear" })).message).toContain(
      "decision `d` was told, but claim `claim-a` no longer holds",
    );
  });

  test.each([
    ["a range that widens upward", { atLeast: 2, atMost: 9 }, { atLeast: 2, atMost: 10 }, true],
    ["a range that widens downward", { atLeast: 2, atMost: 9 }, { atLeast: 1, atMost: 9 }, true],
    ["a range that narrows", { atLeast: 2, atMost: 9 }, { atLeast: 3, atMost: 8 }, false],
    ["a range that moves up and overlaps", { atLeast: 2, atMost: 9 }, { atLeast: 5, atMost: 12 }, true],
    ["a class from unknown to accessed", { unknown: ["user.payment"], notAccessed: [] }, { accessed: ["user.name", "user.payment"], notAccessed: [] }, false], // prettier-ignore
    ["a class from unknown to not accessed", { unknown: ["user.payment"], notAccessed: [] }, {}, false],
    ["a class from not accessed to unknown", {}, { notAccessed: [], unknown: ["user.payment"] }, true],
    ["a class from not accessed to accessed", {}, { notAccessed: [], accessed: ["user.name", "user.payment"] }, true], // prettier-ignore
    ["a class from accessed to not accessed", {}, { accessed: [], notAccessed: ["user.name", "user.payment"] }, true], // prettier-ignore
    ["a class from accessed to unknown", {}, { accessed: [], unknown: ["user.name"] }, true],
    ["a class of which nothing was said, accessed", {}, { accessed: ["user.name", "user.contact"] }, true],
    ["a class of which nothing was said, unknown", {}, { unknown: ["user.contact"] }, true],
    ["a class of which nothing was said, not accessed", {}, { notAccessed: ["user.payment", "user.contact"] }, false], // prettier-ignore
    ["a child of a class that was unknown", { unknown: ["user.contact"] }, { unknown: ["user.contact.email"] }, false], // prettier-ignore
  ])("finds %s", (_, before, after, falls) => {
    const run = governed();
    run.roles.set("author", ["investigator"]);
    record(run, answer("a", before));
    claim(run, answer("a", before));
    record(run, answer("b", after));
    expect(run.state().claims[0]?.contradicted !== null).toBe(falls);
  });
});
