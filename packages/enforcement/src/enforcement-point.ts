import { BundleError, checkFreshness, isExpired } from "@cordon/bundle";
import type { SignaturePolicy } from "@cordon/bundle";
import { cutoffMs, decide } from "@cordon/gate";
import type { Decision, GateRequest } from "@cordon/gate";

import { signaturePolicy } from "./bundle-keys.ts";
import type { BundleSource, Offer } from "./bundle-source.ts";
import { DecisionCounters } from "./decision-counters.ts";
import { asClaimed, stricter } from "./guarded-request.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { LastGoodBundle } from "./last-good-bundle.ts";
import { openPolicy } from "./open-policy.ts";
import type { PointDecision } from "./point-decision.ts";
import type { PolicyInForce } from "./policy-in-force.ts";
import { BundleRefused } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

export const bundleBytesMaxDefault = 64 * 1024 * 1024;

export interface EnforcementPointOptions {
  readonly source: BundleSource;
  /** Ed25519 public keys in PEM, and how many of them must have signed a bundle. */
  readonly publicKeys: readonly string[];
  readonly threshold: number;
  /** Where the last good bundle is kept, for a start without the control plane. */
  readonly lastGoodFile: string;
  /** What is decided as long as no bundle was ever seen: `allow` keeps the service up, `refuse` keeps everybody out. */
  readonly beforeFirstBundle: "allow" | "refuse";
  /** What is decided about a client without an established platform while a rule refuses untrusted clients. */
  readonly withoutPlatform: "refuse" | "allow";
  /** Whether a bundle that expires while it is in force goes on; otherwise it is as before the first bundle. */
  readonly keepServing: boolean;
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
  readonly bundle: {
    readonly version: number;
    readonly sha256: string;
    readonly expired: boolean;
  } | null;
  /** Why the newest bundle that was refused was refused; null after a bundle was taken. */
  readonly refusal: Refusal | null;
  /** Whether the last good bundle is on disk as it is in force. */
  readonly kept: boolean;
}

const noDirectives: PointDecision["directives"] = [];

/**
 * Joins bundles to the gate: verifies what a source offers, swaps the policy in force by one reference, keeps the last
 * good bundle, and decides. Nothing a source does makes it throw.
 */
export class EnforcementPoint {
  readonly #options: EnforcementPointOptions;
  readonly #signatures: SignaturePolicy;
  readonly #lastGood: LastGoodBundle;
  readonly counters = new DecisionCounters();
  #inForce: PolicyInForce | null = null;
  #refusal: Refusal | null = null;
  #kept = false;

  /** Throws an EnforcementError for a key that is none. */
  constructor(options: EnforcementPointOptions) {
    this.#options = options;
    this.#signatures = signaturePolicy(options.publicKeys, options.threshold);
    this.#lastGood = new LastGoodBundle(options.lastGoodFile);
  }

  /** Puts the last good bundle in force and then follows the source. Resolves when the source was asked once. */
  async start(): Promise<void> {
    await this.#startFromDisk();
    await this.#options.source.follow((bytes) => this.#offered(bytes), {
      failed: () => this.counters.count("source.failed"),
      oversize: () => this.#refused("oversize"),
    });
  }

  async close(): Promise<void> {
    await this.#options.source.close();
  }

  /** The one place where decisions are made. */
  decide(guarded: GuardedRequest): PointDecision {
    const decision = this.#decide(guarded);
    this.counters.decided(decision);
    return decision;
  }

  /** The epoch that an installation's offline copies must have by the policy in force; 0 when it asks for none. */
  offlineEpoch(request: GateRequest): number {
    const inForce = this.#policy();
    if (inForce === null) return 0;
    const { directives } = decide(inForce.compiled, { ...request, offlineEpoch: 0 }, this.#options.nowMs());
    for (const { measure, rule } of directives) {
      const decided = measure === "redownload" ? inForce.rules.get(rule) : undefined;
      if (decided?.measure === "redownload") return decided.epoch;
    }
    return 0;
  }

  /** A `Retry-After` for one denied client: spread, so that clients that don't understand directives come apart. */
  retryAfterSeconds(): number {
    const { least, most } = this.#options.retryAfterSeconds;
    return least + Math.floor(this.#options.random() * (most - least + 1));
  }

  status(): PointStatus {
    const inForce = this.#inForce;
    return {
      bundle:
        inForce === null
          ? null
          : {
              version: inForce.version,
              sha256: inForce.sha256,
              expired: isExpired(inForce, this.#options.nowMs()),
            },
      refusal: this.#refusal,
      kept: this.#kept,
    };
  }

  #decide({ request, claimed }: GuardedRequest): PointDecision {
    const { nowMs, beforeFirstBundle } = this.#options;
    const inForce = this.#policy();
    if (inForce === null) {
      const allow = beforeFirstBundle === "allow";
      return { allow, directives: noDirectives, bundleVersion: null, maxAgeSeconds: null };
    }
    const now = nowMs();
    const vouched = this.#withoutPlatform(decide(inForce.compiled, request, now), request, inForce);
    const decision =
      claimed === null
        ? vouched
        : stricter(vouched, decide(inForce.compiled, asClaimed(request, claimed), now));
    return {
      allow: decision.allow,
      directives: decision.directives,
      bundleVersion: inForce.version,
      maxAgeSeconds: decision.allow ? null : maxAgeSeconds(inForce, decision, now),
    };
  }

  /** Contracts 5: where no platform can be established while a `refuse_client` rule is in force, enforcement refuses. */
  #withoutPlatform(decision: Decision, request: GateRequest, inForce: PolicyInForce): Decision {
    if (request.platform !== null || inForce.refusingRule === null) return decision;
    if (decision.directives[0]?.measure === "refuse_client") return decision;
    this.counters.count("platform.unknown");
    if (this.#options.withoutPlatform === "allow") return decision;
    const refusal = { measure: "refuse_client", rule: inForce.refusingRule, required: true } as const;
    return { allow: false, directives: [refusal, ...decision.directives] };
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
      this.#inForce = this.#open(bytes);
      this.#kept = true;
    } catch (error) {
      if (error instanceof BundleRefused) this.#refused(error.refusal);
      else this.counters.count("kept.unreadable");
    }
  }

  #open(bytes: Uint8Array): PolicyInForce {
    return openPolicy(bytes, this.#signatures, this.#options.bundleBytesMax);
  }

  async #offered(bytes: Uint8Array): Promise<Offer> {
    try {
      const offered = this.#open(bytes);
      if (offered.contentSha256 === this.#inForce?.contentSha256) {
        this.#refusal = null;
        return this.#kept ? "settled" : await this.#keep(bytes);
      }
      this.#mayComeIntoForce(offered);
      this.#inForce = offered;
    } catch (error) {
      if (!(error instanceof BundleRefused)) throw error;
      this.#refused(error.refusal);
      // An expiry may look otherwise when a clock has been set right.
      return error.refusal === "expired" ? "again" : "settled";
    }
    this.#refusal = null;
    this.counters.count("bundle.adopted");
    return this.#keep(bytes);
  }

  // INVARIANT: the version an enforcement point holds never goes down, and one version never means two things.
  #mayComeIntoForce(offered: PolicyInForce): void {
    const versionInForce = this.#inForce?.version ?? null;
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

  /** A disk that is full or gone does not stop a recall: the new policy is in force already. */
  async #keep(bytes: Uint8Array): Promise<Offer> {
    try {
      await this.#lastGood.write(bytes);
      this.#kept = true;
      return "settled";
    } catch {
      this.#kept = false;
      this.counters.count("kept.failed");
      return "again";
    }
  }

  #refused(refusal: Refusal): void {
    this.#refusal = refusal;
    this.counters.refused(refusal);
  }
}

/** A rule on a stolen key has no cutoff: only a sign-in from now on will do. */
function maxAgeSeconds(inForce: PolicyInForce, decision: Decision, nowMs: number): number | null {
  const directive = decision.directives.find(({ measure }) => measure === "reauthenticate");
  if (directive === undefined) return null;
  const cutoff = cutoffMs(inForce.compiled, directive.rule);
  return cutoff === null ? 0 : Math.max(0, Math.floor((nowMs - cutoff) / 1000));
}
