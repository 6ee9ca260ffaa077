import { hasMet, waveUnder } from "@cordon/gate";
import type { Measure, Rule } from "@cordon/gate";

import { AccountMarks } from "./account-marks.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { PolicyInForce } from "./policy-in-force.ts";

/** Rules that are counted at a time: one mark each. */
const rulesMax = 32;
/** Waves of a rule that are counted one by one; a plan's run has at most 200. */
const wavesMax = 1000;
/** Different markets, and different stores, that are told apart; the rest is `other`. */
const marketsMax = 300;
const storesMax = 60;
/** Accounts of which marks are kept: at most about 100 MB. */
const metAccountsMax = 4_000_000;

/** How many accounts have met one rule at a point: whole numbers, nobody's name. */
export interface RuleMet {
  readonly rule: string;
  readonly measure: Measure;
  readonly accounts: number;
  /** False when the point has run out of room: more may have met it. */
  readonly isWhole: boolean;
  /** By wave, from wave 0; null for a rule without waves, and for one with more than 1,000. */
  readonly waves: readonly number[] | null;
  /** `unknown`: the service does not state it. */
  readonly markets: Readonly<Record<string, number>>;
  readonly stores: Readonly<Record<string, number>>;
}

interface Counted {
  readonly mark: number;
  /** What is asked for. A rule that asks for something else is counted anew. */
  readonly asks: string;
  /** In the policy in force. */
  index: number;
  accounts: number;
  isWhole: boolean;
  waves: Uint32Array | null;
  readonly markets: Map<string, number>;
  readonly stores: Map<string, number>;
}

/**
 * Counts the accounts that have met each rule: each once, with the first request that shows it, by wave, market and store. It
 * says how many at this point, since this point started: another point may count the same account.
 */
export class MetCounts {
  readonly #marks: AccountMarks;
  readonly #counted = new Map<string, Counted>();
  #policy: PolicyInForce | null = null;
  /** The marks of all rules that are counted. */
  #all = 0;

  constructor(seed: number, accountsMax = metAccountsMax) {
    this.#marks = new AccountMarks(accountsMax, seed);
  }

  seen({ request, market }: GuardedRequest, policy: PolicyInForce, nowMs: number): void {
    const { account, store } = request;
    if (account === null) return;
    if (policy !== this.#policy) this.#follow(policy);
    if (this.#all === 0) return;
    const marks = this.#marks.of(account);
    if ((marks & this.#all) >>> 0 === this.#all) return;
    for (const counted of this.#counted.values()) {
      if ((marks & counted.mark) !== 0 || !hasMet(policy.compiled, counted.index, request, nowMs)) continue;
      if (!this.#marks.add(account, counted.mark)) {
        counted.isWhole = false;
        continue;
      }
      counted.accounts++;
      const wave = waveUnder(policy.compiled, counted.index, account);
      if (wave !== null && counted.waves !== null) counted.waves[wave] = (counted.waves[wave] ?? 0) + 1;
      countIn(counted.markets, market, marketsMax);
      countIn(counted.stores, store, storesMax);
    }
  }

  report(): readonly RuleMet[] {
    const rules = this.#policy?.rules;
    return [...this.#counted].flatMap(([id, counted]) => {
      const rule = rules?.get(id);
      if (rule === undefined) return [];
      const { accounts, isWhole, waves, markets, stores } = counted;
      return [
        {
          rule: id,
          measure: rule.measure,
          accounts,
          isWhole,
          waves: waves === null ? null : [...waves],
          markets: Object.fromEntries(markets),
          stores: Object.fromEntries(stores),
        },
      ];
    });
  }

  /** Goes on with the rules that ask for the same as before. */
  #follow(policy: PolicyInForce): void {
    this.#policy = policy;
    const rules = [...policy.rules.values()];
    const asked = new Map(rules.map((rule, index) => [rule.id, { rule, index, asks: asksOf(rule) }]));
    let gone = 0;
    for (const [id, counted] of this.#counted) {
      const now = asked.get(id);
      const isSame = now?.asks === counted.asks;
      if (!isSame) {
        this.#counted.delete(id);
        gone |= counted.mark;
      } else counted.index = now.index;
    }
    if (gone !== 0) this.#marks.clear(gone);
    let taken = 0;
    for (const { mark } of this.#counted.values()) taken |= mark;
    for (const [id, { rule, index, asks }] of asked) {
      if (rule.measure === "refuse_client" || this.#counted.has(id) || this.#counted.size >= rulesMax)
        continue;
      const mark = (~taken & (taken + 1)) >>> 0;
      taken = (taken | mark) >>> 0;
      this.#counted.set(id, {
        mark,
        asks,
        index,
        accounts: 0,
        isWhole: true,
        waves: null,
        markets: new Map(),
        stores: new Map(),
      });
    }
    for (const [id, counted] of this.#counted) {
      const rollout = rolloutOf(asked.get(id)?.rule);
      // INVARIANT: an account's wave is a function of rule id and number of waves; with other waves the old counts say nothing.
      if (rollout === null || rollout.waves > wavesMax) counted.waves = null;
      else if (counted.waves?.length !== rollout.waves)
        counted.waves = counted.accounts === 0 ? new Uint32Array(rollout.waves) : null;
    }
    this.#all = taken >>> 0;
  }
}

function rolloutOf(rule: Rule | undefined): { readonly waves: number } | null {
  return rule !== undefined && "rollout" in rule ? rule.rollout : null;
}

/** What has to be there for the rule to be met; whom it is for and when its waves open may change. */
function asksOf(rule: Rule): string {
  switch (rule.measure) {
    case "reauthenticate":
    case "change_password":
      return JSON.stringify([rule.measure, rule.cutoffMs, rule.keys === null ? null : [...rule.keys].sort()]);
    case "upgrade":
      return JSON.stringify([rule.measure, rule.below, rule.belowCode, rule.belowBuild]);
    case "redownload":
      return JSON.stringify([rule.measure, rule.epoch, rule.from]);
    case "refuse_client":
      return rule.measure;
  }
}

function countIn(counts: Map<string, number>, stated: string | undefined, namesMax: number): void {
  const name =
    stated === undefined || stated === ""
      ? "unknown"
      : stated.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 64);
  const known = counts.has(name) || counts.size < namesMax ? name : "other";
  counts.set(known, (counts.get(known) ?? 0) + 1);
}
