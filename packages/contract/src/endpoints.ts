import { Type, type TSchema } from "typebox";
import { Answer, AskQuestion } from "./answer.ts";
import { AcceptAssumption, AcceptedAssumption } from "./assumption.ts";
import { Claim, MakeClaim } from "./claim.ts";
import { Decision, RecordDecision } from "./decision.ts";
import { Incident, IncidentList, OpenIncident } from "./incident.ts";
import { DraftNotice, Notice } from "./notice.ts";
import type { Role } from "./operator.ts";
import { DraftPlan, Plan } from "./plan.ts";
import { ReportProgress } from "./progress.ts";
import { PlanRelease, Release } from "./release.ts";
import { Health, Status } from "./status.ts";

export interface Endpoint {
  readonly operationId: string;
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it: `/v1/incidents/{incidentId}`. */
  readonly path: string;
  readonly summary: string;
  /** Whose token is taken; empty where none is needed. */
  readonly roles: readonly Role[];
  /** True for commands that take an `Idempotency-Key`: repeated with the same key they act once. */
  readonly command: boolean;
  readonly body: TSchema | null;
  readonly success: {
    readonly status: 200 | 201 | 202 | 204;
    readonly contentType: string;
    readonly schema: TSchema | null;
  };
}

const json = "application/json";
const operators: readonly Role[] = ["author", "approver"];

function query(
  operationId: string,
  path: string,
  summary: string,
  schema: TSchema,
  roles: readonly Role[] = operators,
): Endpoint {
  return {
    operationId,
    method: "GET",
    path,
    summary,
    roles,
    command: false,
    body: null,
    success: { status: 200, contentType: json, schema },
  };
}

function command(
  operationId: string,
  path: string,
  summary: string,
  options: { body?: TSchema; status?: 201 | 202; schema: TSchema; roles?: readonly Role[] },
): Endpoint {
  return {
    operationId,
    method: "POST",
    path,
    summary,
    roles: options.roles ?? operators,
    command: true,
    body: options.body ?? null,
    success: { status: options.status ?? 201, contentType: json, schema: options.schema },
  };
}

const text = Type.String();
const incident = "/v1/incidents/{incidentId}";

/** Every operation of the API. The server registers these, the OpenAPI document lists them, the client calls them. */
export const endpoints = {
  health: query("health", "/healthz", "whether the control plane answers", Health, []),
  openapi: query(
    "openapi",
    "/openapi.json",
    "this API as OpenAPI 3.1",
    Type.Record(Type.String(), Type.Unknown()),
    [],
  ),
  statusPage: {
    operationId: "statusPage",
    method: "GET",
    path: "/",
    summary: "the status page",
    roles: [],
    command: false,
    body: null,
    success: { status: 200, contentType: "text/html", schema: text },
  },
  status: query(
    "status",
    "/v1/status",
    "incidents, bundle in force, directory, journal and enforcement points",
    Status,
  ),
  listIncidents: query("listIncidents", "/v1/incidents", "all incidents", IncidentList),
  openIncident: command("openIncident", "/v1/incidents", "open an incident", {
    body: OpenIncident,
    schema: Incident,
  }),
  readIncident: query("readIncident", incident, "one incident", Incident),
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
  draftPlan: command("draftPlan", `${incident}/plans`, "draft measures", { body: DraftPlan, schema: Plan }),
  readPlan: query("readPlan", `${incident}/plans/{planId}`, "one plan", Plan),
  approvePlan: command(
    "approvePlan",
    `${incident}/plans/{planId}/approvals`,
    "approve somebody else's plan; a bundle is then built and put in force",
    { status: 202, roles: ["approver"], schema: Plan },
  ),
  proposeLift: command(
    "proposeLift",
    `${incident}/plans/{planId}/lift`,
    "propose to take a plan's measures back",
    { schema: Plan },
  ),
  approveLift: command(
    "approveLift",
    `${incident}/plans/{planId}/lift/approvals`,
    "approve somebody else's proposal to lift",
    { status: 202, roles: ["approver"], schema: Plan },
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
    { status: 202, roles: ["approver"], schema: Notice },
  ),
  giveAllClear: command(
    "giveAllClear",
    `${incident}/all-clear`,
    "end the incident; refused while something is unfinished",
    { schema: Incident },
  ),
  reportProgress: {
    operationId: "reportProgress",
    method: "POST",
    path: "/v1/progress",
    summary: "what an enforcement point has counted",
    roles: ["enforcement"],
    command: false,
    body: ReportProgress,
    success: { status: 204, contentType: json, schema: null },
  },
  readRelease: query(
    "readRelease",
    "/v1/release",
    "which bundle which enforcement points are given",
    Release,
  ),
  planRelease: {
    operationId: "planRelease",
    method: "POST",
    path: "/v1/release",
    summary: "give bundles from now on to some enforcement points first; without points to all at once",
    roles: operators,
    command: false,
    body: PlanRelease,
    success: { status: 200, contentType: json, schema: Release },
  },
  promoteRelease: {
    operationId: "promoteRelease",
    method: "POST",
    path: "/v1/release/promotion",
    summary: "give the staged bundle to every enforcement point",
    roles: operators,
    command: false,
    body: null,
    success: { status: 200, contentType: json, schema: Release },
  },
  currentBundle: {
    operationId: "currentBundle",
    method: "GET",
    path: "/bundles/current",
    summary:
      "the bundle in force; with ETag, 304 when it is unchanged, 226 with a delta (RFC 3229), 404 before the first",
    roles: ["enforcement"],
    command: false,
    body: null,
    success: { status: 200, contentType: "application/octet-stream", schema: text },
  },
  bundleFreshness: {
    operationId: "bundleFreshness",
    method: "GET",
    path: "/bundles/freshness",
    summary: "the signed freshness stamp; 404 before the first bundle",
    roles: ["enforcement"],
    command: false,
    body: null,
    success: { status: 200, contentType: json, schema: Type.Record(Type.String(), Type.Unknown()) },
  },
  trustRoot: {
    operationId: "trustRoot",
    method: "GET",
    path: "/bundles/trust/{version}",
    summary: "a version of the trust root; 404 where there is none",
    roles: ["enforcement"],
    command: false,
    body: null,
    success: { status: 200, contentType: json, schema: Type.Record(Type.String(), Type.Unknown()) },
  },
  bundleEvents: {
    operationId: "bundleEvents",
    method: "GET",
    path: "/bundles/events",
    summary: "server-sent events that only say: look again",
    roles: ["enforcement"],
    command: false,
    body: null,
    success: { status: 200, contentType: "text/event-stream", schema: text },
  },
  journalFile: {
    operationId: "journalFile",
    method: "GET",
    path: "/journal/{path}",
    summary: "a static file of the journal (C2SP tlog-tiles); the path may have slashes",
    roles: [],
    command: false,
    body: null,
    success: { status: 200, contentType: "application/octet-stream", schema: text },
  },
} as const satisfies { readonly [operation: string]: Endpoint };

export type OperationId = keyof typeof endpoints;

/** The longest body that an operation takes, in bytes. A data map of thousands of operations fits. */
export const bodyBytesMax = 4 * 1024 * 1024;

export const idempotencyKeyPattern = "^[A-Za-z0-9._:-]{1,128}$";
