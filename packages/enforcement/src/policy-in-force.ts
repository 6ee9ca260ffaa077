import type { CompiledPolicy, Rule } from "@cordon/gate";

import type { PointDecision } from "./point-decision.ts";

/** A bundle that was verified and compiled: everything a decision needs, behind one reference. */
export interface PolicyInForce {
  readonly version: number;
  /** SHA-256 of the bundle's bytes, hex. */
  readonly sha256: string;
  /** SHA-256 of what is signed, hex: the same for one bundle whoever has signed it. */
  readonly contentSha256: string;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  readonly compiled: CompiledPolicy;
  readonly rules: ReadonlyMap<string, Rule>;
  /** The first rule that refuses clients of untrusted stores; null: there is none. */
  readonly refusingRule: string | null;
  /** The decision about everybody whom no rule concerns: one object for all of them. */
  readonly allowed: PointDecision;
}
