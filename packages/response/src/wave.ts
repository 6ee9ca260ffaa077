import { formatInstant, parseDuration, parseInstant } from "@cordon/model";
import type { Measure, Rollout } from "./measure.ts";

/**
 * When the last wave of a rollout opens, in ms (contracts 4: wave k of n opens at from + k·over/n), rounded up. `fromMs`
 * stands for a rollout that leaves its beginning to publishing. Null for a rollout that can't be read.
 */
export function lastWaveOpensMs(rollout: Rollout, fromMs: number): number | null {
  const overMs = parseDuration(rollout.over);
  const beginMs = rollout.from === undefined ? fromMs : parseInstant(rollout.from);
  if (overMs === null || beginMs === null) return null;
  return beginMs + Math.ceil(((rollout.waves - 1) * overMs) / rollout.waves);
}

/**
 * What of a measure in force lies ahead of `nowMs`, in words; null when it is in full force. `publishedCutoff` is the
 * instant that its first bundle gave to what the plan left open.
 */
export function aheadOf(measure: Measure, publishedCutoff: string, nowMs: number): string | null {
  if (measure.measure === "upgrade") {
    const requiredMs = measure.required === undefined ? null : parseInstant(measure.required);
    return requiredMs === null || requiredMs <= nowMs
      ? null
      : `\`${measure.id}\` is required only from ${formatInstant(requiredMs)}`;
  }
  if (measure.measure === "refuse_client") return null;
  if (measure.measure !== "redownload" && measure.cutoff !== undefined) {
    const cutoffMs = parseInstant(measure.cutoff);
    if (cutoffMs !== null && cutoffMs > nowMs) return `\`${measure.id}\` applies only from ${measure.cutoff}`;
  }
  const publishedMs = parseInstant(publishedCutoff);
  if (measure.rollout === undefined || publishedMs === null) return null;
  const lastMs = lastWaveOpensMs(measure.rollout, publishedMs);
  return lastMs === null || lastMs <= nowMs
    ? null
    : `\`${measure.id}\` opens its last wave at ${formatInstant(lastMs)}`;
}
