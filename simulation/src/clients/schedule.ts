import { drawUnit, Permutation, streamKey } from "../population/random.ts";

/** People who are away while the waves run and come only afterwards. */
const awayShare = 0.5;
/** People who upgrade already when it is recommended. */
const eagerShare = 0.6;

/** When people open the app: pure functions of the seed. */
export class Schedule {
  readonly #accounts: number;
  readonly #first: number;
  readonly #away: number;
  readonly #eager: number;
  readonly #last: Permutation;

  constructor(options: { readonly accounts: number; readonly seed: number }) {
    this.#accounts = options.accounts;
    this.#first = streamKey(options.seed, "opens");
    this.#away = streamKey(options.seed, "away");
    this.#eager = streamKey(options.seed, "eager");
    this.#last = new Permutation(options.accounts, streamKey(options.seed, "last round"));
  }

  isAway(index: number): boolean {
    return drawUnit(this.#away, index) < awayShare;
  }

  isEager(index: number): boolean {
    return drawUnit(this.#eager, index) < eagerShare;
  }

  /** When a person opens the app for the first time, as a part of the first round: 0 is its start, 1 its end. */
  opensAt(index: number): number {
    return drawUnit(this.#first, index);
  }

  /** Everybody who comes while the waves run, in the order in which they come. */
  firstRound(): Uint32Array {
    // Times are 32-bit draws, so time and person fit one 64-bit number that sorts natively.
    const keyed = new BigUint64Array(this.#accounts);
    let count = 0;
    for (let index = 0; index < this.#accounts; index++) {
      if (this.isAway(index)) continue;
      keyed[count++] = (BigInt(Math.floor(this.opensAt(index) * 2 ** 32)) << 32n) | BigInt(index);
    }
    return Uint32Array.from(keyed.subarray(0, count).sort(), (key) => Number(key & 0xffffffffn));
  }

  /** The person who opens the app as the `n`th after the last wave; everybody does once. */
  lastRound(n: number): number {
    return this.#last.at(n);
  }
}
