import holidayFile from "./holidays.json" with { type: "json" };
import ruleFile from "./rules.json" with { type: "json" };
import { parseHolidayCalendars, type HolidayCalendar } from "./holiday-calendar.ts";
import { parseRulePack, type RulePack } from "./rule.ts";

/** The rules that come with Cordon. None of them has been held against the law itself: each says how it was read. */
export const cordonRules: RulePack = parseRulePack(ruleFile);

export const cordonHolidays: ReadonlyMap<string, HolidayCalendar> = parseHolidayCalendars(holidayFile);
