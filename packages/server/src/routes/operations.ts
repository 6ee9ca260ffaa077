import { endpoints, type OperationId } from "@cordon/contract";
import type * as contract from "@cordon/contract";
import * as plane from "@cordon/control-plane";
import type { Caller, PageRequest, Plane } from "@cordon/control-plane";

interface Call<Body> {
  readonly plane: Plane;
  readonly caller: Caller;
  readonly params: { readonly [name: string]: string };
  readonly body: Body;
  /** Of a list that is read page by page, which part is asked for. */
  readonly page: PageRequest;
}

type Operation<Body> = (call: Call<Body>) => unknown;

/** The path's parameter; its endpoint declares it, so it is there. */
function param(call: Call<unknown>, name: string): string {
  return call.params[name] ?? "";
}

const inIncident = (call: Call<unknown>): string => param(call, "incidentId");
const ruleOf = (call: Call<unknown>): string => param(call, "ruleId");
const planOf = (call: Call<unknown>): string => param(call, "planId");

/** Each operation that takes and gives JSON, with the one command or query that it calls. */
const operations = {
  explainAccount: (call: Call<contract.ExplainAccount>) => plane.explainAccount(call.plane, call.body),
  listIncidents: (call: Call<null>) => plane.listIncidents(call.plane, call.page),
  openIncident: (call: Call<contract.OpenIncident>) => plane.openIncident(call.plane, call.caller, call.body),
  readIncident: (call: Call<null>) => plane.readIncident(call.plane, inIncident(call)),
  readTimeline: (call: Call<null>) => plane.readTimeline(call.plane, inIncident(call), call.page),
  readFallout: (call: Call<null>) => plane.readFallout(call.plane, inIncident(call)),
  moveIncident: (call: Call<contract.MoveIncident>) =>
    plane.moveIncident(call.plane, call.caller, inIncident(call), call.body),
  reopenIncident: (call: Call<contract.Because>) =>
    plane.reopenIncident(call.plane, call.caller, inIncident(call), call.body),
  setSeverity: (call: Call<contract.SetSeverity>) =>
    plane.setSeverity(call.plane, call.caller, inIncident(call), call.body),
  grantRole: (call: Call<contract.ChangeRole>) =>
    plane.grantRole(call.plane, call.caller, inIncident(call), call.body),
  revokeRole: (call: Call<contract.ChangeRole>) =>
    plane.revokeRole(call.plane, call.caller, inIncident(call), call.body),
  addNote: (call: Call<contract.AddNote>) =>
    plane.addNote(call.plane, call.caller, inIncident(call), call.body),
  addTask: (call: Call<contract.AddTask>) =>
    plane.addTask(call.plane, call.caller, inIncident(call), call.body),
  finishTask: (call: Call<contract.FinishTask>) =>
    plane.finishTask(call.plane, call.caller, inIncident(call), param(call, "taskId"), call.body),
  askQuestion: (call: Call<contract.AskQuestion>) =>
    plane.askQuestion(call.plane, call.caller, inIncident(call), call.body),
  acceptAssumption: (call: Call<contract.AcceptAssumption>) =>
    plane.acceptAssumption(call.plane, call.caller, inIncident(call), call.body),
  makeClaim: (call: Call<contract.MakeClaim>) =>
    plane.makeClaim(call.plane, call.caller, inIncident(call), call.body),
  recordDecision: (call: Call<contract.RecordDecision>) =>
    plane.recordDecision(call.plane, call.caller, inIncident(call), call.body),
  stateNoIncreasedRisk: (call: Call<contract.StateNoIncreasedRisk>) =>
    plane.stateNoIncreasedRisk(call.plane, call.caller, inIncident(call), call.body),
  signNoIncreasedRisk: (call: Call<contract.SignNoIncreasedRisk>) =>
    plane.signNoIncreasedRisk(
      call.plane,
      call.caller,
      inIncident(call),
      param(call, "decisionId"),
      call.body,
    ),
  listDueData: (call: Call<null>) => plane.listDueData(call.plane, call.page),
  setRetention: (call: Call<contract.SetRetention>) =>
    plane.setRetention(call.plane, call.caller, inIncident(call), call.body),
  setLegalHold: (call: Call<contract.Because>) =>
    plane.setLegalHold(call.plane, call.caller, inIncident(call), call.body),
  liftLegalHold: (call: Call<contract.Because>) =>
    plane.liftLegalHold(call.plane, call.caller, inIncident(call), call.body),
  askShred: (call: Call<contract.Because>) =>
    plane.askShred(call.plane, call.caller, inIncident(call), call.body),
  approveShred: (call: Call<contract.ApproveShred>) =>
    plane.approveShred(call.plane, call.caller, inIncident(call), call.body),
  declineShred: (call: Call<contract.DeclineShred>) =>
    plane.declineShred(call.plane, call.caller, inIncident(call), call.body),
  draftPlan: (call: Call<contract.DraftPlan>) =>
    plane.draftPlan(call.plane, call.caller, inIncident(call), call.body),
  readPlan: (call: Call<null>) => plane.readPlan(call.plane, inIncident(call), planOf(call)),
  editPlan: (call: Call<contract.DraftPlan>) =>
    plane.editPlan(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  previewPlan: (call: Call<contract.PreviewPlan>) =>
    plane.previewPlan(call.plane, inIncident(call), planOf(call), call.body),
  planWaves: (call: Call<contract.PlanWaves>) =>
    plane.planWaves(call.plane, inIncident(call), planOf(call), call.body),
  planProgress: (call: Call<null>) => plane.planProgress(call.plane, inIncident(call), planOf(call)),
  askApproval: (call: Call<contract.AskApproval>) =>
    plane.askApproval(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  giveApproval: (call: Call<contract.GiveApproval>) =>
    plane.giveApproval(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  declineApproval: (call: Call<contract.DeclineApproval>) =>
    plane.declineApproval(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  breakGlass: (call: Call<contract.BreakTheGlass>) =>
    plane.breakGlass(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  reviewBreakGlass: (call: Call<contract.ReviewBreakGlass>) =>
    plane.reviewBreakGlass(call.plane, call.caller, inIncident(call), call.body),
  startRun: (call: Call<null>) => plane.startRun(call.plane, call.caller, inIncident(call), planOf(call)),
  promoteRun: (call: Call<null>) => plane.promoteRun(call.plane, call.caller, inIncident(call), planOf(call)),
  advanceRun: (call: Call<null>) => plane.advanceRun(call.plane, call.caller, inIncident(call), planOf(call)),
  pauseRun: (call: Call<contract.Because>) =>
    plane.pauseRun(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  resumeRun: (call: Call<contract.Because>) =>
    plane.resumeRun(call.plane, call.caller, inIncident(call), planOf(call), call.body),
  completeRun: (call: Call<null>) =>
    plane.completeRun(call.plane, call.caller, inIncident(call), planOf(call)),
  draftNotice: (call: Call<contract.DraftNotice>) =>
    plane.draftNotice(call.plane, call.caller, inIncident(call), call.body),
  readNotice: (call: Call<null>) => plane.readNotice(call.plane, inIncident(call), param(call, "noticeId")),
  readDeliveries: (call: Call<null>) =>
    plane.readDeliveries(call.plane, inIncident(call), param(call, "noticeId")),
  previewNotice: (call: Call<null>) =>
    plane.previewNotice(call.plane, inIncident(call), param(call, "noticeId"), param(call, "locale")),
  listNotSent: (call: Call<null>) =>
    plane.listNotSent(call.plane, inIncident(call), param(call, "noticeId"), call.page),
  haltNotices: (call: Call<contract.Because>) =>
    plane.haltNotices(call.plane, call.caller, inIncident(call), call.body),
  resumeNotice: (call: Call<contract.Because>) =>
    plane.resumeNotice(call.plane, call.caller, inIncident(call), param(call, "noticeId"), call.body),
  retryUnknown: (call: Call<contract.RetryUnknown>) =>
    plane.retryUnknown(call.plane, call.caller, inIncident(call), param(call, "noticeId"), call.body),
  approveNotice: (call: Call<null>) =>
    plane.approveNotice(call.plane, call.caller, inIncident(call), param(call, "noticeId")),
  readDuties: (call: Call<null>) => plane.readDuties(call.plane, inIncident(call)),
  setDutyMarkets: (call: Call<contract.SetDutyMarkets>) =>
    plane.setDutyMarkets(call.plane, call.caller, inIncident(call), call.body),
  recordDutyEvent: (call: Call<contract.RecordDutyEvent>) =>
    plane.recordDutyEvent(call.plane, call.caller, inIncident(call), call.body),
  markDutyDone: (call: Call<contract.MarkDutyDone>) =>
    plane.markDutyDone(call.plane, call.caller, inIncident(call), ruleOf(call), call.body),
  waiveDuty: (call: Call<contract.WaiveDuty>) =>
    plane.waiveDuty(call.plane, call.caller, inIncident(call), ruleOf(call), call.body),
  reopenDuty: (call: Call<contract.Because>) =>
    plane.reopenDuty(call.plane, call.caller, inIncident(call), ruleOf(call), call.body),
  extendDuty: (call: Call<contract.ExtendDuty>) =>
    plane.extendDuty(call.plane, call.caller, inIncident(call), ruleOf(call), call.body),
  tollDuty: (call: Call<contract.TollDuty>) =>
    plane.tollDuty(call.plane, call.caller, inIncident(call), ruleOf(call), call.body),
  draftAuthorityForm: (call: Call<null>) =>
    plane.draftAuthorityForm(call.plane, inIncident(call), ruleOf(call)),
  setAllClearCriteria: (call: Call<contract.AllClearCriteria>) =>
    plane.setAllClearCriteria(call.plane, call.caller, inIncident(call), call.body),
  judgeAllClear: (call: Call<null>) => plane.judgeAllClear(call.plane, inIncident(call)),
  giveAllClear: (call: Call<null>) => plane.giveAllClear(call.plane, call.caller, inIncident(call)),
  reportProgress: (call: Call<contract.ReportProgress>) => plane.reportProgress(call.plane, call.body),
  reportSamples: (call: Call<contract.ReportSamples>) => plane.reportSamples(call.plane, call.body),
  readSamples: (call: Call<null>) => plane.readSamples(call.plane),
  readPrepared: (call: Call<null>) => plane.readPrepared(call.plane),
  signPrepared: (call: Call<contract.SignPrepared>) => plane.signPrepared(call.plane, call.caller, call.body),
  readApprovalLimits: (call: Call<null>) => plane.readApprovalLimits(call.plane),
  setApprovalLimits: (call: Call<contract.SetApprovalLimits>) =>
    plane.setApprovalLimits(call.plane, call.caller, call.body),
  agreeApprovalLimits: (call: Call<contract.AgreeApprovalLimits>) =>
    plane.agreeApprovalLimits(call.plane, call.caller, call.body),
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
