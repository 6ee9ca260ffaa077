import type { RateLimit } from "../run/watch.ts";

/** What must be seen before the all clear is given, as data. */
export interface AllClearCriteria {
  /** The share of the people concerned who must have met each measure in force, 0 to 1. */
  readonly metShareAtLeast: number;
  /** No sign of the suspects for so long. */
  readonly quietForMs: number;
  /** How many enforcement points may still be on an older bundle. */
  readonly pointsBehindMax: number;
  /** Rates that must be back within their limits. */
  readonly limits: readonly RateLimit[];
}

/** What was seen. Null where nobody can tell, which is never good enough. */
export interface AllClearObservations {
  readonly measures: readonly { readonly measureId: string; readonly people: number; readonly met: number }[];
  readonly lastSuspectAtMs: number | null;
  readonly pointsBehind: number | null;
  readonly samples: readonly { readonly rate: string; readonly value: number; readonly atMs: number }[];
}
