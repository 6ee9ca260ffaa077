import { LineHashes } from "./line-hashes.ts";

/** Events that were read and rest in a table of the engine, and the hashes of the lines that were read with them. */
export class Batch {
  readonly table: string;
  /** Events so far; not all of them are in the table before the intake has settled. */
  rows = 0;
  readonly #hashes = new Map<number, LineHashes>();

  /** `number` makes the table's name. */
  constructor(number: number) {
    this.table = `batch_${number}`;
  }

  get isEmpty(): boolean {
    return this.rows === 0 && this.#hashes.size === 0;
  }

  hashesOf(source: number): LineHashes {
    const known = this.#hashes.get(source);
    if (known !== undefined) return known;
    const made = new LineHashes();
    this.#hashes.set(source, made);
    return made;
  }

  /** The hashes of a source's lines, grouped by their first byte; null when there are none. */
  groupedHashes(source: number): Buffer | null {
    const hashes = this.#hashes.get(source);
    return hashes === undefined || hashes.isEmpty ? null : hashes.grouped();
  }
}
