import type { BesideBundle, BundleSource, Offer, SourceWatch } from "./bundle-source.ts";
import { EnforcementError } from "./errors.ts";
import { readBody } from "./read-body.ts";
import { SourceLoop } from "./source-loop.ts";
import { afterRealTime, Deadline } from "./source-timers.ts";
import type { After } from "./source-timers.ts";

export interface StaticBundleSourceOptions {
  /** The bundle itself: a file of any web server, an object of an S3-compatible bucket, or a presigned URL, taken as it is. */
  readonly url: string;
  /** Sent along, but never to another origin that a redirect leads to. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bundleBytesMax: number;
  /** A number in [0, 1), for spreading requests. */
  readonly random: () => number;
  /** Between two requests, spread by a fifth to both sides. A static host can't say "look again". */
  readonly pollMs: number;
  /** For the whole answer, its last byte included. */
  readonly fetchTimeoutMs: number;
  readonly backoffFirstMs: number;
  readonly backoffLongestMs: number;
  /** How many redirects are followed; none leads from https to http. */
  readonly redirectsMax: number;
  /** The network, and the time of waits and limits: the real ones unless given. */
  readonly fetch?: typeof globalThis.fetch;
  readonly after?: After;
}

export const staticBundleSourceDefaults = {
  pollMs: 5_000,
  fetchTimeoutMs: 30_000,
  backoffFirstMs: 250,
  backoffLongestMs: 30_000,
  redirectsMax: 3,
} as const;

/** What the host said about the bytes that were settled. */
interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

const noValidators: Validators = { etag: null, lastModified: null };

/**
 * Bundles from any static host: a plain GET with If-None-Match or If-Modified-Since. Throws an EnforcementError
 * (ERR_ENFORCEMENT_OPTION) for a URL that is neither http nor https.
 */
export class StaticBundleSource implements BundleSource {
  readonly #options: StaticBundleSourceOptions;
  readonly #fetch: typeof globalThis.fetch;
  readonly #after: After;
  readonly #loop: SourceLoop;
  readonly #url: URL;
  #offer: (bytes: Uint8Array) => Promise<Offer> = () => Promise.resolve("again");
  #watch: SourceWatch = { failed: () => undefined, oversize: () => undefined };
  #settled: Validators = noValidators;

  constructor(options: StaticBundleSourceOptions) {
    const { fetch = globalThis.fetch, after = afterRealTime } = options;
    this.#options = options;
    this.#fetch = fetch;
    this.#after = after;
    this.#url = httpUrl(options.url);
    this.#loop = new SourceLoop({
      ...options,
      after,
      lookOnce: (stopped) => this.#lookOnce(stopped),
      failed: (error) => this.#watch.failed(error),
    });
  }

  async follow(offer: (bytes: Uint8Array) => Promise<Offer>, watch: SourceWatch): Promise<void> {
    this.#offer = offer;
    this.#watch = watch;
    await this.#loop.begin();
  }

  async close(): Promise<void> {
    await this.#loop.close();
  }

  /** In the bundle's folder: `…/bundles/current` has `…/bundles/freshness` beside it. */
  async beside(name: BesideBundle, bytesMax: number): Promise<Uint8Array | null> {
    const deadline = new Deadline(this.#after, this.#options.fetchTimeoutMs, this.#loop.stopped);
    try {
      const { status, body } = await this.#followRedirects(new URL(name, this.#url), {}, deadline.signal);
      const bytes = status === 200 && body !== null ? await readBody(body, bytesMax) : null;
      if (bytes !== null) return bytes;
      if (status !== 200) await body?.cancel();
      if (status === 404) return null;
      const what = status === 200 ? `more than ${bytesMax} bytes` : String(status);
      throw new EnforcementError(
        "ERR_ENFORCEMENT_SOURCE",
        `the static host answered ${what} for \`${name}\``,
      );
    } finally {
      deadline.met();
    }
  }

  async #lookOnce(stopped: AbortSignal): Promise<void> {
    this.#watch.looking?.();
    const deadline = new Deadline(this.#after, this.#options.fetchTimeoutMs, stopped);
    let found: { readonly bytes: Uint8Array; readonly validators: Validators } | null;
    try {
      found = await this.#get(deadline.signal);
    } finally {
      deadline.met();
    }
    if (found === null) return;
    if ((await this.#offer(found.bytes)) === "settled") this.#settled = found.validators;
  }

  /** Null: there is nothing new, or nothing at all, or too much. */
  async #get(
    signal: AbortSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly validators: Validators } | null> {
    const { bundleBytesMax } = this.#options;
    const { etag, lastModified } = this.#settled;
    const conditions: Record<string, string> = {};
    if (etag !== null) conditions["if-none-match"] = etag;
    else if (lastModified !== null) conditions["if-modified-since"] = lastModified;
    const response = await this.#followRedirects(this.#url, conditions, signal);
    const { status, headers, body } = response;
    if (status === 304 || status === 404) {
      // 404: no bundle was put there yet. A bucket that may not be listed says 403 instead, which is told as a failure.
      await body?.cancel();
      return null;
    }
    if (status !== 200 || body === null) {
      await body?.cancel();
      throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the static host answered ${status}`);
    }
    const bytes =
      Number(headers.get("content-length") ?? 0) > bundleBytesMax
        ? null
        : await readBody(body, bundleBytesMax);
    if (bytes === null) {
      await body.cancel();
      this.#watch.oversize();
      return null;
    }
    return { bytes, validators: validatorsOf(headers) };
  }

  async #followRedirects(
    start: URL,
    conditions: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { headers: given, redirectsMax } = this.#options;
    const plain = { "accept-encoding": "identity", ...conditions };
    let url = start;
    for (let redirects = 0; redirects <= redirectsMax; redirects += 1) {
      const headers = url.origin === this.#url.origin ? { ...given, ...plain } : plain;
      const response = await this.#fetch(url, { headers, signal, redirect: "manual" });
      const location = isRedirect(response.status) ? response.headers.get("location") : null;
      if (location === null) return response;
      await response.body?.cancel();
      const next = httpUrl(location, url.href);
      if (url.protocol === "https:" && next.protocol === "http:") {
        throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", "the static host redirects from https to http");
      }
      url = next;
    }
    throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `more than ${redirectsMax} redirects`);
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/**
 * What the next request may name. An answer that ends with its connection may have been cut without a sign: bytes of which
 * that is possible are fetched again, lest a cut bundle that was refused stand for the whole one.
 */
function validatorsOf(headers: Headers): Validators {
  if (!headers.has("content-length") && !headers.has("transfer-encoding")) return noValidators;
  return { etag: headers.get("etag"), lastModified: headers.get("last-modified") };
}

function httpUrl(text: string, base?: string): URL {
  const url = URL.canParse(text, base) ? new URL(text, base) : null;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  throw new EnforcementError("ERR_ENFORCEMENT_OPTION", "the bundle's address is no http or https URL");
}
