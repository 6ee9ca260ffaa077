import { readFile } from "node:fs/promises";

import { createLocalJWKSet, errors } from "jose";
import type { CryptoKey, FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters, LocalJWKSet } from "jose";

import { EnforcementError } from "../errors.ts";
import { readBody } from "../read-body.ts";

export type TokenKeySource =
  { readonly kind: "url"; readonly url: string } | { readonly kind: "file"; readonly file: string };

export interface TokenKeysOptions {
  /** A JWK set (RFC 7517). */
  readonly source: TokenKeySource;
  /** Keys older than this are read anew, behind the requests that go on with the old ones. */
  readonly cacheMs: number;
  /** For how long keys are used while their source is down. After it there are none. */
  readonly keptMs: number;
  /** Least time between two readings that requests cause: an unknown key id must not become a flood. */
  readonly cooldownMs: number;
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Told when the keys can't be read. */
  readonly onFailure: (error: unknown) => void;
}

export const tokenKeysDefaults = {
  cacheMs: 600_000,
  keptMs: 86_400_000,
  cooldownMs: 30_000,
  timeoutMs: 5_000,
} as const;

const keySetBytesMax = 1024 * 1024;

/** No keys can be had: whether a token is genuine can't be said. */
export class KeysUnavailable extends EnforcementError {
  constructor(cause: unknown) {
    super("ERR_ENFORCEMENT_SOURCE", "the keys of tokens can't be read", { cause });
  }
}

interface KeySet {
  readonly keys: LocalJWKSet;
  readonly readAtMs: number;
}

/** The public keys of whoever issues tokens, from a URL or a file. Keys once read go on while their source is down. */
export class TokenKeys {
  readonly #options: TokenKeysOptions;
  #set: KeySet | null = null;
  #reading: Promise<void> | null = null;
  #askedAtMs: number | null = null;
  #failure: unknown = null;

  constructor(options: TokenKeysOptions) {
    this.#options = options;
  }

  /** Reads the keys for the first time; a failure is told, and tried again when a token comes. */
  async start(): Promise<void> {
    await this.#read();
  }

  /**
   * The key that a token's header asks for. Throws KeysUnavailable, and a JOSEError for a key that the set has not: an unknown
   * `kid` makes the set be read anew before, as keys are rotated.
   */
  readonly find = async (header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> => {
    const set = await this.#current();
    try {
      return await set.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.#mayAsk()) throw error;
      await this.#read();
      return await (this.#set ?? set).keys(header, token);
    }
  };

  async #current(): Promise<KeySet> {
    const { cacheMs, keptMs, nowMs } = this.#options;
    const known = this.#set;
    const ageMs = known === null ? Infinity : nowMs() - known.readAtMs;
    if (known !== null && ageMs < keptMs) {
      if (ageMs >= cacheMs && this.#mayAsk()) void this.#read();
      return known;
    }
    if (this.#reading !== null || this.#mayAsk()) await this.#read();
    const set = this.#set;
    if (set === null || nowMs() - set.readAtMs >= keptMs) throw new KeysUnavailable(this.#failure);
    return set;
  }

  #mayAsk(): boolean {
    return this.#askedAtMs === null || this.#options.nowMs() - this.#askedAtMs >= this.#options.cooldownMs;
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { source, timeoutMs, nowMs, onFailure } = this.#options;
    this.#askedAtMs = nowMs();
    try {
      const text =
        source.kind === "url" ? await fetchText(source.url, timeoutMs) : await readFileText(source.file);
      this.#set = { keys: createLocalJWKSet(keySetOf(JSON.parse(text))), readAtMs: nowMs() };
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      onFailure(error);
    }
  }
}

async function fetchText(url: string, timeoutMs: number): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: "application/jwk-set+json, application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (response.status !== 200 || response.body === null) {
    await response.body?.cancel();
    throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the key set's host answered ${response.status}`);
  }
  const bytes = await readBody(response.body, keySetBytesMax);
  if (bytes !== null) return Buffer.from(bytes).toString("utf8");
  throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", `the key set has over ${keySetBytesMax} bytes`);
}

async function readFileText(file: string): Promise<string> {
  return readFile(file, "utf8");
}

function keySetOf(value: unknown): JSONWebKeySet {
  if (isKeySet(value)) return value;
  throw new EnforcementError("ERR_ENFORCEMENT_SOURCE", "the key set is no JWK set");
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  return typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);
}
