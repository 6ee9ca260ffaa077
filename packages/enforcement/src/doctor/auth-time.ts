import { asTimeMs } from "../token/claim-mapping.ts";
import type { ClaimReading } from "./claim-reading.ts";
import type { TokenSample } from "./token-sample.ts";

/** A token that came this soon after its `auth_time` came from the sign-in itself. */
export const freshSeconds = 60;
/** Clocks of provider and observer may differ by so much. */
const skewSeconds = 300;
/** 2000-01-01: no session of today began before it. */
const earliestSeconds = 946_684_800;

/** How a gate would read an `auth_time`; whatever it cannot read counts as missing. */
export type AuthTimeState = "missing" | "unreadable" | "milliseconds" | "implausible" | "good";

export function authTimeState(sample: TokenSample, reading: ClaimReading): AuthTimeState {
  const value = reading.value(sample.claims, "authTime");
  if (value === undefined) return "missing";
  const ms = asTimeMs(value);
  // A number that is too large for seconds is milliseconds that somebody wrote for them.
  if (ms === null) return typeof value === "number" && value > 0 ? "milliseconds" : "unreadable";
  const issued = issuedSeconds(sample);
  const seconds = ms / 1000;
  return seconds < earliestSeconds || (issued !== null && seconds > issued + skewSeconds)
    ? "implausible"
    : "good";
}

/** Whether a gate takes the token for older than any cutoff. */
export function countsAsMissing(state: AuthTimeState): boolean {
  return state === "missing" || state === "unreadable" || state === "milliseconds";
}

/** In seconds; null when there is no good one. */
export function authTimeOf(sample: TokenSample, reading: ClaimReading): number | null {
  const ms = asTimeMs(reading.value(sample.claims, "authTime"));
  return ms !== null && authTimeState(sample, reading) === "good" ? ms / 1000 : null;
}

export function issuedSeconds({ claims, atMs }: TokenSample): number | null {
  const { iat } = claims;
  if (typeof iat === "number") return iat;
  return atMs === null ? null : atMs / 1000;
}

/** Whether a token came from the sign-in itself. */
export function isFresh(sample: TokenSample, reading: ClaimReading): boolean {
  const time = authTimeOf(sample, reading);
  const issued = issuedSeconds(sample);
  return time !== null && issued !== null && Math.abs(issued - time) <= freshSeconds;
}
