import { formatInstant, parseInstant } from "@cordon/model";
import type { DecisionContext } from "../command.ts";
import { ResponseError } from "../errors.ts";
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { requireRoom, requireText } from "../wording.ts";
import { marketsOf } from "./duties-of.ts";
import type { DutyCommand } from "./duty-command.ts";
import { standingStart } from "./duty-state.ts";
import { dutiesOfIncident, isDueSoon, type DutyBook } from "./incident-duties.ts";
import { startEvents, type DutyRule } from "./rule.ts";
import { cordonHolidays, cordonRules } from "./rule-packs.ts";

type Command<Kind extends DutyCommand["kind"]> = Extract<DutyCommand, { kind: Kind }>;

/** Limits of what one incident holds. */
const startsMax = 1000;
const toldMax = 10_000;
const marketsMax = 500;

const cordonBook: DutyBook = { pack: cordonRules, calendars: cordonHolidays };

export function decideDuty(
  incident: Incident,
  command: DutyCommand,
  context: DecisionContext,
): IncidentEvent[] {
  const { operator: by } = context;
  const book = context.duties ?? cordonBook;
  requireRoom("entries on duties", incident.duties.told.length, toldMax);
  switch (command.kind) {
    case "set-duty-markets":
      return setMarkets(incident, command, by);
    case "record-duty-event":
      return recordStart(incident, command, context);
    case "mark-duty-done": {
      const { rule } = concerned(incident, command.rule, book);
      requireUnsettled(incident, rule);
      const at = pastInstant("the time", command.at, context);
      const reference = requireText("the reference", command.reference);
      const name = requireText("the name", command.name);
      return [
        { type: "duty-done", data: { by, rule: rule.id, at, reference, authority: command.authority, name } },
      ];
    }
    case "waive-duty": {
      const { rule } = concerned(incident, command.rule, book);
      requireUnsettled(incident, rule);
      const because = requireText("the reason", command.because);
      return [
        {
          type: "duty-waived",
          data: { by, rule: rule.id, because, name: requireText("the name", command.name) },
        },
      ];
    }
    case "reopen-duty": {
      if (!incident.duties.settled.has(command.rule))
        throw new ResponseError("ERR_DUTY", [`duty \`${command.rule}\` is open`]);
      const because = requireText("the reason", command.because);
      return [{ type: "duty-reopened", data: { by, rule: command.rule, because } }];
    }
    case "extend-duty": {
      const { rule } = concerned(incident, command.rule, book);
      if (rule.extension === null) throw new ResponseError("ERR_DUTY", [`\`${rule.id}\` knows no extension`]);
      const because = requireText("the reason", command.because);
      const until = instantOf("the time", command.until);
      return [{ type: "duty-extended", data: { by, rule: rule.id, until, because } }];
    }
    case "toll-duty":
      return tollDuty(incident, command, book, context);
    case "note-duty":
      return noteDuty(incident, command, book, context);
  }
}

function setMarkets(incident: Incident, command: Command<"set-duty-markets">, by: string): IncidentEvent[] {
  const { because } = command;
  const markets = [...new Set(command.markets)].sort();
  if (markets.length > marketsMax)
    throw new ResponseError("ERR_LIMIT", [`${markets.length} markets, expected at most ${marketsMax}`]);
  const strange = markets.find((one) => !/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(one));
  if (strange !== undefined)
    throw new ResponseError("ERR_TEXT", [
      `\`${strange}\` is no market, expected ISO 3166 as DE or US-CA, or EU`,
    ]);
  const gone = incident.duties.markets.filter((one) => !markets.includes(one));
  // INVARIANT: a duty that was shown does not go away without a reason on record.
  if (gone.length > 0 && because === null)
    throw new ResponseError(
      "ERR_DUTY",
      [`${gone.map((one) => `\`${one}\``).join(", ")} would no longer be concerned`],
      "say why",
    );
  const reason = because === null ? null : requireText("the reason", because);
  return [{ type: "duty-markets-set", data: { by, markets, because: reason } }];
}

function recordStart(
  incident: Incident,
  command: Command<"record-duty-event">,
  context: DecisionContext,
): IncidentEvent[] {
  const { event } = command;
  requireRoom("start events", incident.duties.starts.length, startsMax);
  if (!startEvents.includes(event))
    throw new ResponseError("ERR_TEXT", [
      `\`${event}\` starts no clock, expected one of ${startEvents.join(", ")}`,
    ]);
  const at = pastInstant("the time", command.at, context);
  const name = requireText("the name", command.name);
  const because = command.because === null ? null : requireText("the reason", command.because);
  const before = standingStart(incident.duties, event)?.at ?? null;
  if (before === at) throw new ResponseError("ERR_DUTY", [`${event} at \`${at}\` is on record already`]);
  // INVARIANT: what was known once does not become known later without a reason; both times stay on record.
  if (before !== null && at > before && because === null) {
    throw new ResponseError(
      "ERR_DUTY",
      [`${event} is known to be at \`${before}\`, and \`${at}\` would move it later`],
      "say why the earlier time was wrong",
    );
  }
  return [{ type: "duty-event-recorded", data: { by: context.operator, event, at, before, name, because } }];
}

function tollDuty(
  incident: Incident,
  command: Command<"toll-duty">,
  book: DutyBook,
  context: DecisionContext,
): IncidentEvent[] {
  const { rule } = concerned(incident, command.rule, book);
  if (rule.tolling === null)
    throw new ResponseError("ERR_DUTY", [`the clock of \`${rule.id}\` does not stand still`]);
  const from = instantOf("from", command.from);
  const to = command.to === null ? null : instantOf("to", command.to);
  if (to !== null && to < from)
    throw new ResponseError("ERR_TEXT", [`\`${to}\` is before \`${from}\`, expected a time after it`]);
  const because = requireText("the reason", command.because);
  return [{ type: "duty-tolled", data: { by: context.operator, rule: rule.id, from, to, because } }];
}

/** INVARIANT: what is noted is so by the rules and the clock of the one who decides, and noted once for each deadline. */
function noteDuty(
  incident: Incident,
  command: Command<"note-duty">,
  book: DutyBook,
  { operator: by, nowMs }: DecisionContext,
): IncidentEvent[] {
  const { rule, what } = command;
  const duty = dutiesOfIncident(book, incident, nowMs).duties.find((one) => one.rule.id === rule);
  const dueAt = duty?.dueAt ?? null;
  const isSo = duty !== undefined && (what === "overdue" ? duty.status === "overdue" : isDueSoon(duty));
  if (!isSo || dueAt === null)
    throw new ResponseError("ERR_DUTY", [
      `duty \`${rule}\` is not ${what === "soon" ? "due soon" : "overdue"}`,
    ]);
  if (incident.duties.noted.some((one) => one.rule === rule && one.what === what && one.dueAt === dueAt))
    throw new ResponseError("ERR_EXISTS", [`it is noted already that duty \`${rule}\` is due \`${dueAt}\``]);
  return [{ type: what === "soon" ? "duty-due-soon" : "duty-overdue", data: { by, rule, dueAt } }];
}

function concerned(incident: Incident, id: string, { pack }: DutyBook): { readonly rule: DutyRule } {
  const rule = pack.rules.find((one) => one.id === id);
  if (rule === undefined)
    throw new ResponseError(
      "ERR_DUTY",
      [`there is no rule \`${id}\``],
      "`cordon duties list` shows which there are",
    );
  if (!incident.duties.markets.some((market) => marketsOf(market).includes(rule.market)))
    throw new ResponseError(
      "ERR_DUTY",
      [`\`${id}\` is a rule of ${rule.market}, which is not concerned`],
      "name its market first",
    );
  return { rule };
}

function requireUnsettled(incident: Incident, { id }: DutyRule): void {
  const settled = incident.duties.settled.get(id);
  if (settled === undefined) return;
  const how = settled.outcome === "done" ? `done at \`${settled.at}\`` : "found not to apply";
  throw new ResponseError(
    "ERR_DUTY",
    [`duty \`${id}\` is ${how}, as \`${settled.by}\` recorded`],
    "open it again first, with a reason",
  );
}

function instantOf(what: string, text: string): string {
  const ms = parseInstant(text);
  if (ms === null)
    throw new ResponseError("ERR_TEXT", [`${what} is \`${text}\`, expected an RFC 3339 time with \`Z\``]);
  return formatInstant(ms);
}

/** Backdating is allowed: when it was recorded stands beside it. What has not happened yet is not recorded. */
function pastInstant(what: string, text: string, { nowMs }: DecisionContext): string {
  const at = instantOf(what, text);
  if (at > formatInstant(nowMs))
    throw new ResponseError("ERR_DUTY", [`${what} \`${at}\` has not come yet, expected one that has`]);
  return at;
}
