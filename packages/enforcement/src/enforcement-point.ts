import { BundleError, checkFreshness, isExpired } from "@cordon/bundle";
import { decide } from "@cordon/gate";
import type { Directive, GateRequest } from "@cordon/gate";

import { beginsAsAgeFile, checkAgeIdentity, decryptAgeFile } from "./age-file.ts";
import type { BundleSource, Offer } from "./bundle-source.ts";
import { BundleTrust } from "./bundle-trust.ts";
import type { FreshnessOptions, TrustStatus } from "./bundle-trust.ts";
import { decideInForce } from "./decide-in-force.ts";
import { DecisionCounters } from "./decision-counters.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { MetCounts, type RuleMet } from "./met-counts.ts";
import type { Freshness, StaleReason } from "./freshness-watch.ts";
import { KeptFile } from "./kept-file.ts";
import { LastGood } from "./last-good.ts";
import { openPolicy } from "./open-policy.ts";
import type { PointDecision } from "./point-decision.ts";
import type { PolicyInForce } from "./policy-in-force.ts";
import { BundleRefused } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";
import { afterRealTime, type After } from "./source-timers.ts";
import { uncertainPlan } from "./when-uncertain.ts";
import type { TrustOptions } from "./trust-chain.ts";
import type { UncertainPlan, WhenUncertain } from "./when-uncertain.ts";

export const bundleBytesMaxDefault = 64 * 1024 * 1024;
/** By now the points of one machine have opened a bundle that all of them got at once. */
const keepAfterMsDefault = 100;

export type PointMode = "enforce" | "shadow";

export interface EnforcementPointOptions {
  readonly source: BundleSource;
  /** Ed25519 public keys in PEM, and how many of them must have signed a bundle; or `trust`, never both. */
  readonly publicKeys?: readonly string[];
  readonly threshold?: number;
  /** A pinned trust root, which says whose signatures count and can be followed by others. */
  readonly trust?: TrustOptions;
  /** Asks for the signed freshness stamp at each look. Without it nobody notices that newer bundles are held back. */
  readonly freshness?: FreshnessOptions;
  /** `AGE-SECRET-KEY-1…`: bundles that come encrypted to it are opened. */
  readonly ageIdentity?: string;
  /** Where the last good bundle is kept, for a start without the control plane. */
  readonly lastGoodFile: string;
  /** From a bundle's coming into force to its writing into that file. Default: 100. */
  readonly keepAfterMs?: number;
  /** Default: real time. */
  readonly after?: After;
  /** What is decided as long as no bundle was ever seen: `allow` keeps the service up, `refuse` keeps everybody out. */
  readonly beforeFirstBundle: "allow" | "refuse";
  /** What is decided about a client without an established platform while a rule refuses untrusted clients. */
  readonly withoutPlatform: "refuse" | "allow";
  /** Whether a bundle that expires while it is in force goes on; otherwise it is as before the first bundle. */
  readonly keepServing: boolean;
  /**
   * What becomes of each measure while the bundle in force has expired and is kept serving, or is stale. Default: its rules
   * go on.
   */
  readonly whenUncertain?: WhenUncertain;
  /** `shadow`: decide and count under names of their own, deny nothing, tell no client anything. Default: `enforce`. */
  readonly mode?: PointMode;
  readonly bundleBytesMax: number;
  /** Seconds that a denied client is asked to wait, spread evenly from least to most. */
  readonly retryAfterSeconds: { readonly least: number; readonly most: number };
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** What stands at an enforcement point, for its operator. */
export interface PointStatus {
  readonly mode: PointMode;
  readonly bundle: {
    readonly version: number;
    readonly sha256: string;
    readonly expired: boolean;
    /** False after a rotation of keys that leaves too few of its signatures; it goes on until another one comes. */
    readonly trusted: boolean;
  } | null;
  /** Why the newest bundle that was refused was refused; null after a bundle was taken. */
  readonly refusal: Refusal | null;
  /** Whether the last good bundle is on disk as it is in force. */
  readonly kept: boolean;
  /** Whether the bundle in force is the newest there is, as far as signed stamps say. */
  readonly freshness: Freshness;
  readonly staleBecause: StaleReason | null;
  /** Null: the point goes by keys of its own. */
  readonly trust: TrustStatus | null;
}

const noDirectives: PointDecision["directives"] = [];

/**
 * Joins bundles to the gate: verifies what a source offers, swaps the policy in force by one reference, keeps the last
 * good bundle, and decides. Nothing a source does makes it throw.
 */
export class EnforcementPoint {
  readonly #options: EnforcementPointOptions;
  readonly #trust: BundleTrust;
  readonly #lastGood: LastGood;
  readonly counters: DecisionCounters;
  readonly #met: MetCounts;
  readonly #startedMs: number;
  #uncertain: { readonly inForce: PolicyInForce; readonly plan: UncertainPlan } | null = null;
  #inForce: PolicyInForce | null = null;
  /** The bytes of the bundle in force, decrypted. */
  #bytes: Uint8Array | null = null;
  #trusted = true;
  #refusal: Refusal | null = null;

  /** Throws an EnforcementError for a key that is none. */
  constructor(options: EnforcementPointOptions) {
    this.#options = options;
    if (options.ageIdentity !== undefined) checkAgeIdentity(options.ageIdentity);
    this.counters = new DecisionCounters(this.#mode);
    this.#startedMs = options.nowMs();
    this.#met = new MetCounts(this.#startedMs);
    this.#trust = new BundleTrust(options, this.counters, () => this.#rotated());
    this.#lastGood = new LastGood({
      file: new KeptFile(options.lastGoodFile),
      keepAfterMs: options.keepAfterMs ?? keepAfterMsDefault,
      after: options.after ?? afterRealTime,
      random: options.random,
      failed: () => this.counters.count("kept.failed"),
    });
  }

  /** Puts the last good bundle in force and then follows the source. Resolves when the source was asked once. */
  async start(): Promise<void> {
    await this.#trust.startFromDisk();
    await this.#startFromDisk();
    await this.#options.source.follow((bytes) => this.#offered(bytes), {
      failed: () => this.counters.count("source.failed"),
      oversize: () => this.#refused("oversize"),
      looking: () => this.#trust.looking(),
      delta: (outcome) => this.counters.count(`bundle.delta.${outcome}`),
    });
    await this.#trust.settled();
  }

  /** Afterwards the disk holds the bundle in force, if it takes it. */
  async close(): Promise<void> {
    await this.#options.source.close();
    await this.#lastGood.close();
    await this.#trust.settled();
  }

  /** The one place where decisions are made. */
  decide(guarded: GuardedRequest): PointDecision {
    const decision = this.#decide(guarded);
    this.counters.decided(decision);
    return this.#mode === "enforce" ? decision : inShadow(decision);
  }

  /** The epoch that an installation's offline copies must have by the policy in force; 0 when it asks for none. */
  offlineEpoch(request: GateRequest): number {
    const inForce = this.#policy();
    if (inForce === null || this.#mode === "shadow") return 0;
    const now = this.#options.nowMs();
    if (this.#uncertainPlan(inForce, now)?.outcomes.get("redownload") === "allow") return 0;
    const { directives } = decide(inForce.compiled, { ...request, offlineEpoch: 0 }, now);
    for (const { measure, rule } of directives) {
      const decided = measure === "redownload" ? inForce.rules.get(rule) : undefined;
      if (decided?.measure === "redownload") return decided.epoch;
    }
    return 0;
  }

  /**
   * What the policy in force would ask of such a request, told to nobody and counted nowhere: for a page that answers a
   * person, never for a decision. Empty without a policy, and in shadow mode.
   */
  wouldAsk(request: GateRequest): readonly Directive[] {
    const inForce = this.#policy();
    if (inForce === null || this.#mode === "shadow") return noDirectives;
    return decide(inForce.compiled, request, this.#options.nowMs()).directives;
  }

  /** How many accounts have met each rule here since the point started: numbers alone. */
  metReport(): { readonly startedMs: number; readonly rules: readonly RuleMet[] } {
    return { startedMs: this.#startedMs, rules: this.#met.report() };
  }

  /** A `Retry-After` for one denied client: spread, so that clients that don't understand directives come apart. */
  retryAfterSeconds(): number {
    const { least, most } = this.#options.retryAfterSeconds;
    return least + Math.floor(this.#options.random() * (most - least + 1));
  }

  status(): PointStatus {
    const inForce = this.#inForce;
    return {
      mode: this.#mode,
      bundle:
        inForce === null
          ? null
          : {
              version: inForce.version,
              sha256: inForce.sha256,
              expired: isExpired(inForce, this.#options.nowMs()),
              trusted: this.#trusted,
            },
      refusal: this.#refusal,
      kept: this.#lastGood.isKept,
      freshness: this.#trust.freshness(this.#options.nowMs()),
      staleBecause: this.#trust.staleReason(this.#options.nowMs()),
      trust: this.#trust.status(),
    };
  }

  get #mode(): PointMode {
    return this.#options.mode ?? "enforce";
  }

  #decide(guarded: GuardedRequest): PointDecision {
    const { nowMs, beforeFirstBundle, withoutPlatform } = this.#options;
    const inForce = this.#policy();
    if (inForce === null) {
      const allow = beforeFirstBundle === "allow";
      return { allow, directives: noDirectives, bundleVersion: null, maxAgeSeconds: null };
    }
    const now = nowMs();
    // In shadow mode nobody is asked for anything, so nobody meets it either.
    if (this.#mode === "enforce") this.#met.seen(guarded, inForce, now);
    return decideInForce(inForce, guarded, {
      nowMs: now,
      withoutPlatform,
      uncertain: this.#uncertainPlan(inForce, now),
      count: this.#count,
    });
  }

  readonly #count = (name: string): void => this.counters.count(name);

  /** Null while nothing speaks against the policy being the newest, and where its rules go on in any case. */
  #uncertainPlan(inForce: PolicyInForce, nowMs: number): UncertainPlan | null {
    const { whenUncertain } = this.#options;
    if (whenUncertain === undefined) return null;
    if (!isExpired(inForce, nowMs) && this.#trust.freshness(nowMs) !== "stale") return null;
    if (this.#uncertain?.inForce !== inForce) {
      this.#uncertain = { inForce, plan: uncertainPlan(whenUncertain, inForce) };
    }
    return this.#uncertain.plan;
  }

  #policy(): PolicyInForce | null {
    const inForce = this.#inForce;
    if (inForce === null || this.#options.keepServing || !isExpired(inForce, this.#options.nowMs()))
      return inForce;
    return null;
  }

  async #startFromDisk(): Promise<void> {
    try {
      const bytes = await this.#lastGood.read();
      if (bytes === null) return;
      // It was good when it came. Its expiry is asked about at each decision, like that of any bundle in force.
      const plain = await this.#decrypted(bytes);
      this.#putInForce(await this.#open(plain), plain);
      this.#lastGood.isInForce();
    } catch (error) {
      if (error instanceof BundleRefused) this.#refused(error.refusal);
      else this.counters.count("kept.unreadable");
    }
  }

  #open(bytes: Uint8Array): Promise<PolicyInForce> {
    return openPolicy(bytes, this.#trust.signatures, this.#options.bundleBytesMax);
  }

  /** What is no age file stays as it is. */
  async #decrypted(bytes: Uint8Array): Promise<Uint8Array> {
    if (!beginsAsAgeFile(bytes)) return bytes;
    return decryptAgeFile(bytes, this.#options.ageIdentity ?? null);
  }

  #putInForce(policy: PolicyInForce, bytes: Uint8Array): void {
    this.#inForce = policy;
    this.#bytes = bytes;
    this.#trusted = true;
    this.#trust.holds(policy);
  }

  /** Other keys count now. */
  #rotated(): void {
    if (this.#bytes === null) return;
    this.#trusted = this.#trust.believes(this.#bytes);
    if (!this.#trusted) this.counters.count("bundle.untrusted");
  }

  async #offered(bytes: Uint8Array): Promise<Offer> {
    try {
      await this.#trust.rootKnown();
      const plain = await this.#decrypted(bytes);
      const { signatures } = this.#trust;
      const offered = await this.#open(plain);
      // Other keys count by now: these bytes have to show that they are signed by those.
      if (signatures !== this.#trust.signatures) return "again";
      if (offered.contentSha256 === this.#inForce?.contentSha256) {
        this.#refusal = null;
        if (this.#trusted) return "settled";
        // It has gained the signatures that it lacked.
        this.#bytes = plain;
        this.#trusted = true;
        this.#lastGood.keep(bytes);
        return "settled";
      }
      this.#mayComeIntoForce(offered);
      this.#putInForce(offered, plain);
    } catch (error) {
      if (!(error instanceof BundleRefused)) throw error;
      this.#refused(error.refusal);
      return this.#mayTurnOutOtherwise(error.refusal) ? "again" : "settled";
    }
    this.#refusal = null;
    this.counters.count("bundle.adopted");
    // A disk that is full or gone does not stop a recall, and one that is slow does not hold it up.
    this.#lastGood.keep(bytes);
    return "settled";
  }

  /** For the same bytes: a clock is set right, or other signatures count. */
  #mayTurnOutOtherwise(refusal: Refusal): boolean {
    if (refusal === "bad-signature") return this.#options.trust !== undefined;
    return refusal === "expired" || refusal === "trust-expired";
  }

  // INVARIANT: the version an enforcement point holds never goes down, and one version never means two things.
  #mayComeIntoForce(offered: PolicyInForce): void {
    if (this.#trust.isExpired) throw new BundleRefused("trust-expired", "the trust root has expired");
    // TUF 5.3.11: a version that stolen keys have signed must not keep the ones that follow them out.
    const versionInForce = this.#trusted ? (this.#inForce?.version ?? null) : null;
    if (offered.version === versionInForce) {
      throw new BundleRefused("rollback", `version ${offered.version} is in force with other contents`);
    }
    try {
      checkFreshness(offered, { nowMs: this.#options.nowMs(), versionInForce, keepServing: false });
    } catch (cause) {
      if (!(cause instanceof BundleError)) throw cause;
      const refusal = cause.code === "ERR_BUNDLE_ROLLBACK" ? "rollback" : "expired";
      throw new BundleRefused(refusal, cause.message, { cause });
    }
  }

  #refused(refusal: Refusal): void {
    this.#refusal = refusal;
    this.counters.refused(refusal);
  }
}

/** The decision is counted and shown, and nobody notices it. */
function inShadow(decision: PointDecision): PointDecision {
  return {
    allow: true,
    directives: noDirectives,
    bundleVersion: decision.bundleVersion,
    maxAgeSeconds: null,
    shadow: decision,
  };
}
