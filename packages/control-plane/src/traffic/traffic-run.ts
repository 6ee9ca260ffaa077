import { InputError } from "@cordon/model";
import { compareSimulations, type Comparison } from "./compare-simulations.ts";
import { Crowd } from "./crowd.ts";
import { simulationReport, type SimulationReport } from "./simulation-report.ts";
import type { TrafficRequest } from "./traffic-request.ts";
import { TrafficSimulation, type SimulatedPolicy } from "./traffic-simulation.ts";

export interface TrafficRunOptions {
  readonly policy: SimulatedPolicy;
  /** The policy in force, to compare with. */
  readonly against: SimulatedPolicy | null;
  readonly stepMs: number;
  /** The window [fromMs, toMs) of the time that is simulated; null: open. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** Added to each request's time: last week's traffic under next week's policy. Sign-in times stay what they are. */
  readonly shiftMs: number;
  readonly comply: boolean;
  readonly installationsMax?: number;
}

export interface TrafficResult {
  /** Of the simulated requests; null when there are none. */
  readonly firstMs: number | null;
  readonly lastMs: number | null;
  /** Requests before or after the window. */
  readonly outside: number;
  readonly report: SimulationReport;
  readonly against: { readonly report: SimulationReport; readonly comparison: Comparison } | null;
}

/** Some accounts of a directory with their markets, arrays of the same length. */
export interface MarketBatch {
  readonly accountIds: readonly string[];
  readonly markets: readonly (string | null)[];
}

/** Plays a traffic log, request by request, through a policy and, where given, the one in force. */
export class TrafficRun {
  readonly #options: TrafficRunOptions;
  readonly #crowd: Crowd;
  #simulations: { readonly next: TrafficSimulation; readonly inForce: TrafficSimulation | null } | null =
    null;
  #firstMs: number | null = null;
  #lastMs: number | null = null;
  #previousMs = -Infinity;
  #outside = 0;

  constructor(options: TrafficRunOptions) {
    this.#options = options;
    this.#crowd = new Crowd(options.installationsMax);
  }

  /**
   * Throws an InputError for a request before the one before it: who signs in when hangs on the order. Also when there are
   * more installations, steps or answers than fit.
   */
  take(logged: TrafficRequest): void {
    const { fromMs, toMs, shiftMs, against } = this.#options;
    if (logged.atMs < this.#previousMs) {
      throw new InputError(["at"], "a time before the line above", "requests in the order of their time");
    }
    this.#previousMs = logged.atMs;
    const traffic = shiftMs === 0 ? logged : { ...logged, atMs: logged.atMs + shiftMs };
    if ((fromMs !== null && traffic.atMs < fromMs) || (toMs !== null && traffic.atMs >= toMs)) {
      this.#outside++;
      return;
    }
    this.#simulations ??= {
      next: this.#simulation(this.#options.policy, traffic.atMs),
      inForce: against === null ? null : this.#simulation(against, traffic.atMs),
    };
    this.#firstMs ??= traffic.atMs;
    this.#lastMs = traffic.atMs;
    const place = this.#crowd.placeOf(traffic);
    this.#simulations.next.take(traffic, place);
    this.#simulations.inForce?.take(traffic, place);
  }

  /** Says where accounts are at home whose requests do not. */
  joinMarkets({ accountIds, markets }: MarketBatch): void {
    for (const [index, accountId] of accountIds.entries()) {
      this.#crowd.joinMarket(accountId, markets[index] ?? null);
    }
  }

  result(): TrafficResult {
    const { policy, against, comply } = this.#options;
    const next = this.#simulations?.next ?? this.#simulation(policy, 0);
    const crowd = this.#crowd;
    const before = against === null ? null : (this.#simulations?.inForce ?? this.#simulation(against, 0));
    return {
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      outside: this.#outside,
      report: simulationReport(next, { crowd, policy: policy.policy, comply }),
      against:
        against === null || before === null
          ? null
          : {
              report: simulationReport(before, { crowd, policy: against.policy, comply }),
              comparison: compareSimulations(next, before, crowd),
            },
    };
  }

  #simulation(simulated: SimulatedPolicy, firstMs: number): TrafficSimulation {
    const { stepMs, fromMs, comply } = this.#options;
    // Without a window steps begin at whole multiples of their length.
    const originMs = fromMs ?? Math.floor(firstMs / stepMs) * stepMs;
    return new TrafficSimulation(simulated, this.#crowd, { stepMs, originMs, comply });
  }
}
