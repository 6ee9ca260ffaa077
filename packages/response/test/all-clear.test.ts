import { describe, expect, test } from "vitest";
import { judgeAllClear, type AllClearCriteria, type AllClearObservations } from "@cordon/response";
import { answer } from "./answers.ts";
import { governed, hourMs, publish, type GovernedRun } from "./governed.ts";
import { claim, record, refusal, sender } from "./run.ts";

const criteria: AllClearCriteria = {
  metShareAtLeast: 0.9,
  quietForMs: 24 * hourMs,
  pointsBehindMax: 0,
  limits: [{ rate: "5xx", atMost: 1, silenceMs: 60_000 }],
};

function recovering(): GovernedRun {
  const run = governed();
  run.roles.set("author", ["investigator", "responder"]);
  record(run, answer("a"));
  claim(run, answer("a"));
  for (const to of ["investigating", "contained", "recovering"] as const)
    run.do("rob", { kind: "move-incident", to, because: "x" });
  const cohort = { accounts: ["u-1"] };
  run.do("rob", {
    kind: "draft-plan",
    planId: "p",
    measures: [{ id: "newpw", measure: "change_password", cohort }],
  });
  run.ask(1);
  run.approve("ann");
  publish(run);
  run.do("rob", { kind: "draft-notice", noticeId: "n", sender });
  run.do("ann", { kind: "approve-notice", noticeId: "n" });
  const none = { delivered: 1, failed: 0, unknown: 0 };
  run.do("cordon", { kind: "complete-notice", noticeId: "n", affected: none, everybodyElse: none });
  return run;
}

function seen(run: GovernedRun, change: Partial<AllClearObservations> = {}): AllClearObservations {
  return {
    measures: [{ measureId: "newpw", people: 10, met: 9 }],
    lastSuspectAtMs: run.nowMs - 24 * hourMs,
    pointsBehind: 0,
    samples: [{ rate: "5xx", value: 1, atMs: run.nowMs }],
    ...change,
  };
}

describe("the all clear by its criteria", () => {
  test("is given when each holds, and says the figures", () => {
    const run = recovering();
    const { isClear, findings } = judgeAllClear(run.state(), criteria, seen(run), run.nowMs);
    expect(isClear).toBe(true);
    expect(findings.map((one) => one.criterion)).toEqual(["finished", "met", "quiet", "points", "rates"]);
    expect(findings[1]?.because).toBe("9 of 10 have met `newpw`");
  });

  test.each<[string, (run: GovernedRun) => Partial<AllClearObservations>]>([
    ["met", () => ({ measures: [{ measureId: "newpw", people: 10, met: 8 }] })],
    ["met", () => ({ measures: [] })],
    ["met", () => ({ measures: [{ measureId: "newpw", people: 10, met: 11 }] })],
    ["met", () => ({ measures: [{ measureId: "newpw", people: 10, met: NaN }] })],
    ["quiet", (run) => ({ lastSuspectAtMs: run.nowMs - 24 * hourMs + 1 })],
    ["quiet", () => ({ lastSuspectAtMs: null })],
    ["points", () => ({ pointsBehind: 1 })],
    ["points", () => ({ pointsBehind: null })],
    ["rates", (run) => ({ samples: [{ rate: "5xx", value: 1.1, atMs: run.nowMs }] })],
    ["rates", () => ({ samples: [] })],
  ])("is not given while `%s` does not hold or nobody can tell", (criterion, change) => {
    const run = recovering();
    const { isClear, findings } = judgeAllClear(run.state(), criteria, seen(run, change(run)), run.nowMs);
    expect(isClear).toBe(false);
    expect(findings.filter((one) => !one.holds).map((one) => one.criterion)).toEqual([criterion]);
  });

  test("is not given while something is left to do", () => {
    const run = recovering();
    run.do("rob", { kind: "add-task", taskId: "t", title: "x", assignee: null, dueAt: null });
    const { findings } = judgeAllClear(run.state(), criteria, seen(run), run.nowMs);
    expect(findings[0]).toMatchObject({ criterion: "finished", holds: false });
  });

  test("once an incident has criteria is refused without observations, and to whoever set them", () => {
    const run = recovering();
    run.roles.set("rita", ["responder", "approver"]);
    run.do("rita", { kind: "set-all-clear-criteria", criteria });
    const command = { kind: "give-all-clear", observations: seen(run) } as const;
    expect(refusal(() => run.do("rita", command)).code).toBe("ERR_OWN_APPROVAL");
    expect(refusal(() => run.do("ann", { kind: "give-all-clear" })).message).toContain("nobody can say");
    run.do("ann", command);
    expect(run.state().stage).toBe("closed");
  });

  test("criteria that nothing could fail are refused", () => {
    const run = recovering();
    for (const change of [{ metShareAtLeast: NaN }, { quietForMs: NaN }, { pointsBehindMax: NaN }]) {
      const set = { kind: "set-all-clear-criteria", criteria: { ...criteria, ...change } } as const;
      expect(refusal(() => run.do("rob", set)).code).toBe("ERR_TERMS");
    }
  });
});
