import type { DataClass } from "@cordon/model";
import type { Person, Population } from "../population/population.ts";
import { exposedCount, isTrusted } from "../population/segments.ts";

export const variants = ["gap", "bulk", "payment", "exposed"] as const;
/** What the drill changes in the reference incident; null replays it as it was. */
export type Variant = (typeof variants)[number] | null;

/**
 * What really happened. It is known to the simulation alone: the evidence is written from it, and at the end every
 * statement that people received is judged against it.
 */
export interface HiddenTruth {
  readonly variant: Variant;
  /** The one person whose record the intruder opened. */
  readonly opened: Person;
  /** Everybody whom the intruder truly read, `opened` first. */
  readonly affected: readonly Person[];
  /** The classes that the intruder truly read, sorted. */
  readonly classesRead: readonly DataClass[];
  /** People (by index) whose records the intruder was refused. */
  readonly refused: readonly Person[];
  /** People whose sessions' tokens the intruder could have held; only in the variant `exposed`. */
  readonly exposed: readonly Person[];
  /** Rows of the export whose ids no log holds; null but in the variant `bulk`. They are those `affected`. */
  readonly exportedRows: number | null;
}

const refusedCount = 9;

export function hiddenTruth(population: Population, variant: Variant): HiddenTruth {
  const opened =
    takeUpTo(population, "opened", 1, (p) => !p.certain && isTrusted(p.segment.share))[0] ??
    population.person(0);
  const refused = takeUpTo(population, "refused", refusedCount, (p) => p.index !== opened.index);
  const exposed =
    variant === "exposed"
      ? takeUpTo(
          population,
          "exposed",
          exposedCount(population.accounts),
          (p) => !p.certain && isTrusted(p.segment.share) && p.index !== opened.index,
        )
      : [];
  const exportedRows =
    variant === "bulk"
      ? Math.min(population.accounts, Math.max(2, Math.round(population.accounts * 0.003)))
      : null;
  const others = takeUpTo(population, "exported", (exportedRows ?? 1) - 1, (p) => p.index !== opened.index);
  const classesRead = ["user.contact.email", "user.name"];
  if (variant === "payment") classesRead.push("user.payment");
  return { variant, opened, affected: [opened, ...others], classesRead, refused, exposed, exportedRows };
}

function takeUpTo(
  population: Population,
  name: string,
  count: number,
  admits: (person: Person) => boolean,
): Person[] {
  const people: Person[] = [];
  for (const person of population.inSeededOrder(name)) {
    if (people.length === count) break;
    if (admits(person)) people.push(person);
  }
  return people;
}
