/** What a check found wrong first. */
export interface Failure {
  /** The file, relative to HOME/journal (a file given from elsewhere by its own name); null for what rests in the database. */
  readonly path: string | null;
  /** The entry concerned; null when it is not a single one. */
  readonly seq: number | null;
  readonly reason: string;
}

export interface Verification {
  readonly verified: boolean;
  /** Tree size of the checkpoint; 0 while it could not be read. */
  readonly entries: number;
  /** Kept checkpoints that the index lists. */
  readonly checkpoints: number;
  readonly keyPinned: boolean;
  /** `checked`: events that fit their commitment; `erased`: those whose erasure the log records. null when only the log was checked. */
  readonly events: { readonly checked: number; readonly erased: number } | null;
  readonly failure: Failure | null;
}

/** The order of the checks, which is the order in which a failure is reported (contracts 7). */
const steps = ["key", "checkpoint", "bundles", "tiles", "root", "kept", "entries", "events"] as const;
type Step = (typeof steps)[number];

/** The first failure of each step. */
export class Findings {
  readonly #failures = new Map<Step, Failure>();

  add(step: Step, failure: Failure): void {
    if (!this.#failures.has(step)) this.#failures.set(step, failure);
  }

  has(step: Step): boolean {
    return this.#failures.has(step);
  }

  first(): Failure | null {
    for (const step of steps) {
      const failure = this.#failures.get(step);
      if (failure !== undefined) return failure;
    }
    return null;
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
