import { parseInstant } from "@cordon/model";
import type { Incident } from "../incident.ts";
import { breachFactsOf } from "./breach-facts-of.ts";
import { dutiesOf, marketsOf, type Duty } from "./duties-of.ts";
import type { DutyIncident } from "./duty-incident.ts";
import { standingStart } from "./duty-state.ts";
import type { HolidayCalendar } from "./holiday-calendar.ts";
import { startEvents, type DutyRule, type RulePack } from "./rule.ts";

/** The rules that a server goes by, and the holidays. */
export interface DutyBook {
  readonly pack: RulePack;
  readonly calendars: ReadonlyMap<string, HolidayCalendar>;
}

/** From how long before its end a duty counts as due soon. */
export const dueSoonMs = 24 * 3_600_000;

interface IncidentDuties {
  readonly duties: readonly Duty[];
  /** Markets for which the book has no rule: nothing is known of their duties, which is not that there are none. */
  readonly marketsWithoutRules: readonly string[];
  /** Rules that something was recorded of and that the book no longer has. */
  readonly unknownRules: readonly string[];
}

/** The duties of an incident as they stand at `nowMs`, those that are due first. */
export function dutiesOfIncident(book: DutyBook, incident: Incident, nowMs: number): IncidentDuties {
  const { duties } = incident;
  if (duties.markets.length === 0) return { duties: [], marketsWithoutRules: [], unknownRules: [] };
  const known = new Map(book.pack.rules.map((rule) => [rule.id, rule]));
  const withRules = new Set(book.pack.rules.map(({ market }) => market));
  const named = [
    ...duties.settled.keys(),
    ...[...duties.extensions, ...duties.standstills].map(({ rule }) => rule),
  ];
  return {
    duties: dutiesOf(book.pack, book.calendars, dutyIncidentOf(incident, known), nowMs),
    marketsWithoutRules: duties.markets.filter((one) => !marketsOf(one).some((code) => withRules.has(code))),
    unknownRules: [...new Set(named)].filter((rule) => !known.has(rule)),
  };
}

/** Whether a duty has less than `dueSoonMs` left, but some. */
export function isDueSoon({ status, leftMs }: Duty): boolean {
  return status === "running" && leftMs !== null && leftMs <= dueSoonMs;
}

/**
 * What the clocks know of an incident, without what was recorded of rules that are gone, or that a newer pack lets no longer be
 * extended: a shorter time is the safe side.
 */
export function dutyIncidentOf(incident: Incident, known: ReadonlyMap<string, DutyRule>): DutyIncident {
  const { duties } = incident;
  const settled = [...duties.settled].filter(([rule]) => known.has(rule));
  return {
    markets: duties.markets,
    events: startEvents.flatMap((event) => {
      const start = standingStart(duties, event);
      return start === null ? [] : [{ event, atMs: ms(start.at), by: start.name }];
    }),
    done: settled.flatMap(([rule, one]) =>
      one.outcome === "done" ? [{ rule, atMs: ms(one.at), by: one.name }] : [],
    ),
    extensions: duties.extensions
      .filter(({ rule }) => (known.get(rule)?.extension ?? null) !== null)
      .map(({ rule, until, because }) => ({ rule, untilMs: ms(until), because })),
    tolled: duties.standstills
      .filter(({ rule }) => (known.get(rule)?.tolling ?? null) !== null)
      .map(({ rule, from, to, because }) => ({
        rule,
        fromMs: ms(from),
        toMs: to === null ? null : ms(to),
        because,
      })),
    waived: settled.flatMap(([rule, one]) =>
      one.outcome === "not-applicable" ? [{ rule, because: one.because }] : [],
    ),
    facts: breachFactsOf(incident),
  };
}

/** Events hold only times that were read before. */
function ms(instant: string): number {
  return parseInstant(instant) ?? 0;
}
