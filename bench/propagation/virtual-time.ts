interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly call: () => void;
  /** Whether something outside the simulation is set going. */
  readonly begins: boolean;
  cancelled: boolean;
}

/**
 * Time that passes only when nothing is left to do: every call that is due runs, all that it begins comes to rest (promises,
 * streams, real files), and only then the clock moves on. The same calls give the same history.
 */
export class VirtualTime {
  readonly #heap: Due[] = [];
  #order = 0;
  #nowMs = 0;
  /** Called whenever all has come to rest. */
  onRest: () => void = () => undefined;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Calls once after so many milliseconds; returns what cancels it. */
  readonly after = (ms: number, call: () => void): (() => void) => {
    const due = this.#due(ms, call, true);
    return () => {
      due.cancelled = true;
    };
  };

  /** The same for a call that only moves things within the simulation: there is nothing to wait for after it. */
  within(ms: number, call: () => void): void {
    this.#due(ms, call, false);
  }

  async pass(untilMs: number): Promise<void> {
    await this.#rest();
    for (;;) {
      const [next] = this.#heap;
      if (next === undefined || next.atMs > untilMs) break;
      this.#pop();
      if (next.cancelled) continue;
      this.#nowMs = next.atMs;
      next.call();
      if (next.begins) await this.#rest();
    }
    this.#nowMs = untilMs;
  }

  async #rest(): Promise<void> {
    await atRest();
    this.onRest();
  }

  #due(ms: number, call: () => void, begins: boolean): Due {
    const atMs = this.#nowMs + Math.max(0, ms);
    const due: Due = { atMs, order: this.#order, call, begins, cancelled: false };
    this.#order += 1;
    this.#push(due);
    return due;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(due, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      const [left, right] = [heap[below], heap[below + 1]];
      if (left === undefined) break;
      let least = left;
      if (right !== undefined && isBefore(right, left)) {
        least = right;
        below += 1;
      }
      if (!isBefore(least, last)) break;
      heap[at] = least;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** Promises and streams settle within two turns of the event loop; files take as long as they take. */
async function atRest(): Promise<void> {
  for (let calm = 0; calm < 2; calm += 1) {
    await new Promise(setImmediate);
    while (process.getActiveResourcesInfo().some((name) => /^(FSReq|CloseReq)/.test(name))) {
      calm = 0;
      await new Promise(setImmediate);
    }
  }
}
