import { DenialBytes } from "./denial-bytes.ts";
import type { EnforcementPoint } from "./enforcement-point.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { PointDecision } from "./point-decision.ts";

const bytesOf = new WeakMap<EnforcementPoint, DenialBytes>();

/**
 * The framework-free guard under all adapters: null when the request may go on, else the answer to send in its place.
 * `onDecision` is told before.
 */
export function guardRequest(
  point: EnforcementPoint,
  guarded: GuardedRequest,
  onDecision?: (decision: PointDecision) => void,
): HttpAnswer | null {
  const decision = point.decide(guarded);
  onDecision?.(decision);
  if (decision.allow) return null;
  let bytes = bytesOf.get(point);
  if (bytes === undefined) {
    bytes = new DenialBytes();
    bytesOf.set(point, bytes);
  }
  return bytes.answer(decision, point.retryAfterSeconds());
}
