import fc from "fast-check";
import { expect, test } from "vitest";
import { evolve, ResponseError, type Incident, type IncidentCommand } from "@cordon/response";
import { answer } from "./answers.ts";
import { digestOf, inForce, Run, sender } from "./run.ts";

const operators = ["author", "approver", "second"] as const;
const answers = [
  answer("a"),
  answer("b", { atLeast: 2, accountIds: ["u-1", "u-2"] }),
  answer("c", { assumptions: [] }),
  answer("d", { atLeast: 1, atMost: 9, assumptions: [] }),
];

const operator = fc.constantFrom(...operators);
const id = fc.constantFrom("1", "2");
const answered = fc.constantFrom(...answers);

type Step = { readonly by: string; readonly command: IncidentCommand } | { readonly publish: true };

// Long runs over few ids, so that most of them get as far as a lift and a notice.
const command: fc.Arbitrary<IncidentCommand> = fc.oneof(
  fc.record({ kind: fc.constant("draft-plan" as const), planId: id, measures: fc.constant([]) }),
  fc.record({
    kind: fc.constant("ask-approval" as const),
    act: fc.constant("plan" as const),
    planId: id,
    reachAccounts: fc.constantFrom(1, 5000),
    directoryAsOf: fc.constant("2014-05-27T12:00:00.000Z"),
  }),
  fc.record({
    kind: fc.constant("ask-approval" as const),
    act: fc.constant("lift" as const),
    planId: id,
    because: fc.constant("b"),
  }),
  // Of what is asked then (`play`).
  fc.record({ kind: fc.constant("give-approval" as const), planId: id, digest: fc.constant("") }),
  fc.record({ kind: fc.constant("give-approval" as const), planId: id, digest: fc.constant("") }),
  fc.record({
    kind: fc.constant("move-incident" as const),
    to: fc.constantFrom("investigating" as const, "contained" as const, "recovering" as const),
    because: fc.constant("b"),
  }),
  answered.map((one): IncidentCommand => ({
    kind: "record-answer",
    folder: "f",
    map: {},
    question: {},
    questionDigest: "sha256:q",
    window: { from: "2014-05-20T00:00:00.000Z", to: "2014-05-26T00:00:00.000Z" },
    decoys: [],
    answer: one,
    accountIds: one.accountIds,
  })),
  fc.record({
    kind: fc.constant("accept-assumption" as const),
    answerDigest: answered.map((one) => one.answerDigest),
    assumption: fc.constantFrom("doors-complete", "suspects-complete"),
    name: fc.constant("n"),
  }),
  fc.record({
    kind: fc.constant("make-claim" as const),
    claimId: id,
    answerDigest: answered.map((one) => one.answerDigest),
  }),
  fc.record({ kind: fc.constant("draft-notice" as const), noticeId: id, sender: fc.constant(sender) }),
  fc.record({ kind: fc.constant("approve-notice" as const), noticeId: id }),
  fc.record({ kind: fc.constant("stop-notice" as const), noticeId: id, because: fc.constant("b") }),
  fc.record({
    kind: fc.constant("complete-notice" as const),
    noticeId: id,
    affected: fc.constant({ delivered: 1, failed: 0, unknown: 0 }),
    everybodyElse: fc.constant({ delivered: 1, failed: 0, unknown: 0 }),
  }),
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("give-all-clear" as const) }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ by: operator, command }) },
  { weight: 1, arbitrary: fc.constant({ publish: true as const }) },
);

/** Publishes as the worker does: what is approved goes in, what is approved for lifting goes out. */
function publish(run: Run, version: number): void {
  const { plans } = run.state();
  const inBundle = plans.filter((plan) => ["approved", "in-force", "lift-proposed"].includes(plan.phase));
  const lifted = plans.filter((plan) => plan.phase === "lift-approved");
  inForce(
    run,
    version,
    inBundle.map((plan) => plan.planId),
    lifted.map((plan) => plan.planId),
  );
}

function play(steps: readonly Step[], after: (incident: Incident) => void): Run {
  const run = new Run();
  run.do("author", { kind: "open-incident", incidentId: "inc-1", title: "t" });
  steps.forEach((one, i) => {
    if ("publish" in one) publish(run, i + 1);
    else {
      try {
        // An id is drawn anew for each plan, claim and notice; here it may come twice, which the ids of the real ones never do.
        if (!isRepeated(run.state(), one.command)) run.do(one.by, withDigest(run, one.command));
      } catch (error) {
        if (!(error instanceof ResponseError)) throw error;
        expect(error.reasons.length).toBeGreaterThan(0);
      }
    }
    after(run.state());
  });
  return run;
}

function withDigest(run: Run, one: IncidentCommand): IncidentCommand {
  return one.kind === "give-approval" ? { ...one, digest: digestOf(run, one.planId) } : one;
}

function isRepeated(incident: Incident, one: IncidentCommand): boolean {
  if (one.kind === "draft-plan") return incident.plans.some((plan) => plan.planId === one.planId);
  if (one.kind === "draft-notice") return incident.notices.some((notice) => notice.noticeId === one.noticeId);
  return one.kind === "make-claim" && incident.claims.some((claim) => claim.claimId === one.claimId);
}

const steps = fc.array(step, { minLength: 40, maxLength: 120 });

test("no measure is in force, and none is lifted, without approval by a second person", () => {
  fc.assert(
    fc.property(steps, (all) => {
      play(all, (incident) => {
        for (const plan of incident.plans) {
          if (plan.phase !== "drafted") expect(plan.approved?.by).not.toBe(plan.drafted.by);
          if (plan.phase !== "drafted") expect(plan.approved).not.toBeNull();
          if (plan.phase === "lifted" || plan.phase === "lift-approved") {
            expect(plan.liftApproved).not.toBeNull();
            expect(plan.asked?.authors).not.toContain(plan.liftApproved?.by);
          }
          if (plan.phase === "in-force") expect(plan.inForce).not.toBeNull();
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("no claim without each assumption of its answer accepted before it", () => {
  fc.assert(
    fc.property(steps, (all) => {
      play(all, (incident) => {
        for (const claim of incident.claims) {
          const open = (incident.answers.get(claim.answerDigest)?.answer.assumptions ?? ["lost"]).filter(
            (assumption) =>
              !incident.assumptions.some(
                (one) =>
                  one.answerDigest === claim.answerDigest &&
                  one.assumption === assumption &&
                  one.atMs <= claim.made.atMs,
              ),
          );
          expect(open).toEqual([]);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("nobody is written to without approval by a second person, nor on a claim that had fallen", () => {
  fc.assert(
    fc.property(steps, (all) => {
      play(all, (incident) => {
        for (const notice of incident.notices) {
          if (notice.approved === null) {
            expect(notice.phase).toBe("drafted");
            continue;
          }
          expect(notice.approved.by).not.toBe(notice.drafted.by);
          for (const { claimId } of notice.factSheet.claims) {
            const fallen = incident.claims.find((claim) => claim.claimId === claimId)?.contradicted;
            if (fallen !== null) expect(fallen?.atMs ?? 0).toBeGreaterThan(notice.approved.atMs);
          }
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("an incident made anew from its events is the same", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const run = play(all, () => undefined);
      let again: Incident | null = null;
      let atMs = Date.parse("2014-05-27T12:00:00Z");
      for (const event of run.events) again = evolve(again, event, (atMs += 1000));
      expect(again).toEqual(run.state());
    }),
    { numRuns: 100 },
  );
});

test("events about something that was erased change nothing and break nothing", () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.boolean()), (all, kept) => {
      const run = play(all, () => undefined);
      let incident: Incident | null = null;
      for (const event of run.events) {
        if (event.type === "incident-opened" || kept.next().value === true)
          incident = evolve(incident, event, 0);
      }
      expect(incident).not.toBeNull();
    }),
    { numRuns: 100 },
  );
});
