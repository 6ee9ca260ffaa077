import { LakeError } from "../errors.ts";

/** More chains than this are no hosts or partitions, but a path that was mapped by mistake. */
const chainsMax = 100_000;

/** Numbers the chains of sequence numbers in the order they come up. */
export class ChainNames {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** Null for lines that name no chain. */
  numberOf(name: string | null): number | null {
    if (name === null) return null;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.length;
    if (number === chainsMax) {
      throw new LakeError(
        "ERR_LAKE_INPUT",
        `the evidence names over ${chainsMax} chains of sequence numbers, expected a host or partition at the map's \`per\``,
      );
    }
    this.#numbers.set(name, number);
    this.#names.push(name);
    return number;
  }

  nameOf(number: number | null): string | null {
    return number === null ? null : (this.#names[number] ?? null);
  }
}
