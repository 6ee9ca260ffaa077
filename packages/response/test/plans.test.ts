import { describe, expect, test } from "vitest";
import type { Measure } from "@cordon/response";
import { answer } from "./answers.ts";
import { agree, ask, claim, digestOf, inForce, opened, record, recovering, refusal, sender } from "./run.ts";

const reauth: Measure = { id: "reauth", measure: "reauthenticate", cohort: { everyone: true } };

describe("a plan", () => {
  test("is approved by two people who had no hand in it", () => {
    const run = opened();
    run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] });
    ask(run);
    const approval = { kind: "give-approval", planId: "p", digest: digestOf(run) } as const;
    expect(refusal(() => run.do("author", approval)).code).toBe("ERR_OWN_APPROVAL");
    run.do("approver", approval);
    expect(run.state().plans[0]?.phase).toBe("drafted");
    run.do("second", approval);
    expect(run.state().plans[0]?.phase).toBe("approved");
  });

  test("is lifted with two more people only", () => {
    const run = opened();
    run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] });
    agree(run);
    expect(refusal(() => ask(run, "lift")).code).toBe("ERR_PLAN_STATE");
    inForce(run, 1, ["p"]);
    ask(run, "lift", "p", "approver");
    const approval = { kind: "give-approval", planId: "p", digest: digestOf(run) } as const;
    expect(refusal(() => run.do("approver", approval)).code).toBe("ERR_OWN_APPROVAL");
    for (const person of ["author", "second"]) run.do(person, approval);
    inForce(run, 2, [], ["p"]);
    expect(run.state().plans[0]).toMatchObject({ phase: "lifted", liftedInBundle: 2 });
  });

  test("never makes exposed sessions wait for a wave", () => {
    const measure: Measure = { ...reauth, because: "exposure", rollout: { over: "72h", waves: 24 } };
    expect(
      refusal(() => opened().do("author", { kind: "draft-plan", planId: "p", measures: [measure] })).code,
    ).toBe("ERR_MEASURE_EXPOSURE_WAITS");
  });

  test("can't take the id of a measure that another plan ever put in force, for its waves hang on it", () => {
    const run = opened();
    run.taken.set("reauth", "old");
    expect(
      refusal(() => run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] })).code,
    ).toBe("ERR_MEASURE_TAKEN");
    run.taken.clear();
    run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] });
    run.taken.set("reauth", "meanwhile");
    expect(refusal(() => ask(run)).code).toBe("ERR_MEASURE_TAKEN");
  });

  test("can't be for the accounts of an answer that the incident does not have", () => {
    const measure: Measure = {
      ...reauth,
      cohort: { union: [{ accounts: ["u-1"] }, { minus: [{ everyone: true }, { answer: "sha256:x" }] }] },
    };
    expect(
      refusal(() => opened().do("author", { kind: "draft-plan", planId: "p", measures: [measure] })).code,
    ).toBe("ERR_ANSWER_UNKNOWN");
  });
});

describe("a notice", () => {
  test("is approved by a second person only, and only while it says what would be said now", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    expect(refusal(() => run.do("author", { kind: "approve-notice", noticeId: "n" })).code).toBe(
      "ERR_OWN_APPROVAL",
    );
    run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] });
    agree(run);
    inForce(run, 1, ["p"]);
    expect(refusal(() => run.do("approver", { kind: "approve-notice", noticeId: "n" })).code).toBe(
      "ERR_NOTICE_OUTDATED",
    );
    run.do("author", { kind: "draft-notice", noticeId: "m", sender });
    run.do("approver", { kind: "approve-notice", noticeId: "m" });
    expect(run.state().notices.map((notice) => notice.phase)).toEqual(["drafted", "approved"]);
  });

  test("says what nobody is asked to do", () => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    run.do("author", { kind: "draft-plan", planId: "p", measures: [reauth] });
    agree(run);
    inForce(run, 1, ["p"]);
    const [drafted] = run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    expect(drafted).toMatchObject({
      data: { factSheet: { notNeeded: ["change_password", "upgrade", "download_again"] } },
    });
  });

  test.each<[string, Measure, string]>([
    ["everybody", reauth, "everyone"],
    [
      "the accounts that a claim names",
      { ...reauth, cohort: { answer: answer("a").answerDigest } },
      "affected",
    ],
    ["a cohort", { ...reauth, cohort: { directory: { market: "SE" } } }, "certain"],
    [
      "one store's clients, which a message to all can't tell apart",
      { id: "x", measure: "redownload", epoch: 2, where: { store: "google-play" } },
      "certain",
    ],
  ])("tells a measure for %s as one", (_, measure, concerns) => {
    const run = opened();
    record(run, answer("a"));
    claim(run, answer("a"));
    run.do("author", { kind: "draft-plan", planId: "p", measures: [measure] });
    agree(run);
    inForce(run, 1, ["p"]);
    const [drafted] = run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    expect(drafted).toMatchObject({ data: { factSheet: { measures: [{ concerns }] } } });
  });

  test("holds nobody's account id in its fact sheet", () => {
    const run = opened();
    const secret = answer("a", { accountIds: ["u-secret-3141"] });
    record(run, secret);
    claim(run, secret);
    const [drafted] = run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    if (drafted?.type !== "notice-drafted") throw new Error("no notice");
    expect(JSON.stringify(drafted.data.factSheet)).not.toContain("u-secret");
  });
});

describe("the all clear", () => {
  test("is refused while waves are still to open, and says until when", () => {
    const run = opened();
    recovering(run);
    const staged: Measure = { ...reauth, rollout: { over: "72h", waves: 24 } };
    run.do("author", { kind: "draft-plan", planId: "p", measures: [staged] });
    agree(run);
    inForce(run, 1, ["p"]);
    // from 2014-05-27T12:00Z, wave 23 of 24 opens 69 h later.
    expect(refusal(() => run.do("author", { kind: "give-all-clear" })).message).toContain(
      "2014-05-30T09:00:00.000Z",
    );
    run.nowMs = Date.parse("2014-05-30T09:00:00Z");
    expect(refusal(() => run.do("author", { kind: "give-all-clear" })).message).not.toContain("reauth");
  });

  test("is refused until everybody has been told", () => {
    const run = opened();
    recovering(run);
    record(run, answer("a"));
    claim(run, answer("a"));
    expect(refusal(() => run.do("author", { kind: "give-all-clear" })).message).toBe(
      "nobody has been told yet",
    );
    run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    run.do("approver", { kind: "approve-notice", noticeId: "n" });
    expect(refusal(() => run.do("author", { kind: "give-all-clear" })).message).toContain("still being sent");
    const none = { delivered: 0, failed: 0, unknown: 0 };
    run.do("cordon", { kind: "complete-notice", noticeId: "n", affected: none, everybodyElse: none });
    run.do("author", { kind: "give-all-clear" });
    expect(
      refusal(() => run.do("author", { kind: "make-claim", claimId: "c", answerDigest: "x" })).code,
    ).toBe("ERR_INCIDENT_CLOSED");
  });

  test("is refused when a notice was stopped and nothing was sent in its place", () => {
    const run = opened();
    recovering(run);
    record(run, answer("a"));
    claim(run, answer("a"));
    run.do("author", { kind: "draft-notice", noticeId: "n", sender });
    run.do("approver", { kind: "approve-notice", noticeId: "n" });
    run.do("cordon", { kind: "stop-notice", noticeId: "n", because: "x" });
    expect(refusal(() => run.do("author", { kind: "give-all-clear" })).message).toContain("was stopped");
  });
});
