import type * as contract from "@cordon/contract";
import type { PlanTerms } from "@cordon/response";

/** What a change takes to reach every enforcement point, unless the terms say it. */
const publishTakesMs = 60_000;

/** Terms with everything that their author left out. */
export function termsOf(written: contract.PlanTerms): PlanTerms {
  return {
    canary: written.canary,
    stages: written.stages ?? null,
    exempt: written.exempt ?? null,
    limits: written.limits ?? [],
    end: { metShareAtLeast: written.end?.metShareAtLeast ?? null, at: written.end?.at ?? null },
    directoryAgeMaxMs: written.directoryAgeMaxMs ?? null,
    publishTakesMs: written.publishTakesMs ?? publishTakesMs,
  };
}
