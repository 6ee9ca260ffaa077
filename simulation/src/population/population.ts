import type { AppStore, Platform } from "@cordon/model";
import { drawBelow, drawUnit, Permutation, streamKey } from "./random.ts";
import { scaleSegments, type Segment } from "./segments.ts";

/** Accounts whose password is older than this are the certain users: a rule that the directory can evaluate. */
export const certainUsersPasswordBeforeMs = Date.UTC(2013, 0, 1);

/** When the reference incident came to light: nobody of the population is younger than the window. */
export const incidentMs = Date.UTC(2014, 4, 27, 9);

/** One person of the population: an account and its installation. */
export interface Person {
  readonly index: number;
  readonly accountId: string;
  readonly email: string;
  readonly market: string;
  readonly locale: string;
  readonly createdAtMs: number;
  readonly passwordSetAtMs: number;
  readonly segment: Segment;
  readonly platform: Platform;
  readonly appStore: AppStore;
  readonly version: string;
  readonly lastSeenMs: number;
  readonly hasOffline: boolean;
  /** One of the certain users, who are asked to sign in again as a precaution. */
  readonly certain: boolean;
}

/** A planted record: it has a row in the directory and is no person anywhere. */
export const decoyAccountId = "canary-0017";
export const decoyEmail = "canary-0017@example.net";

const firstAccountNumber = 1_000_001;

const markets: readonly (readonly [market: string, locale: string, weight: number])[] = [
  ["US", "en-US", 25],
  ["GB", "en-GB", 12],
  ["SE", "sv-SE", 8],
  ["DE", "de-DE", 11],
  ["FR", "fr-FR", 9],
  ["ES", "es-ES", 8],
  ["NL", "nl-NL", 5],
  ["NO", "nb-NO", 4],
  ["BR", "pt-BR", 6],
  ["MX", "es-MX", 6],
  ["AU", "en-AU", 4],
  ["TR", "tr-TR", 2],
];
const marketWeightSum = markets.reduce((sum, [, , weight]) => sum + weight, 0);
const mailDomains = ["example.com", "example.org", "example.net"] as const;

const dayMs = 86_400_000;
const serviceStartMs = Date.UTC(2008, 9, 7);

export function accountIdOf(index: number): string {
  return `u-${index + firstAccountNumber}`;
}

/** The index of a person by account id; null for any other text, the decoy's id included. */
export function indexOfAccount(accountId: string): number | null {
  const match = /^u-(\d{7,9})$/.exec(accountId);
  return match === null ? null : Number(match[1]) - firstAccountNumber;
}

/** The index of a person by mail address; null for any other address. */
export function indexOfEmail(email: string): number | null {
  const match = /^[a-z]+\.(\d{7,9})@example\.(?:com|org|net)$/.exec(email);
  return match === null ? null : Number(match[1]) - firstAccountNumber;
}

/**
 * The drill's people: a pure function of the seed and the number of accounts. Nothing is stored; `person(i)` makes one
 * anew whenever it is asked.
 */
export class Population {
  readonly accounts: number;
  readonly seed: number;
  readonly segments: readonly Segment[];
  readonly #ranks: Permutation;
  readonly #offline: readonly Permutation[];
  readonly #keys: {
    readonly market: number;
    readonly age: number;
    readonly password: number;
    readonly version: number;
    readonly seen: number;
    readonly domain: number;
  };

  constructor(options: { readonly accounts: number; readonly seed: number }) {
    this.accounts = options.accounts;
    this.seed = options.seed;
    this.segments = scaleSegments(options.accounts);
    this.#ranks = new Permutation(options.accounts, streamKey(options.seed, "rank"));
    this.#offline = this.segments.map(
      (s) => new Permutation(Math.max(1, s.size), streamKey(options.seed, `offline/${s.share.name}`)),
    );
    const key = (name: string) => streamKey(options.seed, name);
    this.#keys = {
      market: key("market"),
      age: key("age"),
      password: key("password"),
      version: key("version"),
      seen: key("seen"),
      domain: key("domain"),
    };
  }

  /** The person of `index` 0 … accounts − 1. Throws a RangeError outside. */
  person(index: number): Person {
    const { segment, place } = this.#placeOf(index);
    const { share } = segment;
    const certain = place < segment.certain;
    const [market, locale] = pickMarket(drawUnit(this.#keys.market, index));
    const createdAtMs = this.#createdAt(index, certain);
    const domain = mailDomains[drawBelow(this.#keys.domain, index, mailDomains.length)] ?? mailDomains[0];
    return {
      index,
      accountId: accountIdOf(index),
      email: `listener.${index + firstAccountNumber}@${domain}`,
      market,
      locale,
      createdAtMs,
      passwordSetAtMs: this.#passwordSetAt(index, createdAtMs, certain),
      segment,
      platform: share.platform,
      appStore: share.appStore,
      version:
        share.versions[drawBelow(this.#keys.version, index, share.versions.length)] ??
        share.versions[0] ??
        "",
      lastSeenMs: incidentMs - Math.floor(drawUnit(this.#keys.seen, index) * 30 * dayMs),
      hasOffline:
        segment.size > 0 &&
        (this.#offline[this.segments.indexOf(segment)]?.at(place) ?? Infinity) < segment.offline,
      certain,
    };
  }

  /** Everybody once, in an order of the seed and `name`. */
  *inSeededOrder(name: string): Generator<Person> {
    const order = new Permutation(this.accounts, streamKey(this.seed, `order/${name}`));
    for (let i = 0; i < this.accounts; i++) yield this.person(order.at(i));
  }

  #placeOf(index: number): { segment: Segment; place: number } {
    if (!Number.isInteger(index) || index < 0 || index >= this.accounts)
      throw new RangeError(`no person \`${index}\` among ${this.accounts}`);
    const rank = this.#ranks.at(index);
    for (const segment of this.segments) {
      if (rank < segment.from + segment.size) return { segment, place: rank - segment.from };
    }
    throw new RangeError(`rank \`${rank}\` is in no segment`);
  }

  #createdAt(index: number, certain: boolean): number {
    const latestMs = certain ? certainUsersPasswordBeforeMs - dayMs : incidentMs - 30 * dayMs;
    return wholeSecond(serviceStartMs + drawUnit(this.#keys.age, index) * (latestMs - serviceStartMs));
  }

  #passwordSetAt(index: number, createdAtMs: number, certain: boolean): number {
    const unit = drawUnit(this.#keys.password, index);
    if (certain) return wholeSecond(createdAtMs + unit * (certainUsersPasswordBeforeMs - 1000 - createdAtMs));
    const earliestMs = Math.max(createdAtMs, certainUsersPasswordBeforeMs);
    return wholeSecond(earliestMs + unit * (incidentMs - 10 * dayMs - earliestMs));
  }
}

function pickMarket(unit: number): readonly [market: string, locale: string] {
  let left = unit * marketWeightSum;
  for (const [market, locale, weight] of markets) {
    if (left < weight) return [market, locale];
    left -= weight;
  }
  return ["US", "en-US"];
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
