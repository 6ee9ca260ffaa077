import { evolve, ResponseError } from "@cordon/response";
import { beforeEach, describe, expect, test } from "vitest";
import { GovernedRun } from "./governed.ts";

const dayMs = 86_400_000;
let run: GovernedRun;

function refusal(work: () => unknown): ResponseError {
  try {
    work();
  } catch (error) {
    if (error instanceof ResponseError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const close = () => {
  run.take({ type: "stage-moved", data: { by: "ann", from: "detected", to: "closed", because: "over" } });
};
const keep = (days: number) => run.do("ann", { kind: "set-retention", days, because: "policy" });
const ask = () => run.do("rob", { kind: "ask-shred", because: "retention over" });
const digest = () => run.state().retention.asked?.digest ?? "";
const approve = (by: string, of = digest()) => run.do(by, { kind: "approve-shred", digest: of });

beforeEach(() => {
  run = new GovernedRun();
  run.do("rob", { kind: "open-incident", incidentId: "inc-1", title: "t" });
});

describe("shredding", () => {
  test("takes two approvers, neither of them the one who asked; then it is decided, by whom stands in the event", () => {
    close();
    keep(0);
    run.do("rita", { kind: "ask-shred", because: "retention over" });
    expect(refusal(() => approve("rita")).code).toBe("ERR_OWN_APPROVAL");
    expect(approve("ann").map(({ type }) => type)).toEqual(["shred-approved"]);
    expect(refusal(() => approve("ann")).code).toBe("ERR_APPROVAL_REPEATED");
    expect(run.state().retention.shredded).toBeNull();
    expect(refusal(() => approve("rob")).code).toBe("ERR_ROLE");
    expect(approve("abe").map(({ type }) => type)).toEqual(["shred-approved", "incident-shredded"]);
    expect(run.state().retention.shredded).toMatchObject({ by: "abe", approvedBy: ["ann", "abe"] });
  });

  test("is refused with every reason while the incident is open, kept, held or has no retention", () => {
    expect(refusal(ask).reasons).toEqual(["the incident is not closed", "no retention was set"]);
    close();
    const closedMs = run.nowMs;
    keep(30);
    run.do("ines", { kind: "set-legal-hold", because: "court order 7" });
    expect(refusal(ask).reasons).toEqual([
      "a legal hold by ines stands: court order 7",
      `it is kept until ${new Date(closedMs + 30 * dayMs).toISOString()}`,
    ]);
    run.do("ann", { kind: "lift-legal-hold", because: "case closed" });
    run.nowMs = closedMs + 30 * dayMs - 1;
    expect(refusal(ask).code).toBe("ERR_RETENTION");
    run.nowMs += 1;
    expect(ask()).toHaveLength(1);
  });

  test("whatever is written, held or decided after it was asked for voids it, also what one had approved", () => {
    close();
    keep(0);
    const changes: (() => unknown)[] = [
      () => run.do("ines", { kind: "add-note", noteId: "n", text: "new", occurredAt: null }),
      () => keep(0),
      () => run.do("ines", { kind: "set-legal-hold", because: "court" }),
      () => run.do("ann", { kind: "lift-legal-hold", because: "over" }),
    ];
    for (const change of changes) {
      if (run.state().retention.hold === null) {
        ask();
        approve("ann");
      }
      const before = digest();
      change();
      expect(refusal(() => approve("abe", before)).code).toBe("ERR_NOT_ASKED");
    }
    ask();
    const first = digest();
    ask();
    expect(digest()).not.toBe(first);
    expect(refusal(() => approve("ann", first)).code).toBe("ERR_APPROVAL_STALE");
  });

  test("one who declines is enough, an approval expires, and who is no longer an approver has not approved", () => {
    close();
    keep(0);
    ask();
    approve("ann");
    run.do("abe", { kind: "decline-shred", digest: digest(), because: "a case is open" });
    expect(refusal(() => approve("rita")).code).toBe("ERR_DECLINED");
    ask();
    approve("ann");
    run.nowMs += dayMs;
    expect(approve("abe")).toHaveLength(1);
    run.roles.set("abe", ["viewer"]);
    expect(approve("rita")).toHaveLength(1);
    expect(approve("ann")).toHaveLength(2);
  });

  test("once it is decided no person writes in the incident any more; the worker says when nothing is left", () => {
    close();
    keep(0);
    ask();
    approve("ann");
    approve("abe");
    const note = { kind: "add-note", noteId: "n", text: "a name", occurredAt: null } as const;
    expect(refusal(() => run.do("ines", note)).code).toBe("ERR_INCIDENT_SHREDDED");
    expect(refusal(() => run.do("ann", { kind: "complete-shred", events: 1 })).code).toBe("ERR_ROLE");
    run.do("cordon", { kind: "complete-shred", events: 1 });
    expect(run.state().retention.erasedAtMs).toBe(run.nowMs);
    expect(refusal(() => run.do("cordon", { kind: "complete-shred", events: 0 })).code).toBe("ERR_RETENTION");
  });
});

describe("a legal hold", () => {
  test("is lifted by somebody else than who set it, and stands once", () => {
    run.do("rita", { kind: "set-legal-hold", because: "court" });
    expect(refusal(() => run.do("ines", { kind: "set-legal-hold", because: "b" })).code).toBe(
      "ERR_RETENTION",
    );
    expect(refusal(() => run.do("rita", { kind: "lift-legal-hold", because: "b" })).code).toBe(
      "ERR_OWN_APPROVAL",
    );
    run.do("ann", { kind: "lift-legal-hold", because: "over" });
    expect(refusal(() => run.do("ann", { kind: "lift-legal-hold", because: "b" })).code).toBe(
      "ERR_RETENTION",
    );
  });
});

test("decisions from before two had to agree are read as they were", () => {
  close();
  const old = { by: "ada", incidentId: "inc-1" };
  const incident = [
    { type: "retention-set" as const, data: { ...old, days: 3 } },
    { type: "incident-shredded" as const, data: { ...old, reason: "over", events: 2 } },
  ].reduce((state, event) => evolve(state, event, 5) ?? state, run.state());
  expect(incident.retention).toMatchObject({ set: { days: 3 }, shredded: { approvedBy: ["ada"] } });
});
