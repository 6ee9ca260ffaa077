import { nobody } from "./crowd.ts";

/** Requests, and how many distinct accounts and installations they come from. */
export interface Counted {
  readonly requests: number;
  readonly accounts: number;
  readonly installations: number;
}

const none: Counted = { requests: 0, accounts: 0, installations: 0 };

interface Entry {
  requests: number;
  accounts: number;
  installations: number;
  lastAccount: number;
  lastPlace: number;
}

/**
 * Distinct counts by key without a set for each.
 * INVARIANT: what is added comes ordered by account, and within it by installation; requests of nobody count as requests only.
 */
export class Tally {
  readonly #entries = new Map<string, Entry>();

  add(key: string, { account, place, requests }: { account: number; place: number; requests: number }): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { requests: 0, accounts: 0, installations: 0, lastAccount: nobody, lastPlace: nobody };
      this.#entries.set(key, entry);
    }
    entry.requests += requests;
    if (account === nobody) return;
    if (entry.lastAccount !== account) entry.accounts++;
    if (entry.lastPlace !== place) entry.installations++;
    entry.lastAccount = account;
    entry.lastPlace = place;
  }

  get(key: string): Counted {
    const entry = this.#entries.get(key);
    if (entry === undefined) return none;
    const { requests, accounts, installations } = entry;
    return { requests, accounts, installations };
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }
}
