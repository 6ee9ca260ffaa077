import { InputError } from "@cordon/model";

/** Steps of a timeline that hold something. */
const stepsMax = 100_000;

/** What happened within one step. */
export interface Step {
  readonly fromMs: number;
  readonly requests: number;
  readonly denied: number;
  readonly signIns: number;
  readonly passwordChanges: number;
  readonly redownloads: number;
}

type Happening = Exclude<keyof Step, "fromMs">;

/** The second with most sign-ins; the first of them. */
export interface Peak {
  readonly atMs: number;
  readonly signIns: number;
}

type Counts = { -readonly [Key in Happening]: number };

/** Counts by steps of equal length. */
export class Timeline {
  readonly stepMs: number;
  readonly #originMs: number;
  readonly #steps = new Map<number, Counts>();
  #secondMs = -Infinity;
  #inSecond = 0;
  #peak: Peak | null = null;

  constructor(stepMs: number, originMs: number) {
    this.stepMs = stepMs;
    this.#originMs = originMs;
  }

  /** INVARIANT: called in the order of time. Throws an InputError for too many steps. */
  add(atMs: number, happening: Happening): void {
    const index = Math.floor((atMs - this.#originMs) / this.stepMs);
    let counts = this.#steps.get(index);
    if (counts === undefined) {
      if (this.#steps.size >= stepsMax) {
        throw new InputError([], `over ${stepsMax} steps`, "a longer --step");
      }
      counts = { requests: 0, denied: 0, signIns: 0, passwordChanges: 0, redownloads: 0 };
      this.#steps.set(index, counts);
    }
    counts[happening]++;
    if (happening === "signIns") this.#signIn(atMs);
  }

  /** The steps that hold something, in order. */
  steps(): readonly Step[] {
    return [...this.#steps]
      .sort(([a], [b]) => a - b)
      .map(([index, counts]) => ({ fromMs: this.#originMs + index * this.stepMs, ...counts }));
  }

  /** Null: nobody signs in. */
  peak(): Peak | null {
    return this.#peak;
  }

  #signIn(atMs: number): void {
    const secondMs = Math.floor(atMs / 1000) * 1000;
    this.#inSecond = secondMs === this.#secondMs ? this.#inSecond + 1 : 1;
    this.#secondMs = secondMs;
    if (this.#inSecond > (this.#peak?.signIns ?? 0)) this.#peak = { atMs: secondMs, signIns: this.#inSecond };
  }
}
