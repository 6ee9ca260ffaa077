import {
  checkStampFollows,
  openFreshnessStamp,
  type FreshnessStamp,
  type SignaturePolicy,
} from "@cordon/bundle";

import { KeptFile } from "./kept-file.ts";

/** `unknown`: stamps are not used here, or none has come yet and the grace is not over. */
export type Freshness = "fresh" | "stale" | "unknown";

/**
 * Why a point is stale. `stamp-expired`: nobody says any more what is newest. `behind`: a newer bundle than the one in force
 * exists and did not come. `no-stamp`: none ever came. `other-contents`: the bundle in force is not the one of that version.
 */
export type StaleReason = "stamp-expired" | "behind" | "no-stamp" | "other-contents";

/** The bundle in force, as far as freshness goes. */
interface Held {
  readonly version: number;
  readonly contentSha256: string;
}

/** Knows the newest freshness stamp, and since when the point is behind it. Time is given. */
export class FreshnessWatch {
  readonly #kept: KeptFile;
  readonly #graceMs: number;
  #stamp: FreshnessStamp | null = null;
  #startedMs = 0;
  /** Since when a newer bundle than the one in force is known to exist; null: it is not. */
  #behindSinceMs: number | null = null;

  constructor(options: { readonly keptFile: string; readonly graceMs: number }) {
    this.#kept = new KeptFile(options.keptFile);
    this.#graceMs = options.graceMs;
  }

  /** Takes up the stamp of the last run. Throws a TrustError for one that these keys have not signed. */
  async startFromDisk(nowMs: number, policy: SignaturePolicy): Promise<void> {
    this.#startedMs = nowMs;
    const bytes = await this.#kept.read();
    if (bytes !== null) this.#stamp = openFreshnessStamp(bytes, policy);
  }

  /**
   * Takes the stamp that the source has now; the one held stays when this one may not follow it: then throws a TrustError.
   * Throws the file system's errors when it can't be kept; it counts all the same.
   */
  async take(bytes: Uint8Array, policy: SignaturePolicy): Promise<void> {
    const stamp = openFreshnessStamp(bytes, policy);
    checkStampFollows(this.#stamp, stamp);
    const held = this.#stamp;
    if (held?.version === stamp.version && held.issuedAtMs === stamp.issuedAtMs) return;
    this.#stamp = stamp;
    await this.#kept.write(bytes);
  }

  /** Other keys sign stamps from now on. What the old ones said, also a version that was far too high, no longer binds. */
  forget(): void {
    this.#stamp = null;
    this.#behindSinceMs = null;
  }

  /** To be called whenever a stamp or a bundle was taken. */
  notice(held: Held | null, nowMs: number): void {
    const isBehind = this.#stamp !== null && this.#stamp.version > (held?.version ?? -1);
    this.#behindSinceMs = isBehind ? (this.#behindSinceMs ?? nowMs) : null;
  }

  /** Null: not stale. */
  staleReason(held: Held | null, nowMs: number): StaleReason | null {
    const stamp = this.#stamp;
    if (stamp === null) return nowMs - this.#startedMs >= this.#graceMs ? "no-stamp" : null;
    if (nowMs >= stamp.expiresAtMs) return "stamp-expired";
    if (this.#behindSinceMs !== null && nowMs - this.#behindSinceMs >= this.#graceMs) return "behind";
    if (held?.version === stamp.version && held.contentSha256 !== stamp.contentSha256)
      return "other-contents";
    return null;
  }

  state(held: Held | null, nowMs: number): Freshness {
    if (this.staleReason(held, nowMs) !== null) return "stale";
    return this.#stamp === null ? "unknown" : "fresh";
  }
}
