import { readAnswer } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { afterFailure, isBroken, mayTry, noAttempts, readRetryAfter } from "./attempts.ts";
import type { AttemptState } from "./attempts.ts";
import { isDenial } from "./denied.ts";
import { Kept } from "./kept.ts";
import type { ClientStorage, KeptAnswer } from "./kept.ts";

/** The parts of `document` that say whether somebody looks at the page. */
export interface Visibility {
  readonly visibilityState: string;
  addEventListener(type: "visibilitychange", listener: () => void): void;
  removeEventListener(type: "visibilitychange", listener: () => void): void;
}

/** What the installation says of itself (contracts 5). It can only make the answer stricter. */
export interface ClientContext {
  readonly targetingKey?: string;
  readonly platform?: string;
  readonly store?: string;
  readonly version?: string;
  /** The epoch of the offline copies that it holds. */
  readonly offlineEpoch?: number;
}

export interface CordonClientOptions {
  /** Where the service answers OFREP: `/ofrep/v1/evaluate/flags` is added. */
  readonly url: string;
  /** Asked anew for each question. */
  readonly context: () => ClientContext;
  /** Milliseconds since the epoch: `Date.now`. */
  readonly nowMs: () => number;
  /** A number in [0, 1): `Math.random`. */
  readonly random: () => number;
  /** For the session, where it is no cookie: `{ authorization: "Bearer …" }`. Asked anew for each question. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** `localStorage`, or null: nothing is kept. */
  readonly storage?: ClientStorage | null;
  /** `document`, or null: nothing is asked when somebody comes back to the page. */
  readonly visibility?: Visibility | null;
  /** The runtime's unless given. */
  readonly fetch?: typeof globalThis.fetch;
  /** Calls after so many milliseconds and returns what cancels it; `setTimeout` unless given. */
  readonly after?: (ms: number, call: () => void) => () => void;
  /** Two questions that were answered are at least this far apart (3 s), however many denials come between. */
  readonly askAtLeastMs?: number;
  /** Somebody who comes back to the page after this long (5 min) makes it ask. */
  readonly reaskMs?: number;
  readonly timeoutMs?: number;
}

/** Called with each answer that differs from the one before. */
export type AnswerListener = (answer: Answer) => void;
export type OfflineEpochListener = (epoch: number) => void;

const afterRealTime = (ms: number, call: () => void): (() => void) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

/**
 * Asks the service what this client must do: at start, after a denial, when somebody comes back to the page, and again
 * after a failure. One question at a time. It decides nothing and signs nobody out: the service enforces, with or without it.
 */
export class CordonClient {
  readonly #options: CordonClientOptions;
  readonly #after: NonNullable<CordonClientOptions["after"]>;
  readonly #kept: Kept;
  readonly #answerListeners = new Set<AnswerListener>();
  readonly #epochListeners = new Set<OfflineEpochListener>();
  readonly #closed = new AbortController();
  #answer: Answer | null = null;
  #attempts: AttemptState = noAttempts;
  #asking: Promise<Answer | null> | null = null;
  #answeredAtMs: number | null = null;
  #epochTold = 0;
  #cancelNext: (() => void) | null = null;

  constructor(options: CordonClientOptions) {
    this.#options = options;
    this.#after = options.after ?? afterRealTime;
    this.#kept = new Kept(options.storage ?? null);
    options.visibility?.addEventListener("visibilitychange", this.#seen);
  }

  /** The last answer of the service in this page's life; null: none yet. */
  get answer(): Answer | null {
    return this.#answer;
  }

  /** Whether five questions in a row failed, so that the next waits for a new cause. */
  get broken(): boolean {
    return isBroken(this.#attempts);
  }

  /** Returns what ends it. */
  onAnswer(listener: AnswerListener): () => void {
    this.#answerListeners.add(listener);
    return () => this.#answerListeners.delete(listener);
  }

  /** Told when the epoch rises over that of the copies and any told before; again at the next start, as long as it is over. */
  onOfflineEpoch(listener: OfflineEpochListener): () => void {
    this.#epochListeners.add(listener);
    return () => this.#epochListeners.delete(listener);
  }

  /**
   * Asks, or waits for the question that is under way; the answer, or the last one when this question failed or it is
   * too early for another: then it is asked later by itself. Never rejects.
   */
  ask(): Promise<Answer | null> {
    if (this.#asking !== null) return this.#asking;
    if (this.#closed.signal.aborted) return Promise.resolve(this.#answer);
    const waitMs = this.#waitMs();
    if (waitMs > 0) {
      this.#askIn(waitMs);
      return Promise.resolve(this.#answer);
    }
    this.#cancelNext?.();
    this.#cancelNext = null;
    const asking = this.#askOnce().finally(() => {
      this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }

  /** `fetch`, which hands the response back as it is and asks when it was a denial. */
  readonly guardedFetch: typeof globalThis.fetch = async (input, init) => {
    const response = await this.#fetch(input, init);
    if (await isDenial(response)) void this.ask();
    return response;
  };

  /**
   * Calls `open` when the service wants a new sign-in or password and the sign-in page was not opened a moment ago: a
   * sign-in that did not help is followed by waits of 3 to 60 s, after five such by none at all until the service no longer
   * asks, or an hour has passed. False: not opened; say so on the page.
   */
  signIn(open: () => void): boolean {
    const asked = (this.#answer?.directives ?? []).some(isSignIn);
    const nowMs = this.#options.nowMs();
    const opened = this.#kept.signIns();
    if (!asked || !mayTry(opened, nowMs)) return false;
    const state = isBroken(opened) ? noAttempts : opened;
    const next = afterFailure(state, { nowMs, retryAfterMs: 0, random: this.#options.random });
    this.#kept.keepSignIns(isBroken(next) ? { ...next, notBeforeMs: nowMs + 3_600_000 } : next);
    open();
    return true;
  }

  close(): void {
    this.#options.visibility?.removeEventListener("visibilitychange", this.#seen);
    this.#cancelNext?.();
    this.#closed.abort();
    this.#answerListeners.clear();
    this.#epochListeners.clear();
  }

  readonly #seen = (): void => {
    const { visibility, nowMs, reaskMs = 300_000 } = this.#options;
    if (visibility?.visibilityState !== "visible") return;
    const answeredAtMs = this.#answeredAtMs;
    // A clock that was set back is no reason to be silent.
    if (answeredAtMs === null || Math.abs(nowMs() - answeredAtMs) >= reaskMs) void this.ask();
  };

  #fetch(...request: Parameters<typeof globalThis.fetch>): Promise<Response> {
    // Browsers refuse `fetch` called as a method of anything but the window.
    const { fetch = globalThis.fetch } = this.#options;
    return fetch(...request);
  }

  /** How long the next question must wait. */
  #waitMs(): number {
    const { nowMs, askAtLeastMs = 3_000 } = this.#options;
    const now = nowMs();
    if (!mayTry(this.#attempts, now)) return this.#attempts.notBeforeMs - now;
    if (this.#answeredAtMs === null) return 0;
    const sinceMs = now - this.#answeredAtMs;
    return sinceMs < 0 ? 0 : Math.max(0, askAtLeastMs - sinceMs);
  }

  #askIn(ms: number): void {
    this.#cancelNext ??= this.#after(ms, () => {
      this.#cancelNext = null;
      void this.ask();
    });
  }

  async #askOnce(): Promise<Answer | null> {
    const { nowMs, random, timeoutMs = 10_000 } = this.#options;
    const limit = new AbortController();
    const stop = () => limit.abort();
    const cancel = this.#after(timeoutMs, stop);
    this.#closed.signal.addEventListener("abort", stop);
    let retryAfterMs = 0;
    let answer: Answer | null = null;
    try {
      // Another page may keep another answer meanwhile: a 304 is about the one that this question named.
      const kept = this.#kept.answer();
      const response = await this.#question(kept, limit.signal);
      retryAfterMs = readRetryAfter(response.headers.get("retry-after"), nowMs());
      answer = await this.#read(response, kept);
    } catch {
      // Not reached, cut or too slow: a failure like any other.
    } finally {
      cancel();
      this.#closed.signal.removeEventListener("abort", stop);
    }
    if (this.#closed.signal.aborted) return this.#answer;
    if (answer === null) {
      this.#attempts = afterFailure(this.#attempts, { nowMs: nowMs(), retryAfterMs, random });
      if (!isBroken(this.#attempts)) this.#askIn(this.#attempts.notBeforeMs - nowMs());
      return this.#answer;
    }
    this.#attempts = noAttempts;
    this.#answeredAtMs = nowMs();
    this.#tell(answer);
    return answer;
  }

  #question(kept: KeptAnswer | null, signal: AbortSignal): Promise<Response> {
    const { url, context, headers } = this.#options;
    return this.#fetch(`${url.replace(/\/+$/, "")}/ofrep/v1/evaluate/flags`, {
      method: "POST",
      headers: {
        ...headers?.(),
        "content-type": "application/json",
        ...(kept === null ? {} : { "if-none-match": kept.etag }),
      },
      body: JSON.stringify({ context: context() }),
      credentials: "same-origin",
      redirect: "error",
      signal,
    });
  }

  /** Null: it was no answer. */
  async #read(response: Response, kept: KeptAnswer | null): Promise<Answer | null> {
    if (response.status === 304) return kept === null ? null : kept.answer;
    if (response.status !== 200) {
      await response.body?.cancel();
      return null;
    }
    const body: unknown = await response.json();
    const answer = readAnswer(body);
    if (answer !== null) this.#kept.keepAnswer(response.headers.get("etag"), body);
    return answer;
  }

  #tell(answer: Answer): void {
    const before = this.#answer;
    this.#answer = answer;
    if (!answer.directives.some(isSignIn)) this.#kept.keepSignIns(noAttempts);
    if (JSON.stringify(answer) !== JSON.stringify(before)) {
      for (const listener of this.#answerListeners) tellOne(listener, answer);
    }
    const epoch = answer.offlineEpoch;
    if (epoch <= Math.max(this.#epochTold, this.#options.context().offlineEpoch ?? 0)) return;
    this.#epochTold = epoch;
    for (const listener of this.#epochListeners) tellOne(listener, epoch);
  }
}

function isSignIn({ measure, required }: { readonly measure: string; readonly required: boolean }): boolean {
  return required && (measure === "reauthenticate" || measure === "change_password");
}

/** A listener that throws is its page's own matter and harms neither the others nor the next question. */
function tellOne<Told>(listener: (told: Told) => void, told: Told): void {
  void Promise.resolve(told).then(listener);
}
