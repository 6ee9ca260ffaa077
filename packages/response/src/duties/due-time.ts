import { Temporal } from "temporal-polyfill";
import type { HolidayCalendar } from "./holiday-calendar.ts";
import type { DutyClock } from "./rule.ts";

/** When a clock has run out. */
export type DueTime = {
  /** The first instant that is too late, in milliseconds since the epoch. */
  readonly dueMs: number;
  /** The last day on which it is in time, where it ends (local). */
  readonly lastDay: string;
  /** Whether holidays were known for every day that was counted; null where none matter. Unknown ones are counted as days, so that the time is never too long. */
  readonly holidaysKnown: boolean | null;
  /** Days that were left out, with why. */
  readonly skipped: readonly { readonly date: string; readonly because: string }[];
};

/** Weekends alone never last so long. */
const skippedMax = 10_000;

/**
 * When the clock of a rule that started at `startMs` has run out. Hours are counted from the instant, not from the full hour after it
 * as Regulation 1182/71 article 3(1) allows: earlier is safe. Days are counted from the day after the event, in the local
 * calendar, and end with the day. Null for a rule without a number.
 */
export function dueTime(
  clock: DutyClock,
  timeZone: string,
  startMs: number,
  calendars: ReadonlyMap<string, HolidayCalendar>,
): DueTime | null {
  const start = Temporal.Instant.fromEpochMilliseconds(startMs).toZonedDateTimeISO(timeZone);
  switch (clock.unit) {
    case "none":
      return null;
    case "hours": {
      const dueMs = startMs + clock.count * 3_600_000;
      const last = Temporal.Instant.fromEpochMilliseconds(dueMs - 1).toZonedDateTimeISO(timeZone);
      return { dueMs, lastDay: last.toPlainDate().toString(), holidaysKnown: null, skipped: [] };
    }
    case "calendar-days":
      return endOf(start.toPlainDate().add({ days: clock.count }), null, timeZone, null, []);
    case "calendar-months":
      return endOf(start.toPlainDate().add({ months: clock.count }), null, timeZone, null, []);
    case "business-days": {
      const { lastDay, holidaysKnown, skipped } = countBusinessDays(
        start.toPlainDate(),
        clock.count,
        calendars.get(clock.calendar) ?? null,
      );
      return endOf(lastDay, clock.closes, timeZone, holidaysKnown, skipped);
    }
  }
}

function countBusinessDays(
  event: Temporal.PlainDate,
  count: number,
  calendar: HolidayCalendar | null,
): {
  readonly lastDay: Temporal.PlainDate;
  readonly holidaysKnown: boolean;
  readonly skipped: DueTime["skipped"];
} {
  const skipped: { date: string; because: string }[] = [];
  let holidaysKnown = true;
  let day = event;
  for (let counted = 0; counted < count && skipped.length < skippedMax;) {
    day = day.add({ days: 1 });
    const date = day.toString();
    if (calendar === null || date < calendar.from || date > calendar.to) holidaysKnown = false;
    const because =
      day.dayOfWeek === 6 ? "Saturday" : day.dayOfWeek === 7 ? "Sunday" : (calendar?.days.get(date) ?? null);
    if (because === null) counted++;
    else skipped.push({ date, because });
  }
  return { lastDay: day, holidaysKnown, skipped };
}

function endOf(
  lastDay: Temporal.PlainDate,
  closes: string | null,
  timeZone: string,
  holidaysKnown: boolean | null,
  skipped: DueTime["skipped"],
): DueTime {
  // A day ends where the next one begins, also where clocks are changed at midnight.
  const due =
    closes === null
      ? lastDay.add({ days: 1 }).toZonedDateTime(timeZone)
      : lastDay.toZonedDateTime({ timeZone, plainTime: closes });
  return { dueMs: due.epochMilliseconds, lastDay: lastDay.toString(), holidaysKnown, skipped };
}
