import { cutTo, type Stretch } from "./stretch.ts";

/**
 * The parts of an entry that lie in a silence longer than `silenceUsMax`: between two consecutive lines of the source,
 * wherever they are, and between an edge of the entry and the next line when that is the source's first or last. Where
 * lines lie on both sides of an edge, the silence between them is the longer one.
 */
export function silences(entry: Stretch, alive: readonly Stretch[], silenceUsMax: number): Stretch[] {
  const first = alive[0];
  const last = alive.at(-1);
  if (first === undefined || last === undefined) return [entry];
  const between = [
    { fromUs: Math.min(entry.fromUs, first.fromUs), toUs: first.fromUs },
    ...alive.slice(1).map(({ fromUs: toUs }, index) => ({ fromUs: alive[index]?.toUs ?? toUs, toUs })),
    { fromUs: last.toUs, toUs: Math.max(entry.toUs, last.toUs) },
  ];
  return between
    .filter(({ fromUs, toUs }) => toUs - fromUs > silenceUsMax)
    .flatMap((silence) => cutTo(entry, silence) ?? []);
}
