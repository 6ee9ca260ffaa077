import { decide, measures, waveOf, type CompiledPolicy, type GateRequest, type Policy } from "@cordon/gate";
import { nobody, type Crowd } from "./crowd.ts";
import { NumberTable } from "./number-table.ts";
import { Timeline } from "./timeline.ts";
import { denies, ToldTable, type Told } from "./told.ts";
import type { TrafficRequest } from "./traffic-request.ts";

export interface SimulatedPolicy {
  readonly policy: Policy;
  readonly compiled: CompiledPolicy;
}

interface SimulationSettings {
  readonly stepMs: number;
  /** Where steps begin, in ms since the epoch. */
  readonly originMs: number;
  /** Whether people do at once what they are told; otherwise each request is decided as it stands. */
  readonly comply: boolean;
}

/** The number of sets of directives is below it (told.ts). */
const toldFactor = 4_096;

/**
 * One policy over a traffic log. People who are told to sign in do so at that request: from then on the installation's
 * requests carry the new time (a request with an API key: that of a new one) and, as a new token is signed by a new key, no key that the log says. A changed password
 * counts for all of an account's installations, offline copies are fetched anew by the installation that is told so. An
 * app that is refused does none of it, nobody installs an upgrade before the log says so, and requests without account
 * are decided as they stand.
 */
export class TrafficSimulation {
  readonly #simulated: SimulatedPolicy;
  readonly #crowd: Crowd;
  readonly #comply: boolean;
  readonly #rules: ReadonlyMap<string, Policy["rules"][number]>;
  /** Requests by installation and answer: place · 4096 + answer. */
  readonly #cells = new NumberTable();
  readonly #signedInMs: number[] = [];
  readonly #epochs: number[] = [];
  readonly #passwordSetMs: number[] = [];
  readonly #waves = new Map<string, Map<number, number>>();
  readonly #told = new ToldTable();
  readonly timeline: Timeline;
  /** By installation: a bit for each measure that ever denied one of its requests, in the order of `measures`. */
  readonly deniedBy: number[] = [];
  requests = 0;

  constructor(simulated: SimulatedPolicy, crowd: Crowd, { stepMs, originMs, comply }: SimulationSettings) {
    this.#simulated = simulated;
    this.#crowd = crowd;
    this.#comply = comply;
    this.#rules = new Map(simulated.policy.rules.map((rule) => [rule.id, rule]));
    this.timeline = new Timeline(stepMs, originMs);
  }

  /** INVARIANT: called in the order of time. Returns what the client is told. */
  take({ atMs, request }: TrafficRequest, place: number): Told {
    while (this.#signedInMs.length <= place) {
      this.#signedInMs.push(-Infinity);
      this.#epochs.push(0);
      this.deniedBy.push(0);
    }
    const account = this.#crowd.accountOf[place] ?? nobody;
    while (this.#passwordSetMs.length <= account) this.#passwordSetMs.push(-Infinity);
    const asNow = this.#comply ? this.#asNow(request, place, account) : request;
    const decision = decide(this.#simulated.compiled, asNow, atMs);
    const index = this.#told.indexOf(decision);
    const cell = place * toldFactor + index;
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1);
    this.requests++;
    this.timeline.add(atMs, "requests");
    const told = this.#told.at(index);
    if (!told.allow) this.#denied(told, place, atMs);
    if (this.#comply && index > 0 && account !== nobody) this.#obey(told, request, { atMs, place, account });
    return told;
  }

  /** Requests by installation and what they were told, installations in the order that `rankOf` gives them. */
  *cells(
    rankOf: Uint32Array,
  ): Generator<{ readonly place: number; readonly told: Told; readonly requests: number }> {
    const places = new Uint32Array(rankOf.length);
    for (const [place, rank] of rankOf.entries()) places[rank] = place;
    const ranked = new Float64Array(this.#cells.size);
    let at = 0;
    for (const cell of this.#cells.keys()) {
      const index = cell % toldFactor;
      ranked[at++] = (rankOf[(cell - index) / toldFactor] ?? 0) * toldFactor + index;
    }
    for (const cell of ranked.sort()) {
      const index = cell % toldFactor;
      const rank = (cell - index) / toldFactor;
      const place = places[rank] ?? 0;
      const requests = this.#cells.get(place * toldFactor + index) ?? 0;
      yield { place, told: this.#told.at(index), requests };
    }
  }

  /** Sign-ins by rule and wave, rules without a rollout left out. */
  waves(): ReadonlyMap<string, ReadonlyMap<number, number>> {
    return this.#waves;
  }

  #asNow(request: GateRequest, place: number, account: number): GateRequest {
    if (account === nobody) return request;
    const signedInMs = this.#signedInMs[place] ?? -Infinity;
    const passwordSetMs = this.#passwordSetMs[account] ?? -Infinity;
    const epoch = this.#epochs[place] ?? 0;
    let asNow = request;
    const apiKeyMs = request.apiKeyCreatedAtMs ?? null;
    if (signedInMs > (apiKeyMs ?? request.authTimeMs ?? -Infinity)) {
      const renewed = apiKeyMs === null ? { authTimeMs: signedInMs } : { apiKeyCreatedAtMs: signedInMs };
      asNow = { ...asNow, ...renewed, keyId: null };
    }
    if (passwordSetMs > (request.passwordSetAtMs ?? -Infinity)) {
      asNow = { ...asNow, passwordSetAtMs: passwordSetMs };
    }
    return epoch > request.offlineEpoch ? { ...asNow, offlineEpoch: epoch } : asNow;
  }

  #denied({ directives }: Told, place: number, atMs: number): void {
    let mask = this.deniedBy[place] ?? 0;
    for (const directive of directives) {
      if (denies(directive)) mask |= 1 << measures.indexOf(directive.measure);
    }
    this.deniedBy[place] = mask;
    this.timeline.add(atMs, "denied");
  }

  #obey(
    { directives }: Told,
    request: GateRequest,
    { atMs, place, account }: { atMs: number; place: number; account: number },
  ): void {
    if (directives[0]?.measure === "refuse_client") return;
    for (const { measure, rule } of directives) {
      switch (measure) {
        case "reauthenticate":
          this.#signedInMs[place] = atMs;
          this.timeline.add(atMs, "signIns");
          this.#countWave(rule, request.account);
          break;
        case "change_password":
          this.#passwordSetMs[account] = atMs;
          this.timeline.add(atMs, "passwordChanges");
          break;
        case "redownload":
          this.#epochs[place] = this.#epochOf(rule);
          this.timeline.add(atMs, "redownloads");
          break;
        case "refuse_client":
        case "upgrade":
          break;
      }
    }
  }

  #epochOf(ruleId: string): number {
    const rule = this.#rules.get(ruleId);
    return rule?.measure === "redownload" ? rule.epoch : 0;
  }

  #countWave(ruleId: string, account: string | null): void {
    const rule = this.#rules.get(ruleId);
    if (rule?.measure !== "reauthenticate" || rule.rollout === null || account === null) return;
    const waves = this.#waves.get(ruleId) ?? new Map<number, number>();
    const wave = waveOf(ruleId, account, rule.rollout.waves);
    waves.set(wave, (waves.get(wave) ?? 0) + 1);
    this.#waves.set(ruleId, waves);
  }
}
