import type { InputPath } from "@cordon/model";
import { choice, date, list, object, text } from "./read-json.ts";
import { parseSource, ruleStates, type RuleState, type Source } from "./rule.ts";

/** Public holidays of one place, as local dates. */
export type HolidayCalendar = {
  readonly id: string;
  readonly version: string;
  /** The years it speaks of, both ends inclusive; outside them holidays are not known. */
  readonly from: string;
  readonly to: string;
  readonly state: RuleState;
  readonly source: Source;
  readonly days: ReadonlyMap<string, string>;
};

const daysMax = 10_000;

/** Reads calendars. Throws InputError. */
export function parseHolidayCalendars(value: unknown): ReadonlyMap<string, HolidayCalendar> {
  const file = object(value, [], ["version", "calendars"]);
  const calendars = list(file["calendars"], ["calendars"], 1000).map((one, n) =>
    parseCalendar(one, ["calendars", n]),
  );
  return new Map(calendars.map((calendar) => [calendar.id, calendar]));
}

function parseCalendar(value: unknown, path: InputPath): HolidayCalendar {
  const at = object(value, path, ["id", "version", "from", "to", "state", "source", "days"]);
  const days = list(at["days"], [...path, "days"], daysMax).map((one, n) => {
    const day = object(one, [...path, "days", n], ["date", "name"]);
    return [
      date(day["date"], [...path, "days", n, "date"]),
      text(day["name"], [...path, "days", n, "name"]),
    ] as const;
  });
  return {
    id: text(at["id"], [...path, "id"]),
    version: text(at["version"], [...path, "version"]),
    from: date(at["from"], [...path, "from"]),
    to: date(at["to"], [...path, "to"]),
    state: choice(at["state"], [...path, "state"], ruleStates),
    source: parseSource(at["source"], [...path, "source"]),
    days: new Map(days),
  };
}
