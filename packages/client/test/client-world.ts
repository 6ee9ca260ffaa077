import { CordonClient } from "../src/index.ts";
import type { ClientContext, CordonClientOptions } from "../src/index.ts";

export const reauthenticate = { measure: "reauthenticate", rule: "reauth", required: true };

/** How a fake service answers one request. */
export type Reply =
  | "answer"
  | "broken"
  | "cut"
  | "hangs"
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

interface Timer {
  readonly atMs: number;
  readonly call: () => void;
}

/** A service, a clock, a storage and a page: all that a client meets, moved by hand. */
export class ClientWorld {
  nowMs = Date.parse("2014-05-28T00:00:00Z");
  reply: Reply = "answer";
  directives: readonly object[] = [];
  offlineEpoch = 0;
  context: ClientContext = { platform: "web" };
  /** When each question came, and what it brought. */
  readonly questions: {
    readonly atMs: number;
    readonly ifNoneMatch: string | null;
    readonly status: number;
  }[] = [];
  underWay = 0;
  mostUnderWay = 0;
  random = 0.5;
  readonly stored = new Map<string, string>();
  visibilityState = "visible";
  readonly #visibilityListeners = new Set<() => void>();
  readonly #timers = new Set<Timer>();

  client(options: Partial<CordonClientOptions> = {}): CordonClient {
    return new CordonClient({
      url: "https://api.example",
      context: () => this.context,
      nowMs: () => this.nowMs,
      random: () => this.random,
      fetch: this.fetch,
      after: (ms, call) => {
        const timer = { atMs: this.nowMs + ms, call };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      storage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => this.stored.set(key, value),
      },
      visibility: {
        visibilityState: "visible",
        addEventListener: (_type, listener) => this.#visibilityListeners.add(listener),
        removeEventListener: (_type, listener) => this.#visibilityListeners.delete(listener),
      },
      ...options,
    });
  }

  comeBack(): void {
    for (const listener of this.#visibilityListeners) listener();
  }

  /** Lets time pass; timers ring in their order, and what they begin is done before the next. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settle();
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs);
      const next = due.toSorted((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.#timers.delete(next);
      next.call();
      await settle();
    }
    this.nowMs = untilMs;
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.endsWith("/ofrep/v1/evaluate/flags")) return denied();
    const ifNoneMatch = new Headers(init?.headers).get("if-none-match");
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      const response = await this.#answer(ifNoneMatch, init?.signal ?? null);
      this.questions.push({ atMs: this.nowMs, ifNoneMatch, status: response.status });
      return response;
    } catch (error) {
      this.questions.push({ atMs: this.nowMs, ifNoneMatch, status: 0 });
      throw error;
    } finally {
      this.underWay -= 1;
    }
  };

  async #answer(ifNoneMatch: string | null, signal: AbortSignal | null): Promise<Response> {
    const { reply } = this;
    if (reply === "hangs") {
      return new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      });
    }
    await Promise.resolve();
    if (reply === "cut") throw new TypeError("fetch failed");
    if (reply === "broken") return new Response("<html>hello</html>");
    if (typeof reply === "object") {
      return new Response(reply.body ?? null, { status: reply.status, headers: reply.headers ?? {} });
    }
    const body = JSON.stringify({
      flags: [
        { key: "cordon.directives", value: { directives: this.directives }, variant: "directives" },
        { key: "cordon.offline-epoch", value: this.offlineEpoch, variant: "offline-epoch" },
      ],
    });
    const etag = `"${Buffer.from(body).toString("base64url")}"`;
    if (ifNoneMatch === etag) return new Response(null, { status: 304, headers: { etag } });
    return new Response(body, { headers: { etag, "content-type": "application/json" } });
  }
}

/** All microtasks are done, and what they began. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}

/** A gate's denial, as contracts 5 describe it. */
export function denied(type = "urn:cordon:problem:reauthentication-required", status = 401): Response {
  return new Response(JSON.stringify({ type, title: "no", status, directives: [reauthenticate] }), {
    status,
    headers: { "content-type": "application/problem+json", "retry-after": "7" },
  });
}
