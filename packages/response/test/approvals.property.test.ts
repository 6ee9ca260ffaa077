import fc from "fast-check";
import { expect, test } from "vitest";
import {
  evolve,
  plansInForce,
  ResponseError,
  type Incident,
  type IncidentCommand,
  type Measure,
  type Role,
} from "@cordon/response";
import { ApprovalOracle } from "./approval-oracle.ts";
import { everybody, governed, hourMs, publish, rules, taken, terms, type GovernedRun } from "./governed.ts";

const people = ["rob", "rita", "ann", "abe", "omni", "vic", "adam"] as const;
const planIds = ["p", "q"] as const;

type Act =
  | { readonly do: "draft"; readonly staged: boolean }
  | { readonly do: "edit" }
  | { readonly do: "ask-plan"; readonly reach: number | null; readonly ageMs: number }
  | { readonly do: "ask-lift" }
  | { readonly do: "approve" | "decline" | "glass"; readonly back: number }
  | { readonly do: "start" | "publish" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "lose" | "gain"; readonly role: Role };

interface Step {
  readonly by: string;
  readonly planId: string;
  readonly act: Act;
}

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("draft" as const), staged: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("edit" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("ask-plan" as const),
      reach: fc.constantFrom(1, 100, 101, 5000, null),
      ageMs: fc.constantFrom(0, 0, 0, 23 * hourMs, 25 * hourMs),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("ask-lift" as const) }) },
  {
    weight: 12,
    // Mostly of what waits, sometimes of what was read before.
    arbitrary: fc.record({ do: fc.constant("approve" as const), back: fc.constantFrom(0, 0, 0, 0, 1, 2) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("decline" as const, "glass" as const),
      back: fc.constantFrom(0, 0, 1),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("start" as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("publish" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(hourMs, 13 * hourMs) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("lose" as const, "gain" as const),
      role: fc.constantFrom<Role>("approver", "responder"),
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.constantFrom(...people),
  planId: fc.constantFrom(...planIds),
  act,
});
const steps = fc.array(step, { minLength: 30, maxLength: 120, size: "max" });

function measureOf(planId: string, edition: number): Measure {
  return {
    id: `reauth-${planId}`,
    measure: "reauthenticate",
    cohort: { accounts: [`u-${edition}`] },
  };
}

/** One interleaving: every act is put to the package and to the oracle, and both must say the same. */
class Play {
  readonly run: GovernedRun = governed();
  readonly oracle: ApprovalOracle;
  /** What could have been read of each plan: digest and key of every asking. */
  readonly read = new Map<string, { readonly digest: string; readonly key: number }[]>();
  readonly seen = { granted: 0, refused: 0, inForce: 0, lifted: 0 };
  #edition = 0;

  constructor() {
    this.oracle = new ApprovalOracle(
      rules,
      (person, role) => this.run.roles.get(person)?.includes(role) ?? false,
    );
  }

  step({ by, planId, act: one }: Step): void {
    const { run, oracle } = this;
    run.taken.clear();
    for (const [id, owner] of taken(run.state())) run.taken.set(id, owner);
    this.#edition += 1;
    const measures = [measureOf(planId, this.#edition)];
    switch (one.do) {
      case "draft": {
        // An id is drawn anew for each plan.
        if (run.state().plans.some((plan) => plan.planId === planId)) return;
        const planTerms = one.staged ? terms : null;
        const command = { kind: "draft-plan", planId, measures, terms: planTerms } as const;
        this.#compare(oracle.draft(by, planId, one.staged), by, command);
        return;
      }
      case "edit": {
        const planTerms = run.state().plans.find((plan) => plan.planId === planId)?.terms ?? null;
        const command = { kind: "edit-plan", planId, measures, terms: planTerms } as const;
        this.#compare(oracle.edit(by, planId), by, command);
        return;
      }
      case "ask-plan": {
        const { reach, ageMs } = one;
        const key = oracle.askPlan(by, planId, reach, run.nowMs - ageMs, run.nowMs);
        const directoryAsOf = run.asOf(ageMs);
        const ask = {
          kind: "ask-approval",
          act: "plan",
          planId,
          reachAccounts: reach,
          directoryAsOf,
        } as const;
        this.#asked(key, planId, by, ask);
        return;
      }
      case "ask-lift": {
        const key = oracle.askLift(by, planId);
        this.#asked(key, planId, by, { kind: "ask-approval", act: "lift", planId, because: "over" });
        return;
      }
      case "approve":
      case "decline":
      case "glass": {
        const { digest, key } = this.read.get(planId)?.at(-1 - one.back) ?? { digest: "sha256:no", key: 0 };
        if (one.do === "approve") {
          const allowed = oracle.approve(by, planId, key, run.nowMs);
          this.#compare(allowed, by, { kind: "give-approval", planId, digest });
        } else if (one.do === "decline") {
          const allowed = oracle.decline(by, planId, key);
          this.#compare(allowed, by, { kind: "decline-approval", planId, digest, because: "no" });
        } else {
          const allowed = oracle.breakGlass(by, planId, key, run.nowMs);
          this.#compare(allowed, by, { kind: "break-glass", planId, digest, because: "3 a.m." });
        }
        return;
      }
      case "start":
        this.#compare(oracle.start(by, planId, run.nowMs), by, { kind: "start-run", planId });
        return;
      case "publish":
        publish(run);
        oracle.publish();
        return;
      case "wait":
        run.nowMs += one.ms;
        return;
      case "lose":
      case "gain": {
        const has = run.roles.get(by) ?? [];
        const others = has.filter((role) => role !== one.role);
        run.roles.set(by, one.do === "gain" ? [...others, one.role] : others);
      }
    }
  }

  #asked(key: number | null, planId: string, by: string, command: IncidentCommand): void {
    this.#compare(key !== null, by, command);
    if (key === null) return;
    this.read.set(planId, [...(this.read.get(planId) ?? []), { digest: this.run.digest(planId), key }]);
  }

  #compare(allowed: boolean, by: string, command: IncidentCommand): void {
    // Each of a command's events is recorded a moment later; the oracle has no such moments.
    const { nowMs } = this.run;
    let refused: string | null = null;
    try {
      this.run.do(by, command);
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      refused = error.message;
    }
    this.run.nowMs = nowMs;
    expect({ by, command, allowed: refused === null, refused }).toEqual({ by, command, allowed, refused });
    this.seen[refused === null ? "granted" : "refused"] += 1;
  }
}

function inForceIds(incident: Incident): string[] {
  return plansInForce(incident).map((plan) => plan.planId);
}

test("what the rules allow is done, all else is refused, and nothing is in force but by them", () => {
  const seen = { granted: 0, refused: 0, inForce: 0, lifted: 0 };
  fc.assert(
    fc.property(steps, (all) => {
      const play = new Play();
      for (const one of all) {
        play.step(one);
        expect(inForceIds(play.run.state()).sort()).toEqual(play.oracle.inForce().sort());
      }
      seen.granted += play.seen.granted;
      seen.refused += play.seen.refused;
      seen.inForce += inForceIds(play.run.state()).length;
      seen.lifted += play.run.state().plans.filter((plan) => plan.phase === "lifted").length;
    }),
    // A seed of its own: how far they get is said below.
    { numRuns: 800, seed: 2014 },
  );
  // The interleavings got as far as both ends.
  expect(seen.inForce).toBeGreaterThan(20);
  expect(seen.lifted).toBeGreaterThan(0);
  expect(seen.refused).toBeGreaterThan(0);
});

test("nobody's own act is ever approved by them, and two approvals are always of two people", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const play = new Play();
      for (const one of all) {
        play.step(one);
        for (const { asked, authors } of play.run.state().plans) {
          if (asked === null) continue;
          for (const { by } of asked.approvals) {
            expect(asked.authors).not.toContain(by);
            if (asked.act === "plan") expect(authors).not.toContain(by);
            expect(play.run.roles.has(by)).toBe(true);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("every break-glass is open until somebody without a hand in it has reviewed it", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const play = new Play();
      for (const one of all) play.step(one);
      for (const { digest, by, planId } of play.run.state().breakGlass) {
        const authors = play.run.state().plans.find((plan) => plan.planId === planId)?.authors ?? [];
        play.run.roles = new Map([...everybody].map(([person]) => [person, ["approver"]]));
        for (const person of [by, ...authors]) {
          const review = { kind: "review-break-glass", digest, justified: true, because: "looked" } as const;
          expect(() => play.run.do(person, review)).toThrow(/somebody else must review/);
        }
      }
    }),
    { numRuns: 100 },
  );
});

test("an incident made anew from its events is the same, and lost events break nothing", () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.boolean()), (all, kept) => {
      const play = new Play();
      const [opening] = play.run.events;
      for (const one of all) play.step(one);
      const recorded = play.run.events.slice(1).map((event, i) => ({
        event,
        atMs: play.run.times[i + 1] ?? 0,
      }));
      if (opening === undefined) throw new Error("not opened");
      let whole = evolve(null, opening, play.run.state().opened.atMs);
      let holed = whole;
      for (const { event, atMs } of recorded) {
        whole = evolve(whole, event, atMs);
        if (kept.next().value === true) holed = evolve(holed, event, atMs);
      }
      expect(whole).toEqual(play.run.state());
      expect(holed).not.toBeNull();
    }),
    { numRuns: 100 },
  );
});
