/** Up to so many values are compared one by one, which is faster than a hash table. */
const comparedMax = 8;

/** Some values of which one must match; asking makes no garbage. */
export class Choice {
  readonly values: readonly string[];
  readonly #set: ReadonlySet<string>;

  constructor(set: ReadonlySet<string>) {
    this.values = [...set];
    this.#set = set;
  }

  has(value: string): boolean {
    const { values } = this;
    if (values.length > comparedMax) return this.#set.has(value);
    // By index: an iterator would be an object a call.
    for (let i = 0; i < values.length; i++) if (values[i] === value) return true;
    return false;
  }
}
