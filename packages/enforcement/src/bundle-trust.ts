import { checkSignatures, readLayout, TrustError, type SignaturePolicy } from "@cordon/bundle";

import { rawVerification, signaturePolicy } from "./bundle-keys.ts";
import type { BundleSource } from "./bundle-source.ts";
import type { DecisionCounters } from "./decision-counters.ts";
import { EnforcementError } from "./errors.ts";
import { FreshnessWatch, type Freshness, type StaleReason } from "./freshness-watch.ts";
import { TrustChain, type TrustOptions } from "./trust-chain.ts";

export interface FreshnessOptions {
  /** Ed25519 public keys in PEM that sign freshness stamps; with a trust root they stand in it, and this is left out. */
  readonly publicKeys?: readonly string[];
  /** How many of them must have signed a stamp. Default: 1. */
  readonly threshold?: number;
  /** Where the newest stamp is kept, so that it is not forgotten. */
  readonly keptFile: string;
  /** How long a point may be behind the newest bundle, or without any stamp, before it is stale. */
  readonly graceMs: number;
}

/** Whom a point believes: today's keys, or a trust root that can be changed from afar. One of the two. */
export interface BundleTrustOptions {
  /** Ed25519 public keys in PEM, and how many of them must have signed a bundle. */
  readonly publicKeys?: readonly string[];
  readonly threshold?: number;
  /** A pinned trust root in their place. */
  readonly trust?: TrustOptions;
  /** Without it nobody notices that newer bundles are held back. */
  readonly freshness?: FreshnessOptions;
  readonly source: BundleSource;
  readonly nowMs: () => number;
}

/** Why an update of the trust root, or a freshness stamp, was not taken. */
const refusalNames: Readonly<Record<TrustError["code"], string>> = {
  ERR_TRUST_FORMAT: "malformed",
  ERR_TRUST_SIZE: "oversize",
  ERR_TRUST_SIGNATURE: "bad-signature",
  ERR_TRUST_THRESHOLD: "bad-signature",
  ERR_TRUST_ROLLBACK: "rollback",
};

/** A trust root or a stamp is a kilobyte; 64 KiB are allowed. */
const besideBytesMax = 64 * 1024;

/** The bundle in force, as far as trust goes. */
interface Held {
  readonly version: number;
  readonly contentSha256: string;
}

export interface TrustStatus {
  readonly version: number;
  readonly expired: boolean;
  /** Whether it is on disk as it is in force. */
  readonly kept: boolean;
}

/**
 * Whose signatures count at an enforcement point, and whether what it has is the newest. It asks for what stands beside the
 * bundle at each look, checks it and keeps it. Nothing a source says makes it throw.
 */
export class BundleTrust {
  readonly #options: BundleTrustOptions;
  readonly #counters: DecisionCounters;
  readonly #chain: TrustChain | null;
  readonly #freshness: FreshnessWatch | null;
  readonly #onRotation: () => void;
  #bundles: SignaturePolicy;
  #stamps: SignaturePolicy | null;
  #held: Held | null = null;
  #rotating: Promise<void> = Promise.resolve();
  #stamping: Promise<void> | null = null;

  /** `onRotation` is called whenever other keys count. Throws an EnforcementError for keys and roots that are none. */
  constructor(options: BundleTrustOptions, counters: DecisionCounters, onRotation: () => void) {
    const { publicKeys, threshold, trust, freshness } = options;
    if ((publicKeys === undefined) === (trust === undefined)) {
      throw new EnforcementError("ERR_ENFORCEMENT_OPTION", "either `publicKeys` or `trust` must be given");
    }
    if (trust !== undefined && freshness?.publicKeys !== undefined) {
      const what = "freshness keys stand in the trust root, `freshness.publicKeys` is for points without one";
      throw new EnforcementError("ERR_ENFORCEMENT_OPTION", what);
    }
    this.#options = options;
    this.#counters = counters;
    this.#onRotation = onRotation;
    this.#chain = trust === undefined ? null : new TrustChain(trust);
    this.#freshness = freshness === undefined ? null : new FreshnessWatch(freshness);
    if (this.#chain === null) {
      this.#bundles = signaturePolicy(publicKeys ?? [], threshold ?? 1);
      this.#stamps =
        freshness === undefined
          ? null
          : signaturePolicy(freshness.publicKeys ?? [], freshness.threshold ?? 1);
    } else {
      this.#bundles = { keys: [], threshold: 1, ...rawVerification };
      this.#stamps = null;
      this.#takeRoot(this.#chain);
    }
  }

  /** Who must have signed a bundle now. */
  get signatures(): SignaturePolicy {
    return this.#bundles;
  }

  /** Takes up what is kept on disk. What can't be read or believed is counted, and does not count. */
  async startFromDisk(): Promise<void> {
    const chain = this.#chain;
    if (chain !== null) {
      await chain.startFromDisk().catch((error: unknown) => this.#failed("trust", error, "kept.unreadable"));
      this.#takeRoot(chain);
    }
    if (this.#freshness === null || this.#stamps === null) return;
    await this.#freshness
      .startFromDisk(this.#options.nowMs(), this.#stamps)
      .catch((error: unknown) => this.#failed("freshness", error, "kept.unreadable"));
  }

  /** The source begins to look: asks for the next trust root, and after it for the newest stamp. */
  looking(): void {
    this.#rotating = this.#rotating.then(() => this.#rotate());
    if (this.#freshness === null || this.#stamping !== null) return;
    this.#stamping = this.#rotating
      .then(() => this.#askForStamp())
      .finally(() => {
        this.#stamping = null;
      });
  }

  /** Resolves when the trust root of this look is known: no bundle is checked against an older one. */
  async rootKnown(): Promise<void> {
    await this.#rotating;
  }

  async settled(): Promise<void> {
    await this.#rotating;
    await this.#stamping;
  }

  /** The bundle in force is another one. */
  holds(held: Held | null): void {
    this.#held = held;
    this.#noticed();
  }

  /** Whether a bundle's signatures are enough now. */
  believes(bytes: Uint8Array): boolean {
    try {
      checkSignatures(readLayout(bytes, bytes.length), this.#bundles);
      return true;
    } catch {
      return false;
    }
  }

  /** A root that should have been followed by another lets no new bundle in (TUF 5.3.10); what is in force goes on. */
  get isExpired(): boolean {
    return this.#chain?.isExpired(this.#options.nowMs()) ?? false;
  }

  freshness(nowMs: number): Freshness {
    return this.#stamps === null ? "unknown" : (this.#freshness?.state(this.#held, nowMs) ?? "unknown");
  }

  staleReason(nowMs: number): StaleReason | null {
    return this.#stamps === null ? null : (this.#freshness?.staleReason(this.#held, nowMs) ?? null);
  }

  /** Null: the point goes by keys of its own. */
  status(): TrustStatus | null {
    const chain = this.#chain;
    if (chain === null) return null;
    return { version: chain.root.version, expired: this.isExpired, kept: chain.isKept };
  }

  #takeRoot({ root }: TrustChain): void {
    this.#bundles = { keys: root.bundleKeys, threshold: root.bundleThreshold, ...rawVerification };
    this.#stamps =
      root.freshnessKeys.length === 0
        ? null
        : { keys: root.freshnessKeys, threshold: root.freshnessThreshold, ...rawVerification };
  }

  async #rotate(): Promise<void> {
    const { source } = this.#options;
    const chain = this.#chain;
    if (chain === null || source.beside === undefined) return;
    const before = chain.root;
    try {
      await chain.update(
        async (version) => (await source.beside?.(`trust/${version}`, besideBytesMax)) ?? null,
      );
    } catch (error) {
      this.#failed("trust", error, "failed");
    }
    if (!chain.isKept) this.#counters.count("trust.kept.failed");
    if (chain.root === before) return;
    this.#takeRoot(chain);
    this.#counters.count("trust.rotated");
    // TUF 5.3.11: a stamp of keys that may have been stolen can have named any version.
    if (!sameKeys(before.freshnessKeys, chain.root.freshnessKeys)) this.#freshness?.forget();
    this.#onRotation();
    this.#noticed();
  }

  async #askForStamp(): Promise<void> {
    const { source } = this.#options;
    if (this.#stamps === null || this.#freshness === null) return;
    try {
      const bytes = (await source.beside?.("freshness", besideBytesMax)) ?? null;
      if (bytes === null) this.#counters.count("freshness.missing");
      else await this.#freshness.take(bytes, this.#stamps);
    } catch (error) {
      this.#failed("freshness", error, "failed");
    }
    this.#noticed();
  }

  #noticed(): void {
    if (this.#freshness === null) return;
    const now = this.#options.nowMs();
    this.#freshness.notice(this.#held, now);
    const reason = this.staleReason(now);
    if (reason !== null) this.#counters.count(`freshness.stale.${reason}`);
    this.#counters.set("freshness.stale", reason === null ? 0 : 1);
  }

  #failed(what: "trust" | "freshness", error: unknown, otherwise: string): void {
    const name = error instanceof TrustError ? `refused.${refusalNames[error.code]}` : otherwise;
    this.#counters.count(`${what}.${name}`);
  }
}

function sameKeys(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return Buffer.concat(a).equals(Buffer.concat(b));
}
