import { Type } from "typebox";
import { AccountExplanation, ExplainAccount } from "./account-explanation.ts";
import { deliveryEndpoints } from "./delivery-endpoints.ts";
import { dutyEndpoints } from "./duty-endpoints.ts";
import { query, json, operators, type Endpoint } from "./endpoint.ts";
import { incidentEndpoints } from "./incident-endpoints.ts";
import { operatorEndpoints } from "./operator-endpoints.ts";
import { planEndpoints } from "./plan-endpoints.ts";
import { Prepared, SignPrepared } from "./prepared.ts";
import { AgreeApprovalLimits, ApprovalLimits, SetApprovalLimits } from "./approval-limits.ts";
import { ReportProgress } from "./progress.ts";
import { PlanRelease, Release } from "./release.ts";
import { retentionEndpoints } from "./retention-endpoints.ts";
import { ReportSamples, Samples } from "./sample.ts";
import { Health, Readiness, Status } from "./status.ts";

const text = Type.String();

/** Every operation of the API. The server registers these, the OpenAPI document lists them, the client calls them. */
export const endpoints = {
  explainAccount: query(
    "explainAccount",
    "/v1/accounts/explanation",
    "for the support desk: what of an account was read, which measures and notices meet it and why, what to tell",
    AccountExplanation,
    { body: ExplainAccount },
  ),
  health: query("health", "/healthz", "whether the control plane answers", Health, { roles: [] }),
  ready: query(
    "ready",
    "/readyz",
    "whether this server can take requests: database, journal, bundle, disk; 503 when it can't",
    Readiness,
    { roles: [] },
  ),
  metrics: {
    operationId: "metrics",
    method: "GET",
    path: "/metrics",
    summary: "counters in Prometheus's text format; from elsewhere with the token in HOME/keys/metrics.token",
    roles: [],
    command: false,
    body: null,
    success: { status: 200, contentType: "text/plain", schema: text },
  },
  liveEvents: {
    operationId: "liveEvents",
    method: "GET",
    path: "/v1/events",
    summary: "server-sent events that say what changed; goes on after Last-Event-ID",
    roles: operators,
    command: false,
    body: null,
    success: { status: 200, contentType: "text/event-stream", schema: text },
  },
  openapi: query(
    "openapi",
    "/openapi.json",
    "this API as OpenAPI 3.1",
    Type.Record(Type.String(), Type.Unknown()),
    { roles: [] },
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
  ...incidentEndpoints,
  ...deliveryEndpoints,
  ...dutyEndpoints,
  ...planEndpoints,
  ...retentionEndpoints,
  ...operatorEndpoints,
  reportSamples: {
    operationId: "reportSamples",
    method: "POST",
    path: "/v1/samples",
    summary: "the newest values of watched rates, by webhook",
    roles: [...operators, "enforcement"],
    command: false,
    body: ReportSamples,
    success: { status: 200, contentType: json, schema: Samples },
  },
  readSamples: query("readSamples", "/v1/samples", "the newest sample of every watched rate", Samples),
  readPrepared: query(
    "readPrepared",
    "/v1/prepared",
    "the bundle that waits for signatures, and what it would change",
    Prepared,
  ),
  readPreparedBundle: {
    operationId: "readPreparedBundle",
    method: "GET",
    path: "/v1/prepared/bundle",
    summary: "its bytes; 404 when none waits",
    roles: operators,
    command: false,
    body: null,
    success: { status: 200, contentType: "application/octet-stream", schema: text },
  },
  signPrepared: {
    operationId: "signPrepared",
    method: "POST",
    path: "/v1/prepared/signatures",
    summary: "sign it with an approver's own key; with enough signatures it comes into force",
    roles: operators,
    command: false,
    body: SignPrepared,
    success: { status: 202, contentType: json, schema: Prepared },
  },
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
  readApprovalLimits: query(
    "readApprovalLimits",
    "/v1/approval-limits",
    "how many must agree to an act, and looser limits that wait for agreement",
    ApprovalLimits,
  ),
  setApprovalLimits: {
    operationId: "setApprovalLimits",
    method: "POST",
    path: "/v1/approval-limits",
    summary: "tighten the limits of approvals at once, or ask for looser ones",
    roles: operators,
    command: false,
    body: SetApprovalLimits,
    success: { status: 200, contentType: json, schema: ApprovalLimits },
  },
  agreeApprovalLimits: {
    operationId: "agreeApprovalLimits",
    method: "POST",
    path: "/v1/approval-limits/approvals",
    summary: "agree to looser limits that somebody else has asked for",
    roles: operators,
    command: false,
    body: AgreeApprovalLimits,
    success: { status: 200, contentType: json, schema: ApprovalLimits },
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

/** The most entries of a page of a list. */
export const pageEntriesMax = 500;

/** The longest body that an operation takes, in bytes. A data map of thousands of operations fits. */
export const bodyBytesMax = 4 * 1024 * 1024;

export const idempotencyKeyPattern = "^[A-Za-z0-9._:-]{1,128}$";
