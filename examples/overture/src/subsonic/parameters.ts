import { SubsonicError } from "./subsonic-error.ts";

const listMax = 5_000;

/** The parameters of a call, from its query and its form alike. */
export class Parameters {
  readonly #values: URLSearchParams;

  constructor(query: string, form: string | null) {
    this.#values = new URLSearchParams(query);
    for (const [name, value] of new URLSearchParams(form ?? "")) this.#values.append(name, value);
  }

  /** Null when it is missing or empty. */
  get(name: string): string | null {
    const value = this.#values.get(name);
    return value === "" ? null : value;
  }

  /** Throws 10 when it is missing. */
  need(name: string): string {
    const value = this.get(name);
    if (value === null)
      throw new SubsonicError(10, { message: `Required parameter \`${name}\` is missing.` });
    return value;
  }

  all(name: string): readonly string[] {
    return this.#values.getAll(name).slice(0, listMax);
  }

  /** A whole number within bounds; `otherwise` where it is missing. Throws 0 for a text that is no number. */
  whole(name: string, otherwise: number, most: number): number {
    const value = this.get(name);
    if (value === null) return otherwise;
    if (!/^\d{1,15}$/.test(value))
      throw new SubsonicError(0, { message: `\`${name}\` must be a whole number.` });
    return Math.min(Number(value), most);
  }
}
