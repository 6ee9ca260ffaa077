import { setTimeout as sleep } from "node:timers/promises";

interface WorkerOptions {
  readonly name: string;
  /** Does what there is to do. Resolves to when to look again by itself, in ms; null: only when woken. */
  readonly run: (signal: AbortSignal) => Promise<number | null>;
  /** Told of each failure; the worker tries again. */
  readonly onFailure: (name: string, error: unknown) => void;
  readonly firstDelayMs?: number;
  readonly delayMaxMs?: number;
}

/** Runs again whenever it is woken, and after a failure by itself, until it is stopped. One run at a time. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #stop = new AbortController();
  #wake: (() => void) | null = null;
  #woken = true;
  readonly #ended: Promise<void>;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#ended = this.#loop();
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Resolves once the run under way has ended. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#ended;
  }

  #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #loop(): Promise<void> {
    const { name, run, onFailure, firstDelayMs = 250, delayMaxMs = 15_000 } = this.#options;
    let failures = 0;
    while (!this.#stopped()) {
      this.#woken = false;
      let nextMs: number | null;
      try {
        nextMs = await run(this.#stop.signal);
        failures = 0;
      } catch (error) {
        if (this.#stopped()) return;
        onFailure(name, error);
        nextMs = Math.min(delayMaxMs, firstDelayMs * 2 ** failures);
        failures = Math.min(failures + 1, 16);
      }
      await this.#wait(nextMs);
    }
  }

  async #wait(ms: number | null): Promise<void> {
    if (this.#woken || this.#stopped()) return;
    const over = new AbortController();
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    const timer = ms === null ? [] : [sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)];
    await Promise.race([woken, ...timer]);
    over.abort();
    this.#wake = null;
  }
}
