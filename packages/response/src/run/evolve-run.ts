import type { BundlePutInForce } from "../event.ts";
import type { PlanState } from "../incident.ts";
import type { RunEventData } from "./run-event.ts";
import { elapsedOf, type RunState, type WaveClock } from "./run-state.ts";

type RunEvent = {
  readonly [T in keyof RunEventData]: { readonly type: T; readonly data: RunEventData[T] };
}[keyof RunEventData];

export function evolveRun(plan: PlanState, event: RunEvent, atMs: number): PlanState {
  const { run, terms } = plan;
  if (run === null || terms === null) return plan;
  const step = { by: event.data.by, atMs };
  switch (event.type) {
    case "run-started": {
      const started = changed(run, { phase: "canary", started: step, until: terms.end.at });
      return { ...plan, phase: "approved", run: started };
    }
    case "run-promoted": {
      const clock = { fromMs: atMs, elapsedMs: 0, frozenAtMs: null };
      return { ...plan, run: changed(run, { phase: "running", clock }) };
    }
    case "run-advanced": {
      const next = { phase: "canary", stage: run.stage + 1, canaryInForceMs: null, clock: null } as const;
      return { ...plan, run: changed(run, next) };
    }
    case "run-paused": {
      if (run.phase !== "canary" && run.phase !== "running") return plan;
      const paused = { ...step, because: event.data.because, from: run.phase };
      const clock = run.clock === null ? null : frozen(run.clock, atMs, terms.publishTakesMs);
      return { ...plan, run: changed(run, { phase: "paused", paused, clock }) };
    }
    case "run-resumed": {
      if (run.paused === null) return plan;
      const clock = run.clock === null ? null : moving(run.clock, atMs);
      return { ...plan, run: changed(run, { phase: run.paused.from, paused: null, clock }) };
    }
    case "run-extended": {
      const { pace, until } = event.data;
      const clock =
        run.clock === null
          ? null
          : slower(run.clock, { from: run.pace, to: pace }, atMs, terms.publishTakesMs);
      const extended = [...run.extended, step];
      const asked = plan.asked === null ? null : { ...plan.asked, granted: step };
      return { ...plan, asked, run: changed(run, { clock, pace, extended, until: until ?? run.until }) };
    }
    case "run-completed": {
      const completed = { ...step, because: event.data.because };
      return { ...plan, run: changed(run, { phase: "completed", completed }) };
    }
  }
}

function changed(run: RunState, change: Partial<RunState>): RunState {
  return { ...run, ...change, step: run.step + 1, needsBundle: true };
}

/** Waves that open before the pause has reached every enforcement point count as open, so that none closes again. */
function frozen(clock: WaveClock, atMs: number, takesMs: number): WaveClock {
  return { ...clock, fromMs: null, elapsedMs: elapsedOf(clock, atMs + takesMs), frozenAtMs: atMs };
}

function moving(clock: WaveClock, atMs: number): WaveClock {
  return { ...clock, fromMs: atMs - clock.elapsedMs, frozenAtMs: null };
}

/** At the new pace all waves are open that the old one will have opened by the time it is published. */
function slower(
  clock: WaveClock,
  pace: { readonly from: number; readonly to: number },
  atMs: number,
  takesMs: number,
): WaveClock {
  const publishedMs = clock.fromMs === null ? atMs : atMs + takesMs;
  const elapsedMs = Math.ceil((elapsedOf(clock, publishedMs) * pace.to) / pace.from);
  if (clock.fromMs === null) return { ...clock, elapsedMs };
  return { ...clock, fromMs: publishedMs - elapsedMs };
}

/** A run once a bundle that held it came into force; `runStep`: the step that the bundle was built at, where it says so. */
export function runInBundle(run: RunState, held: BundlePutInForce["plans"][number], atMs: number): RunState {
  if (held.runStep !== undefined && held.runStep !== run.step) return run;
  const isCanary = run.phase === "canary" || run.paused?.from === "canary";
  const canaryInForceMs = isCanary && run.canaryInForceMs === null ? atMs : run.canaryInForceMs;
  return { ...run, needsBundle: false, canaryInForceMs };
}
