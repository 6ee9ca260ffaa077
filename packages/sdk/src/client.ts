import type * as contract from "@cordon/contract";
import { request, type Connection, type RequestOptions } from "./request.ts";
import { defaultRetry, type RetryOptions } from "./retry.ts";

export interface CordonClientOptions {
  /** Where the control plane listens: `http://127.0.0.1:7400`. */
  readonly url: string;
  /** A bearer token, null for the operations that need none. */
  readonly token: string | null;
  /** A fresh id for each command's `Idempotency-Key`: `() => crypto.randomUUID()`. */
  readonly newId: () => string;
  /** In [0, 1); spreads the attempts of many clients. Without it they all wait three quarters of the delay. */
  readonly jitter?: () => number;
  readonly retry?: Partial<RetryOptions>;
  /** How long one attempt may take; 30 s unless told. Questions have ten minutes. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

export interface CommandOptions {
  /** To repeat a command of an earlier process: the same key acts once. Without it each call has a new key. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

export interface QueryOptions {
  readonly signal?: AbortSignal;
}

/** Reading gigabytes of evidence takes its time. */
const questionTimeoutMs = 600_000;

/**
 * The API with its types. Every method throws ApiError for a problem that the server names, and when the server can't
 * be reached after every attempt. GETs and commands are tried again on connection errors; a command acts once.
 *
 * @example
 * const author = new CordonClient({ url, token, newId: () => crypto.randomUUID() });
 * const incident = await author.openIncident({ title: "access to internal systems" });
 */
export class CordonClient {
  readonly #connection: Connection;
  readonly #newId: () => string;

  constructor(options: CordonClientOptions) {
    this.#newId = options.newId;
    this.#connection = {
      url: options.url.replace(/\/+$/, ""),
      token: options.token,
      fetch: options.fetch ?? fetch,
      retry: { ...defaultRetry, ...options.retry },
      jitter: options.jitter ?? (() => 0.5),
      timeoutMs: options.timeoutMs ?? 30_000,
    };
  }

  async health(options: QueryOptions = {}): Promise<contract.Health> {
    return (await this.#get("/healthz", options)) as contract.Health;
  }

  async openapi(options: QueryOptions = {}): Promise<{ readonly [key: string]: unknown }> {
    return (await this.#get("/openapi.json", options)) as { readonly [key: string]: unknown };
  }

  async status(options: QueryOptions = {}): Promise<contract.Status> {
    return (await this.#get("/v1/status", options)) as contract.Status;
  }

  async listIncidents(options: QueryOptions = {}): Promise<contract.IncidentList> {
    return (await this.#get("/v1/incidents", options)) as contract.IncidentList;
  }

  async openIncident(body: contract.OpenIncident, options: CommandOptions = {}): Promise<contract.Incident> {
    return (await this.#command("/v1/incidents", body, options)) as contract.Incident;
  }

  async readIncident(incidentId: string, options: QueryOptions = {}): Promise<contract.Incident> {
    return (await this.#get(incidentPath(incidentId), options)) as contract.Incident;
  }

  async askQuestion(
    incidentId: string,
    body: contract.AskQuestion,
    options: CommandOptions = {},
  ): Promise<contract.Answer> {
    return (await this.#command(
      `${incidentPath(incidentId)}/answers`,
      body,
      options,
      questionTimeoutMs,
    )) as contract.Answer;
  }

  async acceptAssumption(
    incidentId: string,
    body: contract.AcceptAssumption,
    options: CommandOptions = {},
  ): Promise<contract.AcceptedAssumption> {
    return (await this.#command(
      `${incidentPath(incidentId)}/assumptions`,
      body,
      options,
    )) as contract.AcceptedAssumption;
  }

  async makeClaim(
    incidentId: string,
    body: contract.MakeClaim,
    options: CommandOptions = {},
  ): Promise<contract.Claim> {
    return (await this.#command(`${incidentPath(incidentId)}/claims`, body, options)) as contract.Claim;
  }

  async recordDecision(
    incidentId: string,
    body: contract.RecordDecision,
    options: CommandOptions = {},
  ): Promise<contract.Decision> {
    return (await this.#command(`${incidentPath(incidentId)}/decisions`, body, options)) as contract.Decision;
  }

  async draftPlan(
    incidentId: string,
    body: contract.DraftPlan,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.#command(`${incidentPath(incidentId)}/plans`, body, options)) as contract.Plan;
  }

  async readPlan(incidentId: string, planId: string, options: QueryOptions = {}): Promise<contract.Plan> {
    return (await this.#get(planPath(incidentId, planId), options)) as contract.Plan;
  }

  /** The plan is `approved` then; it is `in-force` once its bundle is, which `readPlan` tells. */
  async approvePlan(
    incidentId: string,
    planId: string,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.#command(
      `${planPath(incidentId, planId)}/approvals`,
      undefined,
      options,
    )) as contract.Plan;
  }

  async proposeLift(
    incidentId: string,
    planId: string,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.#command(`${planPath(incidentId, planId)}/lift`, undefined, options)) as contract.Plan;
  }

  async approveLift(
    incidentId: string,
    planId: string,
    options: CommandOptions = {},
  ): Promise<contract.Plan> {
    return (await this.#command(
      `${planPath(incidentId, planId)}/lift/approvals`,
      undefined,
      options,
    )) as contract.Plan;
  }

  async draftNotice(
    incidentId: string,
    body: contract.DraftNotice,
    options: CommandOptions = {},
  ): Promise<contract.Notice> {
    return (await this.#command(`${incidentPath(incidentId)}/notices`, body, options)) as contract.Notice;
  }

  async readNotice(
    incidentId: string,
    noticeId: string,
    options: QueryOptions = {},
  ): Promise<contract.Notice> {
    return (await this.#get(noticePath(incidentId, noticeId), options)) as contract.Notice;
  }

  /** Sending starts then; `readNotice` tells how far it has come. */
  async approveNotice(
    incidentId: string,
    noticeId: string,
    options: CommandOptions = {},
  ): Promise<contract.Notice> {
    return (await this.#command(
      `${noticePath(incidentId, noticeId)}/approvals`,
      undefined,
      options,
    )) as contract.Notice;
  }

  async giveAllClear(incidentId: string, options: CommandOptions = {}): Promise<contract.Incident> {
    return (await this.#command(
      `${incidentPath(incidentId)}/all-clear`,
      undefined,
      options,
    )) as contract.Incident;
  }

  async readRelease(options: QueryOptions = {}): Promise<contract.Release> {
    return (await this.#get("/v1/release", options)) as contract.Release;
  }

  /** Bundles from now on go to these points first; without points to all at once. */
  async planRelease(body: contract.PlanRelease, options: CommandOptions = {}): Promise<contract.Release> {
    return (await this.#command("/v1/release", body, options)) as contract.Release;
  }

  /** Gives the staged bundle to every point. */
  async promoteRelease(options: CommandOptions = {}): Promise<contract.Release> {
    return (await this.#command("/v1/release/promotion", undefined, options)) as contract.Release;
  }

  /** Needs the enforcement token. A report replaces the point's last one, so it is tried again as a GET is. */
  async reportProgress(body: contract.ReportProgress, options: CommandOptions = {}): Promise<void> {
    await this.#command("/v1/progress", body, options);
  }

  async #get(path: string, options: QueryOptions): Promise<unknown> {
    return request(this.#connection, { method: "GET", path, ...options });
  }

  async #command(path: string, body: unknown, options: CommandOptions, timeoutMs?: number): Promise<unknown> {
    const whole: RequestOptions = {
      method: "POST",
      path,
      idempotencyKey: options.idempotencyKey ?? this.#newId(),
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    return request(this.#connection, whole);
  }
}

function incidentPath(incidentId: string): string {
  return `/v1/incidents/${encodeURIComponent(incidentId)}`;
}

function planPath(incidentId: string, planId: string): string {
  return `${incidentPath(incidentId)}/plans/${encodeURIComponent(planId)}`;
}

function noticePath(incidentId: string, noticeId: string): string {
  return `${incidentPath(incidentId)}/notices/${encodeURIComponent(noticeId)}`;
}
