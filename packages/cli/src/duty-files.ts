import {
  cordonHolidays,
  cordonRules,
  parseDutyIncident,
  parseHolidayCalendars,
  parseRulePack,
  startEvents,
  type DutyIncident,
  type HolidayCalendar,
  type RulePack,
  type StartEvent,
} from "@cordon/response";
import type { Command } from "commander";
import { CliError } from "./cli-error.ts";
import { readYamlDocument } from "./yaml-document.ts";

export interface DutyRuleOptions {
  readonly rules?: string;
  readonly holidays?: string;
}

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

/** Throws a CliError for a word that starts no clock. */
export function startEvent(text: string): StartEvent {
  const event = startEvents.find((one) => one === text);
  if (event !== undefined) return event;
  throw new CliError(
    "ERR_CLI_USAGE",
    `\`${text}\` starts no clock, expected one of ${startEvents.join(", ")}`,
  );
}

/** `SE,US-CA`. Throws a CliError for what is no market. */
export function marketCodes(text: string): string[] {
  const codes = text.split(",").filter((one) => one !== "");
  const strange = codes.find((one) => !/^[A-Z]{2}(-[A-Z0-9]{1,3})?$/.test(one));
  if (strange === undefined) return codes;
  throw new CliError("ERR_CLI_USAGE", `\`${strange}\` is no market, expected ISO 3166 as SE or US-CA, or EU`);
}
