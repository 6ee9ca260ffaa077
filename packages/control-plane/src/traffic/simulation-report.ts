import { measures, type Measure, type Policy } from "@cordon/gate";
import { compareCodePoints } from "@cordon/model";
import { nobody, type Crowd } from "./crowd.ts";
import { Tally, type Counted } from "./tally.ts";
import type { Peak, Step } from "./timeline.ts";
import { denies, type Told, type ToldDirective } from "./told.ts";
import type { TrafficSimulation } from "./traffic-simulation.ts";

/** All requests of one kind, and those that were denied. */
export interface Share {
  readonly total: Counted;
  readonly denied: Counted;
}

/** Everything that a simulation says, for one policy. Orders: rules by the policy, the rest by code point. */
export interface SimulationReport extends Share {
  /** Requests without account, which count in no number of accounts or installations. */
  readonly withoutAccount: { readonly total: number; readonly denied: number };
  readonly measures: readonly ({ readonly measure: Measure; readonly required: boolean } & Counted)[];
  readonly rules: readonly ({ readonly rule: string; readonly measure: Measure } & Counted)[];
  readonly platforms: readonly ({ readonly platform: string | null } & Share)[];
  readonly stores: readonly ({ readonly store: string } & Share)[];
  readonly markets: readonly ({ readonly market: string | null } & Share)[];
  /** What clients are told, most requests first; an empty list is nothing. */
  readonly told: readonly (Told & Counted)[];
  /** Installations by store that were told so at least once. */
  readonly upgrades: readonly {
    readonly store: string;
    readonly recommended: number;
    readonly required: number;
    /** Told of a version that their store does not have. */
    readonly unavailable: number;
  }[];
  /** Null: nobody complies, so nobody signs in. */
  readonly signIns: SignIns | null;
  readonly steps: readonly Step[];
}

interface SignIns {
  readonly total: number;
  readonly peak: Peak | null;
  readonly waves: readonly {
    readonly rule: string;
    readonly wave: number;
    readonly opensMs: number;
    readonly signIns: number;
  }[];
}

const all = "all";
/** A key of its own for a platform or market that nobody names; no text of JSON begins so by chance in a log of ours. */
const unknownKey = "\0unknown";

/** Sums up one simulation. Call it once the directory's markets are joined. */
export function simulationReport(
  simulation: TrafficSimulation,
  { crowd, policy, comply }: { readonly crowd: Crowd; readonly policy: Policy; readonly comply: boolean },
): SimulationReport {
  const tallies = new Tallies();
  let withoutAccount = { total: 0, denied: 0 };
  for (const cell of simulation.cells(crowd.ranksByAccount())) {
    const { place, told, requests } = cell;
    const account = crowd.accountOf[place] ?? nobody;
    const { platform, store } = crowd.clientOf(place);
    tallies.add({ ...cell, account, platform, store, market: crowd.marketOf(place) });
    if (account !== nobody) continue;
    withoutAccount = {
      total: withoutAccount.total + requests,
      denied: withoutAccount.denied + (told.allow ? 0 : requests),
    };
  }
  const steps = simulation.timeline.steps();
  return {
    ...tallies.share("everything", all),
    withoutAccount,
    ...tallies.rows(policy),
    signIns: comply ? signInsOf(simulation, policy, steps) : null,
    steps,
  };
}

function signInsOf(simulation: TrafficSimulation, policy: Policy, steps: readonly Step[]): SignIns {
  const waves = policy.rules.flatMap((rule) => {
    const counts = simulation.waves().get(rule.id);
    if (counts === undefined || rule.measure !== "reauthenticate" || rule.rollout === null) return [];
    const { fromMs, overMs, waves: waveCount } = rule.rollout;
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([wave, signIns]) => ({
        rule: rule.id,
        wave,
        opensMs: Math.ceil(fromMs + (wave * overMs) / waveCount),
        signIns,
      }));
  });
  const total = steps.reduce((sum, { signIns }) => sum + signIns, 0);
  return { total, peak: simulation.timeline.peak(), waves };
}

interface Placed {
  readonly told: Told;
  readonly requests: number;
  readonly account: number;
  readonly place: number;
  readonly platform: string | null;
  readonly store: string;
  readonly market: string | null;
}

type Dimension = "everything" | "platform" | "store" | "market";

class Tallies {
  readonly #total = new Map<Dimension, Tally>();
  readonly #denied = new Map<Dimension, Tally>();
  readonly #measures = new Tally();
  readonly #rules = new Tally();
  readonly #told = new Tally();
  readonly #toldKeys = new Map<Told, string>();
  readonly #upgrades = new Tally();

  add(cell: Placed): void {
    const { told, store } = cell;
    const dimensions: readonly (readonly [Dimension, string])[] = [
      ["everything", all],
      ["platform", cell.platform ?? unknownKey],
      ["store", store],
      ["market", cell.market ?? unknownKey],
    ];
    for (const [dimension, key] of dimensions) {
      tallyOf(this.#total, dimension).add(key, cell);
      if (!told.allow) tallyOf(this.#denied, dimension).add(key, cell);
    }
    for (const directive of told.directives) {
      this.#measures.add(measureKey(directive.measure, directive.required), cell);
      this.#rules.add(directive.rule, cell);
      if (directive.measure === "upgrade") this.#upgrades.add(`${upgradeState(directive)}\0${store}`, cell);
    }
    this.#told.add(this.#keyOf(told), cell);
  }

  share(dimension: Dimension, key: string): Share {
    return {
      total: tallyOf(this.#total, dimension).get(key),
      denied: tallyOf(this.#denied, dimension).get(key),
    };
  }

  rows(
    policy: Policy,
  ): Pick<SimulationReport, "measures" | "rules" | "platforms" | "stores" | "markets" | "told" | "upgrades"> {
    const keys = (dimension: Dimension): readonly string[] =>
      [...tallyOf(this.#total, dimension).keys()].sort(compareCodePoints);
    const named = (key: string): string | null => (key === unknownKey ? null : key);
    return {
      measures: measures.flatMap((measure) =>
        [true, false]
          .map((required) => ({
            measure,
            required,
            ...this.#measures.get(measureKey(measure, required)),
          }))
          .filter(({ requests }) => requests > 0),
      ),
      rules: policy.rules.map(({ id, measure }) => ({ rule: id, measure, ...this.#rules.get(id) })),
      platforms: keys("platform").map((key) => ({ platform: named(key), ...this.share("platform", key) })),
      stores: keys("store").map((store) => ({ store, ...this.share("store", store) })),
      markets: keys("market").map((key) => ({ market: named(key), ...this.share("market", key) })),
      told: [...this.#toldKeys]
        .map(([told, key]) => ({ ...told, ...this.#told.get(key) }))
        .sort((a, b) => b.requests - a.requests),
      upgrades: this.#upgradeRows(keys("store")),
    };
  }

  /** A policy has few answers, and each is one object. */
  #keyOf(told: Told): string {
    const known = this.#toldKeys.get(told);
    if (known !== undefined) return known;
    const key = String(this.#toldKeys.size);
    this.#toldKeys.set(told, key);
    return key;
  }

  #upgradeRows(stores: readonly string[]): SimulationReport["upgrades"] {
    const of = (state: string, store: string): number =>
      this.#upgrades.get(`${state}\0${store}`).installations;
    return stores
      .map((store) => ({
        store,
        recommended: of("recommended", store),
        required: of("required", store),
        unavailable: of("unavailable", store),
      }))
      .filter(({ recommended, required, unavailable }) => recommended + required + unavailable > 0);
  }
}

function tallyOf(tallies: Map<Dimension, Tally>, dimension: Dimension): Tally {
  const known = tallies.get(dimension);
  if (known !== undefined) return known;
  const tally = new Tally();
  tallies.set(dimension, tally);
  return tally;
}

function measureKey(measure: Measure, required: boolean): string {
  return `${measure}\0${required}`;
}

function upgradeState(directive: ToldDirective): "unavailable" | "required" | "recommended" {
  if (directive.available === false) return "unavailable";
  return denies(directive) ? "required" : "recommended";
}
