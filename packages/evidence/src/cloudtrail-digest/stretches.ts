/** [fromUs, toUs) in microseconds since the epoch. */
export interface Stretch {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The same instants as sorted stretches that neither touch nor overlap; empty ones vanish. */
export function joinStretches(stretches: readonly Stretch[]): Stretch[] {
  const joined: { fromUs: number; toUs: number }[] = [];
  const sorted = stretches.filter(({ fromUs, toUs }) => fromUs < toUs).sort((a, b) => a.fromUs - b.fromUs);
  for (const { fromUs, toUs } of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && fromUs <= last.toUs) last.toUs = Math.max(last.toUs, toUs);
    else joined.push({ fromUs, toUs });
  }
  return joined;
}

/** The instants of both. */
export function intersectStretches(left: readonly Stretch[], right: readonly Stretch[]): Stretch[] {
  const lefts = joinStretches(left);
  const rights = joinStretches(right);
  const both: Stretch[] = [];
  for (let l = 0, r = 0; ;) {
    const a = lefts[l];
    const b = rights[r];
    if (a === undefined || b === undefined) return both;
    const fromUs = Math.max(a.fromUs, b.fromUs);
    const toUs = Math.min(a.toUs, b.toUs);
    if (fromUs < toUs) both.push({ fromUs, toUs });
    if (a.toUs < b.toUs) l += 1;
    else r += 1;
  }
}

/** The instants of `stretches` that lie in none of `holes`. */
export function withoutStretches(stretches: readonly Stretch[], holes: readonly Stretch[]): Stretch[] {
  const outside: Stretch[] = [];
  let fromUs = -Infinity;
  for (const hole of joinStretches(holes)) {
    outside.push({ fromUs, toUs: hole.fromUs });
    fromUs = hole.toUs;
  }
  outside.push({ fromUs, toUs: Infinity });
  return intersectStretches(stretches, outside);
}
