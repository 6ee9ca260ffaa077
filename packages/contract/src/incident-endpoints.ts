import { Type } from "typebox";
import { AllClearCriteria, AllClearJudgement } from "./all-clear.ts";
import { Answer, AskQuestion } from "./answer.ts";
import { AcceptAssumption, AcceptedAssumption } from "./assumption.ts";
import { Claim, MakeClaim } from "./claim.ts";
import { Decision, RecordDecision } from "./decision.ts";
import { command, incident, operators, query, type Endpoint } from "./endpoint.ts";
import { Fallout } from "./fallout.ts";
import { Incident, IncidentList, OpenIncident } from "./incident.ts";
import {
  AddNote,
  AddTask,
  Attachment,
  ChangeRole,
  FinishTask,
  MoveIncident,
  Note,
  SetSeverity,
  Task,
} from "./lifecycle.ts";
import { DraftNotice, Notice } from "./notice.ts";
import { RiskDecision, SignNoIncreasedRisk, StateNoIncreasedRisk } from "./risk.ts";
import { Because } from "./run.ts";
import { Timeline } from "./timeline.ts";

const octets = "application/octet-stream";

export const incidentEndpoints = {
  listIncidents: query("listIncidents", "/v1/incidents", "incidents, as they were opened", IncidentList, {
    paged: true,
  }),
  openIncident: command("openIncident", "/v1/incidents", "open an incident", {
    body: OpenIncident,
    schema: Incident,
  }),
  readIncident: query("readIncident", incident, "one incident", Incident),
  readTimeline: query("readTimeline", `${incident}/timeline`, "what happened and what was done", Timeline, {
    paged: true,
  }),
  readFallout: query(
    "readFallout",
    `${incident}/fallout`,
    "claims that fell, and what was sent or done on them",
    Fallout,
  ),
  moveIncident: command("moveIncident", `${incident}/stage`, "move an incident to another stage", {
    body: MoveIncident,
    schema: Incident,
  }),
  reopenIncident: command("reopenIncident", `${incident}/reopening`, "open it again after the all clear", {
    body: Because,
    schema: Incident,
  }),
  setSeverity: command("setSeverity", `${incident}/severity`, "say how bad it is", {
    body: SetSeverity,
    schema: Incident,
  }),
  grantRole: command("grantRole", `${incident}/people`, "give a person a role in this incident", {
    body: ChangeRole,
    schema: Incident,
  }),
  revokeRole: command("revokeRole", `${incident}/people/revocations`, "take a role that was granted here", {
    body: ChangeRole,
    schema: Incident,
  }),
  addNote: command("addNote", `${incident}/notes`, "write a note on the timeline", {
    body: AddNote,
    schema: Note,
  }),
  addTask: command("addTask", `${incident}/tasks`, "add a task", { body: AddTask, schema: Task }),
  finishTask: command("finishTask", `${incident}/tasks/{taskId}/outcome`, "finish a task with its outcome", {
    body: FinishTask,
    schema: Task,
  }),
  attachFile: {
    operationId: "attachFile",
    method: "POST",
    path: `${incident}/attachments`,
    summary: "attach a file; its name stands in `Attachment-Name`, percent-encoded",
    roles: operators,
    command: true,
    body: Type.String({ format: "binary" }),
    bodyType: octets,
    success: { status: 201, contentType: "application/json", schema: Attachment },
  },
  readAttachment: {
    operationId: "readAttachment",
    method: "GET",
    path: `${incident}/attachments/{attachmentId}`,
    summary: "the bytes of an attachment",
    roles: operators,
    command: false,
    body: null,
    success: { status: 200, contentType: octets, schema: Type.String({ format: "binary" }) },
  },
  askQuestion: command(
    "askQuestion",
    `${incident}/answers`,
    "ask evidence a question and record the answer",
    { body: AskQuestion, schema: Answer },
  ),
  acceptAssumption: command(
    "acceptAssumption",
    `${incident}/assumptions`,
    "accept by name what no log can show",
    { body: AcceptAssumption, schema: AcceptedAssumption },
  ),
  makeClaim: command("makeClaim", `${incident}/claims`, "bind a claim to an answer", {
    body: MakeClaim,
    schema: Claim,
  }),
  recordDecision: command(
    "recordDecision",
    `${incident}/decisions`,
    "record what a named person answers for",
    { body: RecordDecision, schema: Decision },
  ),
  stateNoIncreasedRisk: command(
    "stateNoIncreasedRisk",
    `${incident}/risk-decisions`,
    "state that on these claims nobody is at an increased risk",
    { body: StateNoIncreasedRisk, schema: RiskDecision },
  ),
  signNoIncreasedRisk: command(
    "signNoIncreasedRisk",
    `${incident}/risk-decisions/{decisionId}/signature`,
    "sign what somebody else has stated",
    { body: SignNoIncreasedRisk, schema: RiskDecision },
  ),
  draftNotice: command(
    "draftNotice",
    `${incident}/notices`,
    "draft the notices of an incident from its fact sheet",
    { body: DraftNotice, schema: Notice },
  ),
  readNotice: query(
    "readNotice",
    `${incident}/notices/{noticeId}`,
    "one notice and how far it has come",
    Notice,
  ),
  approveNotice: command(
    "approveNotice",
    `${incident}/notices/{noticeId}/approvals`,
    "approve somebody else's notice; sending then starts",
    { status: 202, schema: Notice },
  ),
  setAllClearCriteria: command(
    "setAllClearCriteria",
    `${incident}/all-clear/criteria`,
    "say what must be seen before the all clear",
    { body: AllClearCriteria, schema: Incident },
  ),
  judgeAllClear: query(
    "judgeAllClear",
    `${incident}/all-clear`,
    "what stands between now and the all clear",
    AllClearJudgement,
  ),
  giveAllClear: command(
    "giveAllClear",
    `${incident}/all-clear`,
    "end the incident; refused while something is unfinished",
    { schema: Incident },
  ),
} as const satisfies { readonly [operation: string]: Endpoint };
