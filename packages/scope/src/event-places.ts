import { explanationLimits, type EventPlace, type EventPlaces, type ListedEvent } from "./explanation.ts";

/** Gathers the places of events, as many as an explanation lists. */
export class EventPlaceList {
  readonly #listed: EventPlace[] = [];
  #more = 0;

  add({ file, line, source, time, operation, surely }: ListedEvent): void {
    if (this.#listed.length < explanationLimits.events) {
      this.#listed.push({ file, line, source, time, operation, surely });
    } else {
      this.#more += 1;
    }
  }

  /** `all`: how many there are, also beyond the events that were at hand. */
  places(all = 0): EventPlaces {
    const gathered = this.#listed.length + this.#more;
    return { listed: this.#listed, more: Math.max(all, gathered) - this.#listed.length };
  }
}

export function placesOf(events: readonly ListedEvent[], all = 0): EventPlaces {
  const places = new EventPlaceList();
  for (const event of events) places.add(event);
  return places.places(all);
}
