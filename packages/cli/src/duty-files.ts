import {
  cordonHolidays,
  cordonRules,
  parseDutyIncident,
  parseHolidayCalendars,
  parseRulePack,
  type DutyIncident,
  type HolidayCalendar,
  type RulePack,
} from "@cordon/response";
import type { Command } from "commander";
import { readYamlDocument } from "./yaml-document.ts";

export interface DutyRuleOptions {
  readonly rules?: string;
  readonly holidays?: string;
}

/** Shown with every answer about duties. */
export const noAdvice =
  "Information with its source, not legal advice: whether a duty applies is for people to decide.";

export function addDutyRuleOptions(command: Command): Command {
  return command
    .option("--rules <file>", "a rule pack of your own (YAML or JSON) in place of Cordon's")
    .option("--holidays <file>", "holiday calendars of your own in place of Cordon's");
}

export async function readDutyRules(options: DutyRuleOptions): Promise<{
  readonly pack: RulePack;
  readonly calendars: ReadonlyMap<string, HolidayCalendar>;
}> {
  const pack =
    options.rules === undefined
      ? cordonRules
      : (await readYamlDocument(options.rules)).check((value) => parseRulePack(value));
  const calendars =
    options.holidays === undefined
      ? cordonHolidays
      : (await readYamlDocument(options.holidays)).check((value) => parseHolidayCalendars(value));
  return { pack, calendars };
}

export async function readDutyIncident(file: string): Promise<DutyIncident> {
  return (await readYamlDocument(file)).check((value) => parseDutyIncident(value));
}
