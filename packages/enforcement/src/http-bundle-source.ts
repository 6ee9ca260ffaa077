import { setTimeout as wait } from "node:timers/promises";

import { Backoff } from "./backoff.ts";
import type { BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
import { EnforcementError } from "./errors.ts";
import { readEvents } from "./event-stream.ts";

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
}

export const httpBundleSourceDefaults = {
  lookAgainSpreadMs: 200,
  pollMs: 30_000,
  fetchTimeoutMs: 30_000,
  streamIdleMs: 90_000,
  backoffFirstMs: 250,
  backoffLongestMs: 30_000,
} as const;

/** Bundles over HTTP: `bundles/current` with ETag, and the event stream `bundles/events` that only says "look again". */
export class HttpBundleSource implements BundleSource {
  readonly #options: HttpBundleSourceOptions;
  readonly #stop = new AbortController();
  readonly #current: URL;
  readonly #events: URL;
  #tasks: Promise<void>[] = [];
  #offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.resolve("again");
  #watch: SourceWatch = { failed: () => undefined, oversize: () => undefined };
  #etag: string | null = null;
  #looking: Promise<boolean> | null = null;
  #lookOnceMore = false;

  constructor(options: HttpBundleSourceOptions) {
    this.#options = options;
    const base = options.url.endsWith("/") ? options.url : `${options.url}/`;
    this.#current = new URL("bundles/current", base);
    this.#events = new URL("bundles/events", base);
  }

  async follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void> {
    this.#offer = offer;
    this.#watch = watch;
    await this.#look();
    this.#tasks = [this.#poll(), this.#listen()];
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#tasks);
    await this.#looking;
  }

  /** One request at a time; a call that comes while one is under way makes exactly one more follow. True: it worked. */
  #look(): Promise<boolean> {
    if (this.#looking !== null) {
      this.#lookOnceMore = true;
      return this.#looking;
    }
    const looking = this.#lookUntilSettled().finally(() => {
      this.#looking = null;
    });
    this.#looking = looking;
    return looking;
  }

  async #lookUntilSettled(): Promise<boolean> {
    let worked: boolean;
    do {
      this.#lookOnceMore = false;
      worked = await this.#lookOnce();
    } while (this.#wantsOneMore() && !this.#stop.signal.aborted);
    return worked;
  }

  #wantsOneMore(): boolean {
    return this.#lookOnceMore;
  }

  async #lookOnce(): Promise<boolean> {
    try {
      await this.#fetchCurrent();
      return true;
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#watch.failed(error);
      return false;
    }
  }

  async #fetchCurrent(): Promise<void> {
    const { token, fetchTimeoutMs } = this.#options;
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (this.#etag !== null) headers["if-none-match"] = this.#etag;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(fetchTimeoutMs)]);
    const response = await fetch(this.#current, { headers, signal, redirect: "error" });
    if (response.status === 304 || response.status === 404) {
      // 404: no bundle was ever published. What is in force stays so.
      await response.body?.cancel();
      return;
    }
    if (response.status !== 200 || response.body === null) {
      await response.body?.cancel();
      throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the bundle source answered ${response.status}`);
    }
    const bytes = await this.#read(response.body);
    if (bytes === null) {
      this.#watch.oversize();
      return;
    }
    const outcome = await this.#offer(bytes);
    if (outcome === "settled") this.#etag = response.headers.get("etag");
  }

  /** Null when there is more than the limit; the rest is then not read. */
  async #read(body: ReadableStream<Uint8Array>): Promise<Uint8Array | null> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    // Leaving the loop cancels the stream.
    for await (const chunk of body) {
      length += chunk.length;
      if (length > this.#options.bundleBytesMax) return null;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #poll(): Promise<void> {
    const { pollMs, random, backoffFirstMs, backoffLongestMs } = this.#options;
    const backoff = new Backoff({ firstMs: backoffFirstMs, longestMs: backoffLongestMs, random });
    let worked = this.#etag !== null;
    for (;;) {
      const nextMs = worked ? pollMs * (0.8 + 0.4 * random()) : Math.min(pollMs, backoff.nextMs());
      if (!(await this.#pause(nextMs))) return;
      worked = await this.#look();
      if (worked) backoff.succeeded();
    }
  }

  async #listen(): Promise<void> {
    const { random, backoffFirstMs, backoffLongestMs } = this.#options;
    const backoff = new Backoff({ firstMs: backoffFirstMs, longestMs: backoffLongestMs, random });
    do {
      try {
        await this.#listenOnce(() => backoff.succeeded());
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#watch.failed(error);
      }
    } while (await this.#pause(backoff.nextMs()));
  }

  async #listenOnce(onConnected: () => void): Promise<void> {
    const { token, streamIdleMs, fetchTimeoutMs } = this.#options;
    const idle = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, idle.signal]);
    let timer = setTimeout(() => idle.abort(), fetchTimeoutMs);
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => idle.abort(), streamIdleMs);
    };
    try {
      const headers = { authorization: `Bearer ${token}`, accept: "text/event-stream" };
      const response = await fetch(this.#events, { headers, signal, redirect: "error" });
      if (response.status !== 200 || response.body === null) {
        await response.body?.cancel();
        throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the event stream answered ${response.status}`);
      }
      onConnected();
      alive();
      // What happened while nobody listened was not heard.
      void this.#lookSoon();
      await readEvents(response.body, () => void this.#lookSoon(), alive);
    } finally {
      clearTimeout(timer);
    }
  }

  async #lookSoon(): Promise<void> {
    const { lookAgainSpreadMs, random } = this.#options;
    if (await this.#pause(lookAgainSpreadMs * random())) await this.#look();
  }

  /** False when the source was closed meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    try {
      await wait(ms, undefined, { signal: this.#stop.signal });
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      throw error;
    }
  }
}
