import { compareCodePoints, type DataClass } from "@cordon/model";

import type { Answer } from "./answer.ts";
import { EventPlaceList } from "./event-places.ts";
import {
  explanationLimits,
  type Explanation,
  type ListedEvent,
  type PersonExplanation,
} from "./explanation.ts";
import type { Findings } from "./findings.ts";
import type { Question } from "./question.ts";

interface Person {
  surely: boolean;
  readonly classes: Set<DataClass>;
  readonly events: EventPlaceList;
}

/** For each person the very events that name them: first those who surely count, then those who only possibly do. */
export function explainPeople(
  { accountIds }: Answer,
  { accountsPossibly }: Findings,
  { decoys }: Question,
  events: readonly ListedEvent[],
): Explanation["people"] {
  const people = new Map<string, Person>();
  const personOf = (account: string): Person => {
    const known = people.get(account);
    if (known !== undefined) return known;
    const person = { surely: false, classes: new Set<DataClass>(), events: new EventPlaceList() };
    people.set(account, person);
    return person;
  };
  for (const account of accountIds) personOf(account).surely = true;
  const planted = new Set(decoys);
  for (const event of events) {
    for (const account of new Set(event.access?.accounts)) {
      if (planted.has(account)) continue;
      const person = personOf(account);
      person.surely ||= event.surely;
      person.events.add(event);
      for (const dataClass of event.access?.classes ?? []) person.classes.add(dataClass);
    }
  }
  const listed = [...people]
    .sort(([a, one], [b, other]) => Number(other.surely) - Number(one.surely) || compareCodePoints(a, b))
    .slice(0, explanationLimits.people)
    .map(([account, person]): PersonExplanation => ({
      account,
      surely: person.surely,
      classes: [...person.classes].sort(compareCodePoints),
      events: person.events.places(),
    }));
  return { listed, more: Math.max(accountsPossibly, people.size) - listed.length };
}
