import type { Signed } from "@cordon/contract";
import { formatInstant } from "@cordon/model";
import type { Step } from "@cordon/response";

export function signedView({ by, atMs }: Step): Signed {
  return { by, at: formatInstant(atMs) };
}

export function signedOrNull(step: Step | null): Signed | null {
  return step === null ? null : signedView(step);
}
