import { expect, test } from "vitest";
import {
  approvalsNeeded,
  decideLimits,
  defaultLimits,
  evolveLimits,
  type ApprovalLimits,
  type LimitsCommand,
  type LimitsState,
  type Role,
} from "../src/index.ts";

const roles = new Map<string, readonly Role[]>([
  ["ann", ["administrator"]],
  ["abe", ["administrator"]],
  ["pia", ["approver"]],
  ["paul", ["approver"]],
  ["rose", ["responder"]],
]);
const hourMs = 3_600_000;
const now = Date.parse("2014-05-27T12:00:00Z");
const tight: ApprovalLimits = {
  oneApprovalUpToAccounts: 0,
  twoApprovalsUpToAccounts: 1000,
  approvalLastsMs: hourMs,
};
const loose: ApprovalLimits = { ...tight, oneApprovalUpToAccounts: 50 };

function run(state: LimitsState, by: string, command: LimitsCommand, nowMs = now): LimitsState {
  const context = { operator: by, nowMs, takenMeasures: new Map<string, string>(), roles };
  return decideLimits(state, command, context).reduce(
    (next, event) => evolveLimits(next, event, nowMs),
    state,
  );
}
const set = (state: LimitsState, by: string, limits: ApprovalLimits) =>
  run(state, by, { kind: "set-limits", limits, because: "b" });
const agree = (state: LimitsState, by: string, nowMs = now) =>
  run(state, by, { kind: "agree-limits", digest: state.asked?.digest ?? "" }, nowMs);
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return null;
};

test("how many accounts need one, two and three approvals", () => {
  const { rules } = set(defaultLimits, "ann", { ...tight, oneApprovalUpToAccounts: 1 });
  expect([1, 2, 1000, 1001, null].map((reach) => approvalsNeeded("plan", reach, rules))).toEqual([
    1, 2, 2, 3, 3,
  ]);
  expect(approvalsNeeded("lift", 1, rules)).toBe(3);
  expect(approvalsNeeded("lift", 1, defaultLimits.rules)).toBe(2);
});

test("an administrator tightens the limits alone, and at once", () => {
  expect(set(defaultLimits, "ann", tight).rules).toMatchObject(tight);
});

test("looser limits wait until as many others have agreed as the limits in force ask for", () => {
  const strict = set(defaultLimits, "ann", tight);
  const asked = set(strict, "ann", loose);
  expect(asked.rules).toMatchObject(tight);
  const two = agree(agree(asked, "abe"), "pia");
  expect(two.rules).toMatchObject(tight);
  expect(agree(two, "paul")).toMatchObject({ rules: loose, asked: null });
  const byDefault = set(defaultLimits, "ann", { ...loose, twoApprovalsUpToAccounts: null });
  expect(agree(agree(byDefault, "pia"), "paul").rules.oneApprovalUpToAccounts).toBe(50);
});

test("each way to be looser is one: more accounts with one, with two, or a longer time", () => {
  const strict = set(defaultLimits, "ann", tight);
  for (const change of [
    { oneApprovalUpToAccounts: 1 },
    { twoApprovalsUpToAccounts: 1001 },
    { twoApprovalsUpToAccounts: null },
    { approvalLastsMs: hourMs + 1 },
    // One tighter limit does not pay for a looser one.
    { twoApprovalsUpToAccounts: 10, oneApprovalUpToAccounts: 1 },
  ])
    expect(set(strict, "abe", { ...tight, ...change }).rules).toEqual(strict.rules);
});

test("who may not: another role, the one who asked, the same person twice, for another digest, for what was asked before", () => {
  const asked = set(defaultLimits, "ann", { ...loose, approvalLastsMs: hourMs });
  expect(codeOf(() => set(defaultLimits, "pia", tight))).toBe("ERR_ROLE");
  expect(codeOf(() => agree(asked, "rose"))).toBe("ERR_ROLE");
  expect(codeOf(() => agree(asked, "ann"))).toBe("ERR_OWN_APPROVAL");
  const once = agree(asked, "pia");
  expect(codeOf(() => agree(once, "pia"))).toBe("ERR_APPROVAL_STALE");
  expect(codeOf(() => agree(defaultLimits, "pia"))).toBe("ERR_NOT_ASKED");
  const again = set(once, "ann", { ...loose, approvalLastsMs: hourMs });
  expect(codeOf(() => run(again, "paul", { kind: "agree-limits", digest: once.asked?.digest ?? "" }))).toBe(
    "ERR_APPROVAL_STALE",
  );
  expect(again.asked?.approvals).toEqual([]);
});

test("an agreement that has expired counts no more, and tightening voids what was asked", () => {
  const asked = set(set(defaultLimits, "ann", { ...tight, twoApprovalsUpToAccounts: null }), "ann", {
    ...loose,
    twoApprovalsUpToAccounts: null,
  });
  const once = agree(asked, "pia");
  expect(agree(once, "paul", now + hourMs).rules.oneApprovalUpToAccounts).toBe(0);
  expect(agree(once, "paul", now + hourMs - 1).rules.oneApprovalUpToAccounts).toBe(50);
  expect(set(once, "abe", tight).asked).toBeNull();
});

test("limits that make no sense are refused", () => {
  for (const change of [
    { oneApprovalUpToAccounts: -1 },
    { oneApprovalUpToAccounts: 1001 },
    { approvalLastsMs: 0 },
  ])
    expect(codeOf(() => set(defaultLimits, "ann", { ...tight, ...change }))).toBe("ERR_TERMS");
});
