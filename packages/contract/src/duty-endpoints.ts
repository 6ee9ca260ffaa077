import {
  AuthorityForm,
  ExtendDuty,
  IncidentDuties,
  MarkDutyDone,
  RecordDutyEvent,
  SetDutyMarkets,
  TollDuty,
  WaiveDuty,
} from "./duty.ts";
import { command, incident, query, type Endpoint } from "./endpoint.ts";
import { Because } from "./run.ts";

const duties = `${incident}/duties`;
const duty = `${duties}/{ruleId}`;

/** Legal deadlines: information with its source, never legal advice. */
export const dutyEndpoints = {
  readDuties: query(
    "readDuties",
    duties,
    "which legal deadlines run in the markets concerned, how much time is left, what each notice must hold; not legal advice",
    IncidentDuties,
  ),
  setDutyMarkets: command("setDutyMarkets", `${duties}/markets`, "say which markets are concerned", {
    body: SetDutyMarkets,
    schema: IncidentDuties,
  }),
  recordDutyEvent: command(
    "recordDutyEvent",
    `${duties}/events`,
    "record when something that starts clocks happened, and who decided so",
    { body: RecordDutyEvent, schema: IncidentDuties },
  ),
  markDutyDone: command("markDutyDone", `${duty}/completion`, "mark a duty done, with a reference", {
    body: MarkDutyDone,
    schema: IncidentDuties,
  }),
  waiveDuty: command("waiveDuty", `${duty}/waiver`, "say why a duty does not apply", {
    body: WaiveDuty,
    schema: IncidentDuties,
  }),
  reopenDuty: command("reopenDuty", `${duty}/reopening`, "open again what was done or did not apply", {
    body: Because,
    schema: IncidentDuties,
  }),
  extendDuty: command("extendDuty", `${duty}/extension`, "take more time, where the rule gives it", {
    body: ExtendDuty,
    schema: IncidentDuties,
  }),
  tollDuty: command("tollDuty", `${duty}/standstill`, "stop a clock at law enforcement's wish", {
    body: TollDuty,
    schema: IncidentDuties,
  }),
  draftAuthorityForm: query(
    "draftAuthorityForm",
    `${duty}/form`,
    "what GDPR article 33(3) asks for, from claims that hold; a person completes and files it",
    AuthorityForm,
  ),
} as const satisfies { readonly [operation: string]: Endpoint };
