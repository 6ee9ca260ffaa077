import type { Directive } from "@cordon/gate";

/** What an enforcement point decided about one request. */
export interface PointDecision {
  readonly allow: boolean;
  /** In contracts' order; empty also where `allow` is false for want of a policy, or of one that is surely the newest. */
  readonly directives: readonly Directive[];
  /** Version of the bundle that decided; null: there was none. */
  readonly bundleVersion: number | null;
  /** Whole seconds since the cutoff of the `reauthenticate` among the directives; null without one. */
  readonly maxAgeSeconds: number | null;
  /** There in shadow mode alone: what was decided and is not acted on. The request passes, with no directive. */
  readonly shadow?: PointDecision;
}
