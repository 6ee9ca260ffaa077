/** A stretch of time in microseconds since the epoch. Closed at its end only where it is said so. */
export interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The part of `stretch` inside `within`; null when they share no time. */
export function cutTo(within: Stretch, stretch: Stretch): Stretch | null {
  const fromUs = Math.max(within.fromUs, stretch.fromUs);
  const toUs = Math.min(within.toUs, stretch.toUs);
  return fromUs < toUs ? { fromUs, toUs } : null;
}

/** Stretches in order of time, with those that overlap or touch made one. */
export function unbroken(stretches: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const stretch of [...stretches].sort((a, b) => a.fromUs - b.fromUs || a.toUs - b.toUs)) {
    const last = merged.at(-1);
    if (last !== undefined && stretch.fromUs <= last.toUs) {
      merged[merged.length - 1] = { fromUs: last.fromUs, toUs: Math.max(last.toUs, stretch.toUs) };
    } else {
      merged.push(stretch);
    }
  }
  return merged;
}

/** What of `whole` none of the stretches covers. */
export function uncoveredPart(whole: Stretch, stretches: readonly Stretch[]): Stretch[] {
  const parts: Stretch[] = [];
  let { fromUs } = whole;
  for (const stretch of unbroken(stretches)) {
    if (stretch.fromUs > fromUs) parts.push({ fromUs, toUs: stretch.fromUs });
    fromUs = Math.max(fromUs, stretch.toUs);
  }
  parts.push({ fromUs, toUs: whole.toUs });
  return parts.flatMap((part) => cutTo(whole, part) ?? []);
}
