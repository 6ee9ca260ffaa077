import { compareCodePoints, type DataClass } from "@cordon/model";

import type { Answer } from "./answer.ts";
import type { CoverageTimeline } from "./coverage-timeline.ts";
import { placesOf } from "./event-places.ts";
import {
  explanationLimits,
  type Explanation,
  type Hint,
  type ListedAccess,
  type ListedEvent,
  type NotAccessedClass,
  type UnknownClass,
} from "./explanation.ts";
import { isTouched, storesOf } from "./map-classes.ts";
import type { MapFacts } from "./map-facts.ts";
import type { Question } from "./question.ts";

interface ClassesRequest {
  readonly map: MapFacts;
  readonly question: Question;
  readonly answer: Answer;
  readonly events: readonly ListedEvent[];
  readonly timeline: CoverageTimeline;
  readonly hints: readonly Hint[];
}

/** For each class what put it into its list: events, proven coverage, or what is missing. */
export function explainClasses(request: ClassesRequest): Explanation["classes"] {
  const { map, question, answer, events, timeline, hints } = request;
  const { accessed, notAccessed, unknown } = answer.dataClasses;
  const decoys = new Set(question.decoys);
  const reaching = events.filter(({ access }) => access !== null && reachesPeople(access, decoys));
  const touching = (dataClass: DataClass): readonly ListedEvent[] =>
    reaching.filter(({ access }) => isTouched(access?.classes ?? [], dataClass));
  return {
    accessed: accessed.map((dataClass) => ({
      dataClass,
      events: placesOf(touching(dataClass).filter(({ surely }) => surely)),
    })),
    notAccessed: notAccessed.map((dataClass) => ({
      dataClass,
      watched: watchedBy(storesOf(map, dataClass), timeline),
    })),
    unknown: unknown.map((dataClass) => explainUnknown(dataClass)),
  };

  function explainUnknown(dataClass: DataClass): UnknownClass {
    const stores = storesOf(map, dataClass);
    // An access of which nobody knows whom it reached leaves a store open for people, but tells its classes.
    const open = answer.coverage.openStores.filter(
      ({ store, because }) => stores.has(store) && because.some((cause) => cause !== "people-unknown"),
    );
    const possible = touching(dataClass);
    const sources = new Set(possible.map(({ source }) => source));
    return {
      dataClass,
      events: placesOf(possible),
      openStores: open.map(({ store }) => store).sort(compareCodePoints),
      hints: hints
        .filter(({ kind, stores: left, source }) => {
          if (kind === "possible") return source !== null && sources.has(source);
          return (kind === "gap" || kind === "unclassified") && left.some((store) => stores.has(store));
        })
        .map(({ id }) => id),
    };
  }
}

/** A read of nobody, or of decoys alone, reaches no person. */
function reachesPeople(
  { accounts, accountsNamed, rows, opensStore }: ListedAccess,
  decoys: ReadonlySet<string>,
): boolean {
  return (
    opensStore ||
    (rows ?? 0) > 0 ||
    accounts.some((account) => !decoys.has(account)) ||
    (accountsNamed > accounts.length && accountsNamed > decoys.size)
  );
}

function watchedBy(stores: ReadonlySet<string>, { bands }: CoverageTimeline): NotAccessedClass["watched"] {
  return bands.flatMap(({ store, source, stretches }) => {
    if (!stores.has(store) || source === null) return [];
    const proven = stretches.flatMap((stretch) =>
      stretch.state === "proven" ? [{ from: stretch.from, to: stretch.to, by: stretch.by }] : [],
    );
    const listed = proven.slice(0, explanationLimits.stretches);
    return [{ store, source, proven: listed, more: proven.length - listed.length }];
  });
}
