import { describe, expect, test } from "vitest";
import { approvalsNeeded, commandRoles, decide, roles, systemOperator, type Role } from "@cordon/response";
import { drafted, everybody, governed, hourMs, publish, reauth, rules, running, terms } from "./governed.ts";
import { refusal } from "./run.ts";

describe("approvals by blast radius", () => {
  test.each([
    ["plan", 1, 1],
    ["plan", 100, 1],
    ["plan", 101, 2],
    ["plan", null, 2],
    ["extension", 5, 1],
    ["lift", 1, 2],
  ] as const)("a %s that reaches %s accounts needs %s", (act, reach, needed) => {
    expect(approvalsNeeded(act, reach, rules)).toBe(needed);
  });

  test("one person's yes puts in force what reaches one account, two are needed over the limit", () => {
    const small = drafted(null);
    small.ask(1);
    small.approve("ann");
    expect(small.plan().phase).toBe("approved");
    const large = drafted(null);
    large.ask(5000);
    large.approve("ann");
    expect(large.plan().phase).toBe("drafted");
    large.approve("abe");
    expect(large.plan().phase).toBe("approved");
  });

  test("a measure for everybody can't be counted as one for few", () => {
    const run = drafted(null, [{ id: "all", measure: "reauthenticate" }]);
    expect(refusal(() => run.ask(1)).code).toBe("ERR_TERMS");
    run.ask(null);
  });
});

describe("an approval", () => {
  test("is refused to whoever drafted, edited or asked, whatever further roles they have", () => {
    const run = governed();
    run.do("omni", { kind: "draft-plan", planId: "p", measures: [reauth] });
    run.do("rita", { kind: "edit-plan", planId: "p", measures: [reauth], terms: null });
    run.ask();
    for (const person of ["omni", "rita"])
      expect(refusal(() => { run.approve(person); }).code).toBe("ERR_OWN_APPROVAL"); // prettier-ignore
    run.roles.set("rob", ["responder", "approver", "administrator"]);
    expect(refusal(() => { run.approve("rob"); }).code).toBe("ERR_OWN_APPROVAL"); // prettier-ignore
  });

  test("counts once however often one person gives it", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    expect(refusal(() => { run.approve("ann"); }).code).toBe("ERR_APPROVAL_REPEATED"); // prettier-ignore
  });

  test("given before an edit is void, and replayed after it refused", () => {
    const run = drafted();
    const before = run.ask();
    run.approve("ann");
    run.do("rob", {
      kind: "edit-plan",
      planId: "p",
      measures: [{ id: "reauth", measure: "reauthenticate" }],
      terms,
    });
    expect(refusal(() => { run.approve("abe", "p", before); }).code).toBe("ERR_NOT_ASKED"); // prettier-ignore
    const after = run.ask();
    expect(after).not.toBe(before);
    expect(refusal(() => { run.approve("abe", "p", before); }).code).toBe("ERR_APPROVAL_STALE"); // prettier-ignore
    run.approve("abe");
    expect(run.plan().run?.phase).toBe("proposed");
  });

  test("is void too when the same plan is edited back to what it was", () => {
    const run = drafted();
    const before = run.ask();
    run.approve("ann");
    run.do("rob", { kind: "edit-plan", planId: "p", measures: [reauth], terms });
    expect(run.ask()).not.toBe(before);
    expect(run.plan().asked?.approvals).toEqual([]);
  });

  test("that was granted and edited before the start is void", () => {
    const run = drafted();
    run.ask(1);
    run.approve("ann");
    run.do("rob", { kind: "edit-plan", planId: "p", measures: [reauth], terms });
    expect(run.plan()).toMatchObject({ approved: null, run: { phase: "draft" } });
    expect(refusal(() => run.do("rob", { kind: "start-run", planId: "p" })).code).toBe("ERR_RUN_STATE");
  });

  test("expires, also between the last of them and the start, and may then be given again", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    run.nowMs += rules.approvalLastsMs - 10_000;
    run.rules = { ...rules, directoryAgeMaxMs: 7 * 24 * hourMs };
    run.approve("abe");
    expect(run.plan().run?.phase).toBe("approved");
    run.nowMs += 20_000;
    expect(refusal(() => run.do("rob", { kind: "start-run", planId: "p" })).code).toBe(
      "ERR_APPROVALS_MISSING",
    );
    run.approve("ann");
    run.do("rob", { kind: "start-run", planId: "p" });
  });

  test("of somebody who is no approver any more no longer counts", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    run.roles.set("ann", ["viewer"]);
    run.approve("abe");
    expect(run.plan().run?.phase).toBe("proposed");
    run.approve("rita");
    run.roles.set("rita", []);
    expect(refusal(() => run.do("rob", { kind: "start-run", planId: "p" })).code).toBe(
      "ERR_APPROVALS_MISSING",
    );
  });

  test("is blocked by any decline until the plan is edited", () => {
    const run = drafted();
    const digest = run.ask();
    run.approve("ann");
    run.do("rita", { kind: "decline-approval", planId: "p", digest, because: "wrong market" });
    const declined = refusal(() => { run.approve("abe"); }); // prettier-ignore
    expect(declined.code).toBe("ERR_DECLINED");
    expect(declined.message).toContain("wrong market");
    expect(refusal(() => run.ask()).code).toBe("ERR_DECLINED");
    const alone = { kind: "break-glass", planId: "p", digest, because: "now" } as const;
    expect(refusal(() => run.do("rob", alone)).code).toBe("ERR_DECLINED");
    run.do("rob", { kind: "edit-plan", planId: "p", measures: [reauth], terms });
    run.ask();
    run.approve("abe");
    run.approve("ann");
    expect(run.plan().run?.phase).toBe("approved");
  });

  test.each([
    ["the rules allow", terms, 25 * hourMs],
    ["the plan allows", { ...terms, directoryAgeMaxMs: hourMs }, 2 * hourMs],
  ])("is refused on a directory older than %s", (_, planTerms, ageMs) => {
    const run = drafted(planTerms);
    run.ask();
    run.nowMs += ageMs;
    expect(refusal(() => { run.approve("ann"); }).code).toBe("ERR_DIRECTORY_OLD"); // prettier-ignore
    run.ask();
    run.approve("ann");
  });

  test("can't be asked for on a directory from the future", () => {
    const run = drafted();
    const ask = { kind: "ask-approval", act: "plan", planId: "p", reachAccounts: 5 } as const;
    expect(refusal(() => run.do("rob", { ...ask, directoryAsOf: run.asOf(-hourMs) })).code).toBe(
      "ERR_DIRECTORY_OLD",
    );
  });

  test("keeps the signature that it came with", () => {
    const run = drafted();
    const digest = run.ask();
    const signature = { keyId: "ann-1", bundleSha256: "0".repeat(64), value: "AA==" };
    run.do("ann", { kind: "give-approval", planId: "p", digest, signature });
    expect(run.plan().asked?.approvals[0]?.signature).toEqual(signature);
  });
});

describe("lifting", () => {
  test("needs two people besides whoever asks, however few it reaches", () => {
    const run = drafted(null);
    run.ask(1);
    run.approve("ann");
    publish(run);
    run.do("rita", { kind: "ask-approval", act: "lift", planId: "p", because: "over" });
    expect(refusal(() => { run.approve("rita"); }).code).toBe("ERR_OWN_APPROVAL"); // prettier-ignore
    run.approve("ann");
    expect(run.plan().phase).toBe("lift-proposed");
    run.approve("abe");
    expect(run.plan().phase).toBe("lift-approved");
    publish(run);
    expect(run.plan().phase).toBe("lifted");
  });

  test("that was declined leaves the measure in force, and can be asked for anew", () => {
    const run = drafted(null);
    run.ask(1);
    run.approve("ann");
    publish(run);
    const lift = { kind: "ask-approval", act: "lift", planId: "p", because: "over" } as const;
    run.do("rob", lift);
    const digest = run.digest();
    run.do("ann", { kind: "decline-approval", planId: "p", digest, because: "too early" });
    expect(run.plan().phase).toBe("in-force");
    run.do("rob", lift);
    expect(run.digest()).not.toBe(digest);
  });

  test("rolls back a run that is under way", () => {
    const run = running();
    run.do("rob", { kind: "ask-approval", act: "lift", planId: "p", because: "it hurts" });
    run.approve("ann");
    run.approve("abe");
    expect(run.plan().run?.phase).toBe("rolled-back");
    expect(refusal(() => run.do("rob", { kind: "pause-run", planId: "p", because: "x" })).code).toBe(
      "ERR_RUN_STATE",
    );
  });

  test("is never done by breaking the glass", () => {
    const run = running();
    run.do("rob", { kind: "ask-approval", act: "lift", planId: "p", because: "let me in" });
    const alone = { kind: "break-glass", planId: "p", digest: run.digest(), because: "let me in" } as const;
    expect(refusal(() => run.do("rob", alone)).code).toBe("ERR_BREAK_GLASS");
  });
});

describe("breaking the glass", () => {
  const broken = () => {
    const run = drafted();
    const digest = run.ask();
    run.do("rob", { kind: "break-glass", planId: "p", digest, because: "nobody answers" });
    return { run, digest };
  };

  test("needs a reason, says what was missing, and still begins with the canary", () => {
    const run = drafted();
    const digest = run.ask();
    const blank = { kind: "break-glass", planId: "p", digest, because: "  " } as const;
    expect(refusal(() => run.do("rob", blank)).code).toBe("ERR_TEXT");
    const [event] = run.do("rob", { ...blank, because: "nobody answers" });
    expect(event).toMatchObject({
      type: "glass-broken",
      data: { by: "rob", because: "nobody answers", approvalsHad: 0, approvalsNeeded: 2 },
    });
    run.do("rob", { kind: "start-run", planId: "p" });
    expect(run.plan().run?.phase).toBe("canary");
  });

  test("must be reviewed by somebody else before the all clear", () => {
    const { run, digest } = broken();
    const review = { kind: "review-break-glass", digest, justified: true, because: "right" } as const;
    run.roles.set("rob", ["responder", "approver"]);
    expect(refusal(() => run.do("rob", review)).code).toBe("ERR_OWN_APPROVAL");
    run.do("ines", { kind: "move-incident", to: "investigating", because: "x" });
    run.do("rob", { kind: "move-incident", to: "contained", because: "x" });
    run.do("rob", { kind: "move-incident", to: "recovering", because: "x" });
    const clear = () => run.do("ann", { kind: "give-all-clear" });
    expect(refusal(clear).message).toContain("nobody has reviewed it");
    run.do("abe", review);
    expect(refusal(clear).message).not.toContain("nobody has reviewed it");
    expect(refusal(() => run.do("ann", review)).code).toBe("ERR_BREAK_GLASS");
  });

  test("does not outlast a decline before the start", () => {
    const { run, digest } = broken();
    run.do("ann", { kind: "decline-approval", planId: "p", digest, because: "it is a drill" });
    expect(refusal(() => run.do("rob", { kind: "start-run", planId: "p" })).code).toBe("ERR_DECLINED");
  });

  test("covers what was read and nothing that was edited since", () => {
    const { run } = broken();
    run.do("rob", { kind: "edit-plan", planId: "p", measures: [reauth], terms });
    run.ask();
    run.approve("ann");
    expect(refusal(() => run.do("rob", { kind: "start-run", planId: "p" })).code).toBe("ERR_RUN_STATE");
  });
});

describe("roles", () => {
  test("every command is refused to whoever has none of its roles", () => {
    const run = governed();
    for (const [kind, needed] of Object.entries(commandRoles)) {
      const without = roles.filter((role) => !needed.includes(role));
      run.roles.set("x", without);
      const command = { kind } as unknown as Parameters<typeof decide>[1];
      expect(refusal(() => run.do("x", command)).code).toBe("ERR_ROLE");
    }
  });

  test("administrators can neither draft nor approve nor give themselves a role", () => {
    const run = drafted();
    run.ask();
    expect(refusal(() => { run.approve("adam"); }).code).toBe("ERR_ROLE"); // prettier-ignore
    const own = { kind: "grant-role", person: "adam", role: "approver" } as const;
    expect(refusal(() => run.do("adam", own)).code).toBe("ERR_OWN_APPROVAL");
  });

  test("granted in the incident hold there, until they are revoked", () => {
    const run = drafted();
    run.ask();
    expect(refusal(() => { run.approve("vic"); }).code).toBe("ERR_ROLE"); // prettier-ignore
    run.do("adam", { kind: "grant-role", person: "vic", role: "approver" });
    run.approve("vic");
    run.do("adam", { kind: "revoke-role", person: "vic", role: "approver" });
    run.approve("ann");
    expect(run.plan().run?.phase).toBe("proposed");
  });

  test("the workers' name is nobody's, whatever a directory says", () => {
    const run = drafted();
    const digest = run.ask();
    run.roles.set(systemOperator, [...roles]);
    const approval = { kind: "give-approval", planId: "p", digest } as const;
    expect(refusal(() => run.do(systemOperator, approval)).code).toBe("ERR_ROLE");
    const grant = { kind: "grant-role", person: systemOperator, role: "approver" } as const;
    expect(refusal(() => run.do("adam", grant)).code).toBe("ERR_ROLE_STATE");
  });

  test("a token that is limited to some roles counts for no other, granted or not", () => {
    const run = drafted();
    const digest = run.ask();
    run.do("adam", { kind: "grant-role", person: "rob", role: "approver" });
    const context = { nowMs: run.nowMs, takenMeasures: run.taken, roles: run.roles };
    const give = { kind: "give-approval", planId: "p", digest } as const;
    for (const operator of ["ann", "rob"])
      expect(
        refusal(() => decide(run.incident, give, { ...context, operator, scope: ["responder", "viewer"] }))
          .code,
      ).toBe("ERR_ROLE");
    expect(decide(run.incident, give, { ...context, operator: "ann", scope: ["approver"] })).toHaveLength(1);
  });

  test("whoever has no role may do nothing that needs one", () => {
    const nobody: ReadonlyMap<string, readonly Role[]> = new Map();
    const context = { operator: "x", nowMs: 0, takenMeasures: new Map<string, string>(), roles: nobody };
    const open = { kind: "open-incident", incidentId: "i", title: "t" } as const;
    expect(refusal(() => decide(null, open, context)).code).toBe("ERR_ROLE");
    expect(decide(null, open, { ...context, roles: everybody, operator: "rob" })).toHaveLength(1);
  });
});
