import type { Display } from "./display.ts";

export interface Phase {
  readonly name: string;
  readonly ms: number;
}

/** Times the parts of a drill; some run beside each other. Listed in the order in which they began. */
export class Phases {
  readonly #display: Display;
  readonly #nowMs: () => number;
  readonly #began: { name: string; ms: number | null }[] = [];

  constructor(display: Display, nowMs: () => number) {
    this.#display = display;
    this.#nowMs = nowMs;
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const phase: { name: string; ms: number | null } = { name, ms: null };
    this.#began.push(phase);
    this.#display.phaseStarted(name);
    const startMs = this.#nowMs();
    const result = await work();
    phase.ms = Math.round(this.#nowMs() - startMs);
    this.#display.phaseEnded(name, phase.ms);
    return result;
  }

  /** Those that have ended. */
  list(): Phase[] {
    return this.#began.flatMap(({ name, ms }) => (ms === null ? [] : [{ name, ms }]));
  }
}
