import { endpoints, type OperationId } from "@cordon/contract";
import type * as contract from "@cordon/contract";
import * as plane from "@cordon/control-plane";
import type { Caller, Plane } from "@cordon/control-plane";

interface Call<Body> {
  readonly plane: Plane;
  readonly caller: Caller;
  readonly params: { readonly [name: string]: string };
  readonly body: Body;
}

type Operation<Body> = (call: Call<Body>) => unknown;

/** The path's parameter; its endpoint declares it, so it is there. */
function param(call: Call<unknown>, name: string): string {
  return call.params[name] ?? "";
}

const inIncident = (call: Call<unknown>): string => param(call, "incidentId");

/** Each operation that takes and gives JSON, with the one command or query that it calls. */
const operations = {
  listIncidents: (call: Call<null>) => plane.listIncidents(call.plane),
  openIncident: (call: Call<contract.OpenIncident>) => plane.openIncident(call.plane, call.caller, call.body),
  readIncident: (call: Call<null>) => plane.readIncident(call.plane, inIncident(call)),
  askQuestion: (call: Call<contract.AskQuestion>) =>
    plane.askQuestion(call.plane, call.caller, inIncident(call), call.body),
  acceptAssumption: (call: Call<contract.AcceptAssumption>) =>
    plane.acceptAssumption(call.plane, call.caller, inIncident(call), call.body),
  makeClaim: (call: Call<contract.MakeClaim>) =>
    plane.makeClaim(call.plane, call.caller, inIncident(call), call.body),
  recordDecision: (call: Call<contract.RecordDecision>) =>
    plane.recordDecision(call.plane, call.caller, inIncident(call), call.body),
  draftPlan: (call: Call<contract.DraftPlan>) =>
    plane.draftPlan(call.plane, call.caller, inIncident(call), call.body),
  readPlan: (call: Call<null>) => plane.readPlan(call.plane, inIncident(call), param(call, "planId")),
  approvePlan: (call: Call<null>) =>
    plane.approvePlan(call.plane, call.caller, inIncident(call), param(call, "planId")),
  proposeLift: (call: Call<null>) =>
    plane.proposeLift(call.plane, call.caller, inIncident(call), param(call, "planId")),
  approveLift: (call: Call<null>) =>
    plane.approveLift(call.plane, call.caller, inIncident(call), param(call, "planId")),
  draftNotice: (call: Call<contract.DraftNotice>) =>
    plane.draftNotice(call.plane, call.caller, inIncident(call), call.body),
  readNotice: (call: Call<null>) => plane.readNotice(call.plane, inIncident(call), param(call, "noticeId")),
  approveNotice: (call: Call<null>) =>
    plane.approveNotice(call.plane, call.caller, inIncident(call), param(call, "noticeId")),
  giveAllClear: (call: Call<null>) => plane.giveAllClear(call.plane, call.caller, inIncident(call)),
  reportProgress: (call: Call<contract.ReportProgress>) => plane.reportProgress(call.plane, call.body),
  readRelease: (call: Call<null>) => plane.readRelease(call.plane),
  planRelease: (call: Call<contract.PlanRelease>) => plane.planRelease(call.plane, call.caller, call.body),
  promoteRelease: (call: Call<null>) => plane.promoteRelease(call.plane, call.caller),
} as const;

type JsonOperationId = keyof typeof operations & OperationId;

export const jsonOperationIds = Object.keys(endpoints).filter(
  (id): id is JsonOperationId => id in operations,
);

/** The operation of an id. Its body has passed the endpoint's schema before it is called. */
export function operationOf(id: JsonOperationId): Operation<unknown> {
  const operation: unknown = operations[id];
  return operation as Operation<unknown>;
}
