import { useEffect, useState } from "preact/hooks";

/** A value that is replaced, never changed, and whose readers are told. */
export class Store<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  /** Replaces some members of a record. */
  patch(part: Partial<Value>): void {
    this.set({ ...this.#value, ...part });
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** What `select` makes of a store's value; draws anew only when that differs. */
export function useStore<Value, Selected>(store: Store<Value>, select: (value: Value) => Selected): Selected {
  const [selected, setSelected] = useState(() => select(store.value));
  useEffect(() => {
    const look = () => setSelected(() => select(store.value));
    look();
    return store.subscribe(look);
    // `select` is a lambda at every place of use; it reads nothing but the value.
  }, [store]);
  return selected;
}
