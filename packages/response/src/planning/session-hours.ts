import { parseDuration } from "@cordon/model";
import type { Rollout } from "../measure.ts";

const hourMs = 3_600_000;

/**
 * Session-hours that an intruder who holds `sessions` of the cohort would be left: until the measure comes into force
 * (`leadMs`), and then, with a rollout, until each session's wave opens. Waves are uniform, so on average (n − 1)/2n of the span.
 */
export function sessionHoursLeft(sessions: number, rollout: Rollout | null, leadMs: number): number {
  const overMs = rollout === null ? 0 : (parseDuration(rollout.over) ?? 0);
  const waves = rollout?.waves ?? 1;
  const waitMs = (overMs * (waves - 1)) / (2 * waves);
  return (sessions * (leadMs + waitMs)) / hourMs;
}
