import type { QueryExecutorProvider } from "kysely";
import type { Audience } from "../facts/notice-facts.ts";
import type { HandOver } from "../smtp/message-transport.ts";
import { delayMs } from "./outcome-of.ts";
import { domainRate, globalRate, type Pace } from "./pace.ts";
import { quietUntil } from "./quiet-hours.ts";
import type { RetryPolicy } from "./sending.ts";
import { TokenBuckets } from "./token-buckets.ts";

type Candidate = {
  readonly ordinal: number;
  readonly audience: Audience;
  readonly market: string | null;
  /** Null for somebody who can't be reached: nothing goes out, so no rate is asked. */
  readonly destination: string | null;
};

type Admission = {
  readonly admitted: readonly Candidate[];
  /** Who waits, and until when. */
  readonly held: ReadonlyMap<number, number>;
};

/** No domain of anybody's choosing is taken for everybody's bucket. */
const everywhereOf = ({ scope = "" }: Pace): string => `${scope}*`;
const scopeOf = ({ scope = "" }: Pace, domain: string): string => `${scope}@${domain}`;
/** So many 4xx in a row to a domain hold everything that goes there: a greylisting server is not asked for each person anew. */
const deferralsMax = 5;
/** Domains whose holds are kept in mind; the oldest is forgotten. */
const domainsMax = 10_000;

/** Who may be sent to now: quiet hours, domains that ask for a pause, and rates that all senders share. */
export class Pacer {
  readonly #pace: Pace;
  readonly #retry: RetryPolicy;
  readonly #buckets = new TokenBuckets();
  readonly #holds = new Map<string, { deferrals: number; pauses: number; untilMs: number }>();
  readonly #quiet = new Map<string, { readonly minute: number; readonly untilMs: number | null }>();

  constructor(pace: Pace, retry: RetryPolicy) {
    this.#pace = pace;
    this.#retry = retry;
  }

  async admit(
    db: QueryExecutorProvider,
    candidates: readonly Candidate[],
    nowMs: number,
  ): Promise<Admission> {
    const held = new Map<number, number>();
    const hold = (candidate: Candidate, untilMs: number) => held.set(candidate.ordinal, untilMs);
    const awake = candidates.filter((candidate) => {
      const untilMs = Math.max(this.#quietUntil(candidate, nowMs), this.#heldUntil(candidate.destination));
      if (untilMs > nowMs) hold(candidate, untilMs);
      return untilMs <= nowMs;
    });
    const free = awake.filter(({ destination }) => destination === null);
    const paced = awake.filter(({ destination }) => destination !== null);
    return { admitted: [...free, ...(await this.#grant(db, paced, hold, nowMs))], held };
  }

  /** Tokens of everybody's bucket and of each domain's, asked for in one statement; what one of them leaves unused goes back. */
  async #grant(
    db: QueryExecutorProvider,
    candidates: readonly Candidate[],
    hold: (candidate: Candidate, untilMs: number) => void,
    nowMs: number,
  ): Promise<readonly Candidate[]> {
    const everywhere = everywhereOf(this.#pace);
    const rate = globalRate(this.#pace, nowMs);
    const wishes = [...Map.groupBy(candidates, ({ destination }) => destination ?? "")].flatMap(
      ([domain, all]) => {
        const perSecond = domainRate(this.#pace, domain);
        return perSecond === null
          ? []
          : [{ scope: scopeOf(this.#pace, domain), perSecond, wanted: all.length }];
      },
    );
    if (rate !== null) wishes.push({ scope: everywhere, perSecond: rate, wanted: candidates.length });
    if (wishes.length === 0 || candidates.length === 0) return candidates;
    const grants = await this.#buckets.take(db, wishes, nowMs);
    const left = new Map([...grants].map(([scope, { granted }]) => [scope, granted]));
    const takeFrom = (scope: string, candidate: Candidate): boolean => {
      const tokens = left.get(scope);
      if (tokens === undefined) return true;
      if (tokens > 0) left.set(scope, tokens - 1);
      else hold(candidate, grants.get(scope)?.nextMs ?? nowMs);
      return tokens > 0;
    };
    const admitted = candidates.filter((candidate) => {
      const scope = scopeOf(this.#pace, candidate.destination ?? "");
      if (!takeFrom(scope, candidate)) return false;
      if (takeFrom(everywhere, candidate)) return true;
      const tokens = left.get(scope);
      if (tokens !== undefined) left.set(scope, tokens + 1);
      return false;
    });
    await this.#buckets.giveBack(db, new Map([...left].filter(([, tokens]) => tokens > 0)));
    return admitted;
  }

  /** A server's word on one message to a destination. */
  note(destination: string, handOver: HandOver, nowMs: number): void {
    if (handOver.kind === "delivered") {
      this.#holds.delete(destination);
      return;
    }
    if (handOver.kind !== "deferred") return;
    const known = this.#holds.get(destination) ?? { deferrals: 0, pauses: 0, untilMs: 0 };
    known.deferrals++;
    if (known.deferrals >= deferralsMax) {
      known.deferrals = 0;
      known.pauses++;
      known.untilMs = nowMs + Math.max(handOver.retryAfterMs ?? 0, delayMs(known.pauses, this.#retry));
    }
    this.#holds.delete(destination);
    this.#holds.set(destination, known);
    const [oldest] = this.#holds.keys();
    if (this.#holds.size > domainsMax && oldest !== undefined) this.#holds.delete(oldest);
  }

  #heldUntil(destination: string | null): number {
    return destination === null ? 0 : (this.#holds.get(destination)?.untilMs ?? 0);
  }

  #quietUntil({ market, audience }: Candidate, nowMs: number): number {
    const { quiet, quietExempt } = this.#pace;
    if (quiet === null || market === null || quietExempt.includes(audience)) return 0;
    const minute = Math.floor(nowMs / 60_000);
    let known = this.#quiet.get(market);
    if (known?.minute !== minute) {
      known = { minute, untilMs: quietUntil(quiet, market, nowMs) };
      this.#quiet.set(market, known);
    }
    return known.untilMs ?? 0;
  }
}
