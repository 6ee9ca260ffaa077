/** Calls `call` once after `ms` milliseconds, unless the function that it returns was called before. */
export type After = (ms: number, call: () => void) => () => void;

export const afterRealTime: After = (ms, call) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

/** Resolves after `ms`, or at once when `signal` is aborted; then with false. */
export function pause(after: After, ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const onAbort = () => {
      cancel();
      resolve(false);
    };
    const cancel = after(ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve(true);
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/** A signal that is aborted by `signal` or when `limitMs` have passed since the last `alive`, whichever is first. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #passed = new AbortController();
  readonly #after: After;
  #cancel: () => void;

  constructor(after: After, limitMs: number, signal: AbortSignal) {
    this.#after = after;
    this.signal = AbortSignal.any([signal, this.#passed.signal]);
    this.#cancel = this.#arm(limitMs);
  }

  /** Begins the time anew, with a limit of its own. */
  alive(limitMs: number): void {
    this.#cancel();
    this.#cancel = this.#arm(limitMs);
  }

  /** The work is done: the time no longer runs. */
  met(): void {
    this.#cancel();
  }

  #arm(limitMs: number): () => void {
    return this.#after(limitMs, () => {
      this.#passed.abort(new DOMException(`no answer within ${limitMs} ms`, "TimeoutError"));
    });
  }
}
