import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration } from "@cordon/model";
import { measuresNow, openWaves, ResponseError, type Measure } from "@cordon/response";
import { healthy, hourMs, inCanary, promote, publish, terms, type GovernedRun } from "./governed.ts";

const action = fc.oneof(
  fc.record({ do: fc.constantFrom("pause" as const, "resume" as const, "complete" as const) }),
  fc.record({ do: fc.constant("extend" as const), pace: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 9 * hourMs }) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 2000 }) }),
);

/** Whether somebody of a wave meets a measure by the bundle's rules (contracts 4): any of them. */
function meets(rules: readonly Measure[], share: number, isCanary: boolean, nowMs: number): boolean {
  return rules.some((rule) => {
    // Of these measures only the canary has a cohort.
    if (rule.cohort !== undefined) return isCanary;
    if (!("rollout" in rule) || rule.rollout.from === undefined) return true;
    const { from, over, waves } = rule.rollout;
    const wave = Math.floor(share * waves);
    const elapsedMs = nowMs - Date.parse(from);
    return BigInt(elapsedMs) * BigInt(waves) >= BigInt(wave) * BigInt(parseDuration(over) ?? 0);
  });
}

function act(
  run: GovernedRun,
  one: { do: "pause" | "resume" | "complete" } | { do: "extend"; pace: number },
): void {
  switch (one.do) {
    case "pause":
      run.do("cordon", { kind: "pause-run", planId: "p", because: "x" });
      return;
    case "resume":
      run.do("rob", { kind: "resume-run", planId: "p", because: "x", samples: healthy(run) });
      return;
    case "complete":
      run.do("rob", { kind: "complete-run", planId: "p", metShare: null });
      return;
    case "extend": {
      const extension = { pace: one.pace, until: null };
      run.do("rob", { kind: "ask-approval", act: "extension", planId: "p", because: "x", extension });
      run.approve("ann");
      run.approve("abe");
    }
  }
}

test("waves only grow, in the run and at the gate, whatever is paused, resumed, slowed or completed", () => {
  let completed = 0;
  fc.assert(
    fc.property(
      fc.array(action, { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom("24h", "1000s", "7h"),
      fc.integer({ min: 0, max: 55_000 }),
      (actions, waves, over, publishMs) => {
        const measure: Measure = { id: "m", measure: "reauthenticate", rollout: { over, waves } };
        const run = inCanary({ ...terms, exempt: null }, [measure]);
        // What the gate goes by: the bundle that was published last.
        let rules = measuresNow(run.plan());
        let open = 0;
        const met = new Set<number>();
        const look = () => {
          const now = openWaves(run.plan(), measure, run.nowMs);
          expect(now).toBeGreaterThanOrEqual(open);
          open = now;
          for (let person = 0; person < 40; person++) {
            const isMet = meets(rules, person / 40, person === 39, run.nowMs);
            if (met.has(person)) expect(isMet).toBe(true);
            if (isMet) met.add(person);
          }
        };
        look();
        run.nowMs += hourMs;
        promote(run);
        publish(run);
        rules = measuresNow(run.plan());
        look();
        for (const one of actions) {
          if (one.do === "wait") {
            run.nowMs += one.ms;
            look();
            continue;
          }
          try {
            act(run, one);
          } catch (error) {
            if (!(error instanceof ResponseError)) throw error;
            continue;
          }
          look();
          // The gate goes on by the old rules until the new ones have reached it.
          run.nowMs += publishMs;
          look();
          publish(run);
          rules = measuresNow(run.plan());
          look();
        }
        if (run.plan().run?.phase === "completed") completed += 1;
      },
    ),
    { numRuns: 300 },
  );
  expect(completed).toBeGreaterThan(0);
});
