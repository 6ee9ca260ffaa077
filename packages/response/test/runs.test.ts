import { describe, expect, test } from "vitest";
import { measuresNow, openWaves, pauseReason, type Measure, type PlanTerms } from "@cordon/response";
import {
  drafted,
  governed,
  healthy,
  hourMs,
  inCanary,
  promote,
  publish,
  reauth,
  running,
  terms,
  type GovernedRun,
} from "./governed.ts";
import { refusal } from "./run.ts";

const waves = (run: GovernedRun, measure: Measure = reauth) => openWaves(run.plan(), measure, run.nowMs);
const ids = (run: GovernedRun) => measuresNow(run.plan()).map((measure) => measure.id);

describe("a run", () => {
  test("holds nothing before it is started, approved or not", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    run.approve("abe");
    expect(run.plan().run?.phase).toBe("approved");
    expect(measuresNow(run.plan())).toEqual([]);
    publish(run);
    expect(run.plan().phase).toBe("drafted");
  });

  test("begins with its canary, for so long as its terms say since it is in force, and never skips it", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    run.approve("abe");
    expect(refusal(() => { promote(run); }).code).toBe("ERR_RUN_STATE"); // prettier-ignore
    run.do("rob", { kind: "start-run", planId: "p" });
    run.nowMs += 10 * hourMs;
    expect(refusal(() => { promote(run); }).code).toBe("ERR_RUN_TOO_EARLY"); // prettier-ignore
    publish(run);
    expect(waves(run)).toBe(0);
    expect(measuresNow(run.plan())).toEqual([
      {
        id: "reauth",
        measure: "reauthenticate",
        cohort: {
          minus: [
            { intersect: [{ directory: { market: "SE" } }, { accounts: ["staff-1"] }] },
            { accounts: ["operator-1"] },
          ],
        },
      },
    ]);
    run.nowMs += hourMs - 2000;
    expect(refusal(() => { promote(run); }).code).toBe("ERR_RUN_TOO_EARLY"); // prettier-ignore
    run.nowMs += 2000;
    promote(run);
    expect(waves(run)).toBe(1);
  });

  test("does not take a bundle built at an earlier step for one with its canary", () => {
    const run = drafted();
    run.ask();
    run.approve("ann");
    run.approve("abe");
    run.do("rob", { kind: "start-run", planId: "p" });
    const held = { incidentId: "inc-1", planId: "p", cutoff: run.asOf(), cohorts: {}, runStep: 0 };
    const data = {
      version: 9,
      sha256: "0",
      bytes: 1,
      asOf: run.asOf(),
      rules: [],
      plans: [held],
      lifted: [],
    };
    run.take({ type: "bundle-in-force", data });
    expect(run.plan().run).toMatchObject({ canaryInForceMs: null, needsBundle: true });
  });

  test("past its canary opens its waves, keeps the canary's people and leaves out the exempt until its end", () => {
    const run = running();
    const [main, canary] = measuresNow(run.plan());
    expect(main).toMatchObject({
      id: "reauth",
      rollout: { over: "86400s", waves: 24 },
      cohort: { minus: [{ directory: { market: "SE" } }, { accounts: ["operator-1"] }] },
    });
    expect(canary).not.toHaveProperty("rollout");
    expect(canary?.id).toBe("reauth-canary");
    run.nowMs += 5 * hourMs;
    expect(waves(run)).toBe(6);
    run.nowMs += 18 * hourMs;
    expect(waves(run)).toBe(24);
    run.do("rob", { kind: "complete-run", planId: "p", metShare: null });
    expect(measuresNow(run.plan())).toEqual([
      { id: "reauth", measure: "reauthenticate", cohort: { directory: { market: "SE" } } },
    ]);
  });

  test("is not completed before all waves are open and its end has come", () => {
    const run = running({ ...terms, end: { metShareAtLeast: 0.99, at: "2014-06-30T00:00:00Z" } });
    const complete = (metShare: number | null) =>
      run.do("rob", { kind: "complete-run", planId: "p", metShare });
    expect(refusal(() => complete(1)).message).toContain("waves still to open");
    run.nowMs += 23 * hourMs;
    expect(refusal(() => complete(0.98)).code).toBe("ERR_RUN_TOO_EARLY");
    expect(refusal(() => complete(null)).message).toContain("an unknown share");
    run.nowMs = Date.parse("2014-06-30T00:00:00Z");
    complete(null);
    expect(run.plan().run?.completed?.because).toContain("its time ended");
  });

  test("paused stands still, and goes on where it stood", () => {
    const run = running();
    run.nowMs += 3 * hourMs;
    const open = waves(run);
    run.do("cordon", { kind: "pause-run", planId: "p", because: "`sign-in-failures` is 0.2" });
    publish(run);
    run.nowMs += 100 * hourMs;
    expect(waves(run)).toBe(open);
    const [frozen] = measuresNow(run.plan());
    // Wave 3 was the last to open, at the pause; wave 4 would be five years later.
    expect(frozen).toMatchObject({ rollout: { over: "43800d", waves: 24 } });
    const resume = (value: number) =>
      run.do("rob", { kind: "resume-run", planId: "p", because: "mended", samples: healthy(run, value) });
    expect(refusal(() => resume(0.2)).code).toBe("ERR_RATE_OVER_LIMIT");
    resume(0.01);
    expect(waves(run)).toBe(open);
    run.nowMs += hourMs;
    expect(waves(run)).toBe(open + 1);
  });

  test("paused in its canary goes back to its canary", () => {
    const run = inCanary();
    run.do("ines", { kind: "pause-run", planId: "p", because: "odd" });
    run.nowMs += 100 * hourMs;
    expect(refusal(() => { promote(run); }).code).toBe("ERR_RUN_STATE"); // prettier-ignore
    run.do("rob", { kind: "resume-run", planId: "p", because: "fine", samples: healthy(run) });
    expect(run.plan().run?.phase).toBe("canary");
    expect(waves(run)).toBe(0);
  });

  test("is not promoted while a watched rate is over its limit or unknown", () => {
    const run = inCanary();
    run.nowMs += hourMs;
    const promoteWith = (samples: ReturnType<typeof healthy>) =>
      run.do("rob", { kind: "promote-run", planId: "p", samples });
    expect(refusal(() => promoteWith(healthy(run, 0.06))).message).toContain("over its limit of 0.05");
    expect(refusal(() => promoteWith([])).message).toContain("nobody has measured");
  });

  test("is extended by approval, only later and slower, and no wave closes", () => {
    const run = running();
    run.nowMs += 5 * hourMs;
    const before = waves(run);
    const ask = (pace: number, until: string | null) =>
      run.do("rob", {
        kind: "ask-approval",
        act: "extension",
        planId: "p",
        because: "too fast",
        extension: { pace, until },
      });
    expect(refusal(() => ask(0.5, null)).code).toBe("ERR_TERMS");
    expect(refusal(() => ask(1, null)).code).toBe("ERR_TERMS");
    ask(3, null);
    run.approve("ann");
    expect(run.plan().run?.pace).toBe(1);
    run.approve("abe");
    expect(run.plan().run).toMatchObject({ phase: "running", pace: 3 });
    expect(waves(run)).toBe(before);
    run.nowMs += 3 * hourMs;
    expect(waves(run)).toBe(before + 1);
    expect(refusal(() => ask(2, null)).code).toBe("ERR_TERMS");
    ask(3, "2014-07-30T00:00:00Z");
    run.approve("ann");
    run.approve("abe");
    expect(refusal(() => ask(3, "2014-07-29T00:00:00Z")).message).toContain("can't end it earlier");
  });

  test("that ends by a share alone can't be given a time at which it would end earlier", () => {
    const run = running({ ...terms, end: { metShareAtLeast: 0.9, at: null } });
    const extension = { pace: 1, until: "2014-07-30T00:00:00Z" };
    const ask = { kind: "ask-approval", act: "extension", planId: "p", because: "x", extension } as const;
    expect(refusal(() => run.do("rob", ask)).code).toBe("ERR_TERMS");
  });

  test("goes stage by stage, each with a canary of its own", () => {
    const newpw: Measure = { id: "newpw", measure: "change_password", cohort: { accounts: ["u-1"] } };
    const staged: PlanTerms = { ...terms, stages: [["reauth"], ["newpw"]] };
    const run = running(staged, [reauth, newpw]);
    expect(ids(run)).toEqual(["reauth", "reauth-canary"]);
    const advance = () => run.do("rob", { kind: "advance-run", planId: "p" });
    expect(refusal(advance).code).toBe("ERR_RUN_TOO_EARLY");
    run.nowMs += 23 * hourMs;
    expect(
      refusal(() => run.do("rob", { kind: "complete-run", planId: "p", metShare: 1 })).message,
    ).toContain("stages still to come");
    advance();
    expect(run.plan().run?.phase).toBe("canary");
    expect(ids(run)).toEqual(["reauth", "newpw"]);
    expect(waves(run)).toBe(24);
    expect(openWaves(run.plan(), newpw, run.nowMs)).toBe(0);
    expect(refusal(() => { promote(run); }).code).toBe("ERR_RUN_TOO_EARLY"); // prettier-ignore
    publish(run);
    run.nowMs += hourMs;
    promote(run);
    expect(openWaves(run.plan(), newpw, run.nowMs)).toBe(1);
    run.do("rob", { kind: "complete-run", planId: "p", metShare: null });
  });

  test("never lets a measure because of exposure wait: not for waves, a canary, a stage or an exemption", () => {
    const exposed: Measure = { id: "out", measure: "reauthenticate", because: "exposure" };
    expect(measuresNow(inCanary(terms, [exposed]).plan())).toEqual([exposed]);
    const later = { ...terms, stages: [["reauth"], ["out"]] };
    expect(refusal(() => drafted(later, [reauth, exposed])).message).toContain("first stage");
    const inWaves: Measure = { ...exposed, rollout: { over: "1h", waves: 2 } };
    expect(refusal(() => drafted(terms, [inWaves])).code).toBe("ERR_MEASURE_EXPOSURE_WAITS");
  });

  test("keeps the all clear from being given while it is under way", () => {
    const run = running();
    run.roles.set("ann", ["investigator", "responder", "approver"]);
    for (const to of ["investigating", "contained", "recovering"] as const)
      run.do("ann", { kind: "move-incident", to, because: "x" });
    expect(refusal(() => run.do("abe", { kind: "give-all-clear" })).message).toContain("is running");
  });
});

test.each<[string, Partial<PlanTerms>, readonly Measure[]]>([
  ["a canary of everybody", { canary: { cohort: { everyone: true }, forMs: 1 } }, [reauth]],
  ["a canary that lasts no time", { canary: { ...terms.canary, forMs: 0 } }, [reauth]],
  ["a stage with an unknown measure", { stages: [["reauth", "x"]] }, [reauth]],
  ["a measure in two stages", { stages: [["reauth"], ["reauth"]] }, [reauth]],
  ["a measure in no stage", { stages: [] }, [reauth]],
  ["an empty stage", { stages: [["reauth"], []] }, [reauth]],
  ["a limit that is no number", { limits: [{ rate: "x", atMost: NaN, silenceMs: 1 }] }, [reauth]],
  ["a share over one", { end: { metShareAtLeast: 1.1, at: null } }, [reauth]],
  ["an end that is no time", { end: { metShareAtLeast: null, at: "tomorrow" } }, [reauth]],
  [
    "waves with a beginning of their own",
    {},
    [{ ...reauth, rollout: { from: "2014-05-27T12:00:00Z", over: "1h", waves: 2 } }],
  ],
  ["more waves than can be paused", {}, [{ ...reauth, rollout: { over: "1h", waves: 201 } }]],
  ["a cutoff that no canary can have yet", {}, [{ ...reauth, cutoff: "2014-05-28T00:00:00Z" }]],
  ["a measure that is named like a canary", {}, [reauth, { ...reauth, id: "reauth-canary" }]],
])("terms with %s are refused", (_, change, measures) => {
  const run = governed();
  const draft = { kind: "draft-plan", planId: "p", measures, terms: { ...terms, ...change } } as const;
  expect(refusal(() => run.do("rob", draft)).code).toBe("ERR_TERMS");
});

describe("a watched rate", () => {
  const limits = [{ rate: "5xx", atMost: 10, silenceMs: 1000 }];
  test.each([
    ["at its limit", [{ rate: "5xx", value: 10, atMs: 5000 }], null],
    ["over it", [{ rate: "5xx", value: 10.1, atMs: 5000 }], "over its limit"],
    ["over it before, not now", [{ rate: "5xx", value: 99, atMs: 4000 }, { rate: "5xx", value: 1, atMs: 5000 }], null], // prettier-ignore
    ["both at one instant", [{ rate: "5xx", value: 99, atMs: 5000 }, { rate: "5xx", value: 1, atMs: 5000 }], "over"], // prettier-ignore
    ["that is no number", [{ rate: "5xx", value: NaN, atMs: 5000 }], "over its limit"],
    ["silent for too long", [{ rate: "5xx", value: 1, atMs: 3999 }], "last measured"],
    ["that nobody measured", [{ rate: "other", value: 1, atMs: 5000 }], "nobody has measured"],
  ])("%s", (_, samples, reason) => {
    const because = pauseReason(limits, samples, 5000);
    if (reason === null) expect(because).toBeNull();
    else expect(because).toContain(reason);
  });
});
