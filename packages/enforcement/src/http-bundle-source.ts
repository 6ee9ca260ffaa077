import { applyDelta } from "@cordon/bundle";

import { sha256 } from "./bundle-keys.ts";
import type { BesideBundle, BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
import { EnforcementError } from "./errors.ts";
import { readEvents } from "./event-stream.ts";
import { readBody } from "./read-body.ts";
import { SourceLoop } from "./source-loop.ts";
import { afterRealTime, Deadline } from "./source-timers.ts";
import type { After } from "./source-timers.ts";

export interface HttpBundleSourceOptions {
  /** The control plane, or any host that serves `bundles/current`. */
  readonly url: string;
  /** Sent as a bearer token: bundles tell who is concerned. */
  readonly token: string;
  readonly bundleBytesMax: number;
  /** A number in [0, 1), for spreading requests. */
  readonly random: () => number;
  /** How long after "look again" the bundle is fetched at most; spread evenly, so that a fleet does not come at once. */
  readonly lookAgainSpreadMs: number;
  /** Asks again this often even when no event comes: the fallback for a stream that is cut without a word. */
  readonly pollMs: number;
  readonly fetchTimeoutMs: number;
  /** An event stream without any byte for this long is taken for dead. */
  readonly streamIdleMs: number;
  readonly backoffFirstMs: number;
  readonly backoffLongestMs: number;
  /** Names this point at the control plane, which gives a staged release to points of some names first. */
  readonly point?: string;
  /** The network, and the time of waits and limits: the real ones unless given. */
  readonly fetch?: typeof globalThis.fetch;
  readonly after?: After;
}

export const httpBundleSourceDefaults = {
  lookAgainSpreadMs: 200,
  pollMs: 30_000,
  fetchTimeoutMs: 30_000,
  streamIdleMs: 90_000,
  backoffFirstMs: 250,
  backoffLongestMs: 30_000,
} as const;

/** What a control plane has sent, and what it calls it. */
interface Fetched {
  readonly bytes: Uint8Array;
  readonly etag: string | null;
}

/** The instance manipulation of RFC 3229 that stands for a delta of bundles. */
const deltaName = "cordon-delta";

/** Bundles over HTTP: `bundles/current` with ETag, and the event stream `bundles/events` that only says "look again". */
export class HttpBundleSource implements BundleSource {
  readonly #options: HttpBundleSourceOptions;
  readonly #fetch: typeof globalThis.fetch;
  readonly #after: After;
  readonly #loop: SourceLoop;
  readonly #current: URL;
  readonly #events: URL;
  #offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.resolve("again");
  #watch: SourceWatch = { failed: () => undefined, oversize: () => undefined };
  #settled: Fetched | null = null;
  /** Of an answer that was too much: it is told once, and not fetched again by each look. */
  #oversizeEtag: string | null = null;
  /** A delta that did not fit is not asked for again until the whole bundle has come. */
  #asksForDeltas = true;
  readonly #base: URL;

  constructor(options: HttpBundleSourceOptions) {
    const { fetch = globalThis.fetch, after = afterRealTime } = options;
    this.#options = options;
    this.#fetch = fetch;
    this.#after = after;
    this.#loop = new SourceLoop({
      ...options,
      after,
      lookOnce: (stopped) => this.#lookOnce(stopped),
      failed: (error) => this.#watch.failed(error),
    });
    const base = options.url.endsWith("/") ? options.url : `${options.url}/`;
    this.#base = new URL("bundles/", base);
    this.#current = new URL("current", this.#base);
    this.#events = new URL("events", this.#base);
  }

  async follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void> {
    this.#offer = offer;
    this.#watch = watch;
    await this.#loop.begin();
    this.#loop.run(this.#listen());
  }

  async close(): Promise<void> {
    await this.#loop.close();
  }

  async beside(name: BesideBundle, bytesMax: number): Promise<Uint8Array | null> {
    const deadline = new Deadline(this.#after, this.#options.fetchTimeoutMs, this.#loop.stopped);
    try {
      const { status, body } = await this.#get(new URL(name, this.#base), {}, deadline.signal);
      if (status === 404) {
        await body?.cancel();
        return null;
      }
      const bytes = status === 200 && body !== null ? await readBody(body, bytesMax) : null;
      if (bytes !== null) return bytes;
      if (status !== 200) await body?.cancel();
      const what = status === 200 ? `more than ${bytesMax} bytes` : String(status);
      throw new EnforcementError(
        "ERR_ENFORCEMENT_SOURCE",
        `the bundle source answered ${what} for \`${name}\``,
      );
    } finally {
      deadline.met();
    }
  }

  async #lookOnce(stopped: AbortSignal): Promise<void> {
    this.#watch.looking?.();
    const fetched = (await this.#fetchCurrent(stopped)) ?? (await this.#wholeAfterDelta(stopped));
    if (fetched === null) return;
    if ((await this.#offer(fetched.bytes)) === "settled") this.#settled = fetched;
  }

  /** After a delta that did not fit: the whole bundle, at once. */
  async #wholeAfterDelta(stopped: AbortSignal): Promise<Fetched | null> {
    if (this.#asksForDeltas) return null;
    const whole = await this.#fetchCurrent(stopped);
    this.#asksForDeltas = true;
    return whole;
  }

  /** Null: there is nothing new, or nothing at all, or too much, or a delta that does not fit. */
  async #fetchCurrent(stopped: AbortSignal): Promise<Fetched | null> {
    const { fetchTimeoutMs, bundleBytesMax, point } = this.#options;
    const settled = this.#settled;
    const headers: Record<string, string> = point === undefined ? {} : { "cordon-point": point };
    if (this.#oversizeEtag !== null) headers["if-none-match"] = this.#oversizeEtag;
    else if (settled !== null && settled.etag !== null) {
      headers["if-none-match"] = settled.etag;
      if (this.#asksForDeltas) headers["a-im"] = deltaName;
    }
    const deadline = new Deadline(this.#after, fetchTimeoutMs, stopped);
    try {
      const response = await this.#get(this.#current, headers, deadline.signal);
      const { status, body } = response;
      if (status === 304 || status === 404) {
        // 404: no bundle was ever published. What is in force stays so.
        await body?.cancel();
        return null;
      }
      if ((status !== 200 && status !== 226) || body === null) {
        await body?.cancel();
        throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the bundle source answered ${status}`);
      }
      const bytes = await readBody(body, bundleBytesMax);
      const etag = response.headers.get("etag");
      if (status === 226) return this.#applied(bytes, etag);
      this.#oversizeEtag = bytes === null ? etag : null;
      if (bytes === null) this.#watch.oversize();
      return bytes === null ? null : { bytes, etag };
    } finally {
      deadline.met();
    }
  }

  /** RFC 3229, 10.4: what the delta makes of the bundle held. It is checked like any bundle; one that does not fit only costs time. */
  #applied(delta: Uint8Array | null, etag: string | null): Fetched | null {
    try {
      if (delta === null || this.#settled === null) throw new RangeError("more than a bundle");
      const { bundleBytesMax } = this.#options;
      const bytes = applyDelta(this.#settled.bytes, delta, { sha256, bundleBytesMax });
      this.#watch.delta?.("applied");
      return { bytes, etag };
    } catch {
      this.#watch.delta?.("failed");
      this.#asksForDeltas = false;
      return null;
    }
  }

  #get(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    return this.#fetch(url, {
      headers: { authorization: `Bearer ${this.#options.token}`, ...headers },
      signal,
      redirect: "error",
    });
  }

  async #listen(): Promise<void> {
    const backoff = this.#loop.backoff();
    do {
      try {
        await this.#listenOnce(() => backoff.succeeded());
      } catch (error) {
        if (!this.#loop.stopped.aborted) this.#watch.failed(error);
      }
    } while (await this.#loop.pause(backoff.nextMs()));
  }

  async #listenOnce(onConnected: () => void): Promise<void> {
    const { streamIdleMs, fetchTimeoutMs } = this.#options;
    const deadline = new Deadline(this.#after, fetchTimeoutMs, this.#loop.stopped);
    try {
      const response = await this.#get(this.#events, { accept: "text/event-stream" }, deadline.signal);
      if (response.status !== 200 || response.body === null) {
        await response.body?.cancel();
        throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the event stream answered ${response.status}`);
      }
      onConnected();
      deadline.alive(streamIdleMs);
      // What happened while nobody listened was not heard.
      void this.#lookSoon();
      await readEvents(
        response.body,
        () => void this.#lookSoon(),
        () => deadline.alive(streamIdleMs),
      );
    } finally {
      deadline.met();
    }
  }

  async #lookSoon(): Promise<void> {
    const { lookAgainSpreadMs, random } = this.#options;
    if (await this.#loop.pause(lookAgainSpreadMs * random())) await this.#loop.look();
  }
}
