/** Runs one thing after the other, in the order in which they came; a failure is the caller's and stops nothing. */
export class Lane {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Resolves once everything that has come so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
