import { denies, type Outcome } from "./compiled-rule.ts";
import type { Decision, Directive } from "./decision.ts";

/** So many combinations are kept; more are made anew each time. */
const combinationsMax = 4096;

interface Combination {
  readonly decision: Decision;
  readonly further: Map<Outcome, Combination>;
}

/** The decisions in which several measures apply, each made once. */
export class CombinedDecisions {
  readonly #none = combination([]);
  #kept = 0;

  /** Of the outcomes that are there, in the order of the measures. */
  of(
    refusal: Outcome | null,
    reauthenticate: Outcome | null,
    changePassword: Outcome | null,
    upgrade: Outcome | null,
    redownload: Outcome | null,
  ): Decision {
    let combined = this.#with(this.#none, refusal);
    combined = this.#with(combined, reauthenticate);
    combined = this.#with(combined, changePassword);
    combined = this.#with(combined, upgrade);
    return this.#with(combined, redownload).decision;
  }

  #with(given: Combination, outcome: Outcome | null): Combination {
    if (outcome === null) return given;
    const known = given.further.get(outcome);
    if (known !== undefined) return known;
    const made = combination([...given.decision.directives, outcome.directive]);
    if (this.#kept < combinationsMax) {
      this.#kept++;
      given.further.set(outcome, made);
    }
    return made;
  }
}

function combination(directives: readonly Directive[]): Combination {
  const decision = Object.freeze({ allow: !directives.some(denies), directives: Object.freeze(directives) });
  return { decision, further: new Map() };
}
