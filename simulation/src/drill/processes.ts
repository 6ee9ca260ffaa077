import { Child, type ChildOptions } from "./child-process.ts";
import type { Display } from "./display.ts";
import { DrillError } from "./drill-error.ts";

/** Everything that the drill started, so that all of it ends with the drill. */
export class Processes {
  readonly #display: Display;
  readonly #children: Child[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #ending = false;

  constructor(display: Display) {
    this.#display = display;
    // Somebody always awaits it in the end; until then a failure must not end the drill by itself.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects when a process that the drill can't do without ends unasked. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  get ending(): boolean {
    return this.#ending;
  }

  /** Starts a process whose unasked end is the end of the drill. */
  start(options: ChildOptions): Child {
    const child = this.startReplaceable(options);
    void child.ended.then((exit) => {
      if (!child.askedToEnd && exit.code !== 0) this.fail(child.failure(exit));
    });
    return child;
  }

  /** Starts a process whose end somebody else deals with. */
  startReplaceable(options: ChildOptions): Child {
    if (this.#ending) throw new DrillError("ERR_DRILL_INTERRUPTED", "the drill is ending");
    const child = new Child(options);
    this.#children.push(child);
    return child;
  }

  tell(child: Child, port: number | null): void {
    this.#display.process(child.name, child.pid, port);
  }

  fail(error: DrillError): void {
    this.#failed.reject(error);
  }

  /** Ends everything, the latest first; resolves when nothing is left. */
  async stopAll(): Promise<void> {
    this.#ending = true;
    for (const child of this.#children.toReversed()) await child.stop(stopPatienceMs);
  }
}

/** The control plane stops its PostgreSQL in this time. */
const stopPatienceMs = 20_000;
