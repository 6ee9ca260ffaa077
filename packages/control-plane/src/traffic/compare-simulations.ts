import { measures, type Measure } from "@cordon/gate";
import { nobody, type Crowd } from "./crowd.ts";
import type { TrafficSimulation } from "./traffic-simulation.ts";

/** How many are denied under both policies, and under one of them only. */
export interface Change {
  readonly newlyDenied: number;
  readonly noLongerDenied: number;
  readonly deniedByBoth: number;
}

export interface Comparison {
  readonly accounts: Change;
  readonly installations: Change;
  /** Accounts that each measure denies; measures that deny nobody are left out. */
  readonly measures: readonly ({ readonly measure: Measure } & Change)[];
}

/** What changes for whom when `next` takes the place of `inForce`. */
export function compareSimulations(
  next: TrafficSimulation,
  inForce: TrafficSimulation,
  crowd: Crowd,
): Comparison {
  const accountsNext = new Uint8Array(crowd.accounts);
  const accountsInForce = new Uint8Array(crowd.accounts);
  const installations = new Changes();
  for (const [place, account] of crowd.accountOf.entries()) {
    if (account === nobody) continue;
    const after = next.deniedBy[place] ?? 0;
    const before = inForce.deniedBy[place] ?? 0;
    installations.count(before !== 0, after !== 0);
    accountsNext[account] = (accountsNext[account] ?? 0) | after;
    accountsInForce[account] = (accountsInForce[account] ?? 0) | before;
  }
  const accounts = new Changes();
  const byMeasure = measures.map((measure) => ({ measure, changes: new Changes() }));
  for (const [account, before] of accountsInForce.entries()) {
    const after = accountsNext[account] ?? 0;
    accounts.count(before !== 0, after !== 0);
    for (const [bit, { changes }] of byMeasure.entries()) {
      changes.count((before & (1 << bit)) !== 0, (after & (1 << bit)) !== 0);
    }
  }
  return {
    accounts: accounts.result(),
    installations: installations.result(),
    measures: byMeasure
      .map(({ measure, changes }) => ({ measure, ...changes.result() }))
      .filter(
        ({ newlyDenied, noLongerDenied, deniedByBoth }) => newlyDenied + noLongerDenied + deniedByBoth > 0,
      ),
  };
}

class Changes {
  #newlyDenied = 0;
  #noLongerDenied = 0;
  #deniedByBoth = 0;

  count(before: boolean, after: boolean): void {
    if (before && after) this.#deniedByBoth++;
    else if (after) this.#newlyDenied++;
    else if (before) this.#noLongerDenied++;
  }

  result(): Change {
    return {
      newlyDenied: this.#newlyDenied,
      noLongerDenied: this.#noLongerDenied,
      deniedByBoth: this.#deniedByBoth,
    };
  }
}
