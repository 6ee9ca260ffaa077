import { InputError } from "@cordon/model";
import { NumberTable } from "./number-table.ts";
import type { TrafficRequest } from "./traffic-request.ts";

/** So many installations take about 1.5 GB with what a simulation keeps of each. */
const installationsMaxDefault = 4_000_000;
/** Distinct values of platform and store together, and of market: more are no platforms but somebody's ids. */
const valuesMax = 65_536;

export const nobody = -1;

/** The accounts and installations of a traffic log, as small numbers. Requests without account have places of their own. */
export class Crowd {
  readonly #installationsMax: number;
  readonly #accounts = new Map<string, number>();
  /** By account · 65,536 + client. */
  readonly #installations = new NumberTable();
  /** Those with an id of their own, and those of nobody. */
  readonly #namedInstallations = new Map<string, number>();
  readonly #clients = new Names();
  readonly #markets = new Names();
  readonly #clientParts: { readonly platform: string | null; readonly store: string }[] = [];
  /** By installation; `nobody` where the requests name no account. */
  readonly accountOf: number[] = [];
  readonly #clientOf: number[] = [];
  /** By account; nobody's by installation (#anonymousMarketOf). */
  readonly #marketOf: number[] = [];
  readonly #anonymousMarketOf = new Map<number, number>();

  constructor(installationsMax = installationsMaxDefault) {
    this.#installationsMax = installationsMax;
  }

  get accounts(): number {
    return this.#accounts.size;
  }

  get installations(): number {
    return this.accountOf.length;
  }

  /** The number of the request's installation. Throws an InputError when there are too many. */
  placeOf({ request, installation, market }: TrafficRequest): number {
    const client = this.#clientIndex(request.platform, request.store);
    const marketIndex = market === null ? nobody : this.#markets.indexOf(market);
    if (request.account === null) {
      const key = `\0${client}\0${marketIndex}`;
      const known = this.#namedInstallations.get(key);
      if (known !== undefined) return known;
      const place = this.#add(nobody, client);
      this.#namedInstallations.set(key, place);
      this.#anonymousMarketOf.set(place, marketIndex);
      return place;
    }
    const account = this.#accountIndex(request.account);
    if (marketIndex !== nobody && this.#marketOf[account] === nobody) this.#marketOf[account] = marketIndex;
    if (installation === null) {
      const key = account * valuesMax + client;
      const known = this.#installations.get(key);
      if (known !== undefined) return known;
      const place = this.#add(account, client);
      this.#installations.set(key, place);
      return place;
    }
    const key = `${account}\0${installation}`;
    const known = this.#namedInstallations.get(key);
    if (known !== undefined) return known;
    const place = this.#add(account, client);
    this.#namedInstallations.set(key, place);
    return place;
  }

  /** The directory's word on an account's market; a traffic line's own word stays. */
  joinMarket(accountId: string, market: string | null): void {
    const account = this.#accounts.get(accountId);
    if (account === undefined || market === null || this.#marketOf[account] !== nobody) return;
    this.#marketOf[account] = this.#markets.indexOf(market);
  }

  clientOf(place: number): { readonly platform: string | null; readonly store: string } {
    return this.#clientParts[this.#clientOf[place] ?? 0] ?? { platform: null, store: "unknown" };
  }

  marketOf(place: number): string | null {
    const account = this.accountOf[place] ?? nobody;
    const market = account === nobody ? this.#anonymousMarketOf.get(place) : this.#marketOf[account];
    return market === undefined || market === nobody ? null : this.#markets.name(market);
  }

  /** By installation: its rank in an order in which those of one account stand together. */
  ranksByAccount(): Uint32Array {
    const starts = new Uint32Array(this.accounts + 2);
    for (const account of this.accountOf) starts[account + 2] = (starts[account + 2] ?? 0) + 1;
    for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
    const ranks = new Uint32Array(this.installations);
    // Counting sort. Nobody (-1) comes first.
    for (const [place, account] of this.accountOf.entries()) {
      const rank = starts[account + 1] ?? 0;
      ranks[place] = rank;
      starts[account + 1] = rank + 1;
    }
    return ranks;
  }

  #accountIndex(accountId: string): number {
    const known = this.#accounts.get(accountId);
    if (known !== undefined) return known;
    const index = this.#accounts.size;
    this.#accounts.set(accountId, index);
    this.#marketOf.push(nobody);
    return index;
  }

  #clientIndex(platform: string | null, store: string): number {
    const index = this.#clients.indexOf(platform === null ? `\0${store}` : `${platform}\0${store}`);
    if (index === this.#clientParts.length) this.#clientParts.push({ platform, store });
    return index;
  }

  #add(account: number, client: number): number {
    const place = this.accountOf.length;
    if (place >= this.#installationsMax) {
      const expected = "a log of fewer, or a higher --max-installations";
      throw new InputError([], `over ${this.#installationsMax} installations`, expected);
    }
    this.accountOf.push(account);
    this.#clientOf.push(client);
    return place;
  }
}

/** Distinct texts as small numbers. */
class Names {
  readonly #indexes = new Map<string, number>();
  readonly #names: string[] = [];

  indexOf(name: string): number {
    const known = this.#indexes.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= valuesMax) {
      throw new InputError([], `over ${valuesMax} platforms and stores or markets`, "fewer distinct ones");
    }
    this.#names.push(name);
    this.#indexes.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  name(index: number): string {
    return this.#names[index] ?? "";
  }
}
