import type * as contract from "@cordon/contract";
import { operatorPath, type CommandOptions, type QueryOptions } from "./calls.ts";
import { PlanCalls } from "./plan-calls.ts";
import { defaultRetry, type RetryOptions } from "./retry.ts";

/** As questions have it: the evidence is read. */
const questionTimeoutMs = 600_000;

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

/**
 * The API with its types. Every method throws ApiError for a problem that the server names, and when the server can't
 * be reached after every attempt. GETs and commands are tried again on connection errors; a command acts once.
 *
 * @example
 * const author = new CordonClient({ url, token, newId: () => crypto.randomUUID() });
 * const incident = await author.openIncident({ title: "access to internal systems" });
 */
export class CordonClient extends PlanCalls {
  constructor(options: CordonClientOptions) {
    super(
      {
        url: options.url.replace(/\/+$/, ""),
        token: options.token,
        fetch: options.fetch ?? fetch,
        retry: { ...defaultRetry, ...options.retry },
        jitter: options.jitter ?? (() => 0.5),
        timeoutMs: options.timeoutMs ?? 30_000,
      },
      options.newId,
    );
  }

  async health(options: QueryOptions = {}): Promise<contract.Health> {
    return (await this.get("/healthz", options)) as contract.Health;
  }

  async openapi(options: QueryOptions = {}): Promise<{ readonly [key: string]: unknown }> {
    return (await this.get("/openapi.json", options)) as { readonly [key: string]: unknown };
  }

  /** Tried once; with `events` it takes as long as the questions did. */
  async explainAccount(
    body: contract.ExplainAccount,
    options: QueryOptions = {},
  ): Promise<contract.AccountExplanation> {
    const more = body.events === true ? { timeoutMs: questionTimeoutMs } : {};
    return (await this.once("/v1/accounts/explanation", body, options, more)) as contract.AccountExplanation;
  }

  async status(options: QueryOptions = {}): Promise<contract.Status> {
    return (await this.get("/v1/status", options)) as contract.Status;
  }

  async reportSamples(body: contract.ReportSamples, options: CommandOptions = {}): Promise<contract.Samples> {
    return (await this.command("/v1/samples", body, options)) as contract.Samples;
  }

  async readSamples(options: QueryOptions = {}): Promise<contract.Samples> {
    return (await this.get("/v1/samples", options)) as contract.Samples;
  }

  /** The bundle that waits for signatures, and what it would change. */
  async readPrepared(options: QueryOptions = {}): Promise<contract.Prepared> {
    return (await this.get("/v1/prepared", options)) as contract.Prepared;
  }

  /** The bytes of it, to look at and to sign. */
  async readPreparedBundle(options: QueryOptions = {}): Promise<Uint8Array> {
    return this.bytes("/v1/prepared/bundle", options);
  }

  /** With enough signatures it comes into force. */
  async signPrepared(body: contract.SignPrepared, options: CommandOptions = {}): Promise<contract.Prepared> {
    return (await this.command("/v1/prepared/signatures", body, options)) as contract.Prepared;
  }

  /** GET /v1/approval-limits */
  async readApprovalLimits(options: QueryOptions = {}): Promise<contract.ApprovalLimits> {
    return (await this.get("/v1/approval-limits", options)) as contract.ApprovalLimits;
  }

  /** POST /v1/approval-limits */
  async setApprovalLimits(
    body: contract.SetApprovalLimits,
    options: CommandOptions = {},
  ): Promise<contract.ApprovalLimits> {
    return (await this.command("/v1/approval-limits", body, options)) as contract.ApprovalLimits;
  }

  /** POST /v1/approval-limits/approvals */
  async agreeApprovalLimits(
    body: contract.AgreeApprovalLimits,
    options: CommandOptions = {},
  ): Promise<contract.ApprovalLimits> {
    return (await this.command("/v1/approval-limits/approvals", body, options)) as contract.ApprovalLimits;
  }

  async readRelease(options: QueryOptions = {}): Promise<contract.Release> {
    return (await this.get("/v1/release", options)) as contract.Release;
  }

  /** Bundles from now on go to these points first; without points to all at once. */
  async planRelease(body: contract.PlanRelease, options: CommandOptions = {}): Promise<contract.Release> {
    return (await this.command("/v1/release", body, options)) as contract.Release;
  }

  /** Gives the staged bundle to every point. */
  async promoteRelease(options: CommandOptions = {}): Promise<contract.Release> {
    return (await this.command("/v1/release/promotion", undefined, options)) as contract.Release;
  }

  /** Needs the enforcement token. A report replaces the point's last one, so it is tried again as a GET is. */
  async reportProgress(body: contract.ReportProgress, options: CommandOptions = {}): Promise<void> {
    await this.command("/v1/progress", body, options);
  }

  async listOperators(options: QueryOptions = {}): Promise<contract.OperatorList> {
    return (await this.get("/v1/operators", options)) as contract.OperatorList;
  }

  /** The link is in no later answer. Tried once: a second attempt would make the first one's link worthless. */
  async inviteOperator(
    body: contract.InviteOperator,
    options: QueryOptions = {},
  ): Promise<contract.Invitation> {
    return (await this.once("/v1/operators", body, options)) as contract.Invitation;
  }

  async setOperatorRoles(
    operator: string,
    body: contract.SetOperatorRoles,
    options: QueryOptions = {},
  ): Promise<contract.Operator> {
    return (await this.once(`${operatorPath(operator)}/roles`, body, options)) as contract.Operator;
  }

  async revokeOperator(operator: string, options: QueryOptions = {}): Promise<contract.Operator> {
    const path = `${operatorPath(operator)}/revocation`;
    return (await this.once(path, undefined, options)) as contract.Operator;
  }

  async listTokens(options: QueryOptions = {}): Promise<contract.ApiTokenList> {
    return (await this.get("/v1/tokens", options)) as contract.ApiTokenList;
  }

  /** The secret is in no later answer. Tried once, so that nobody has a token that they don't know of. */
  async createToken(body: contract.CreateToken, options: QueryOptions = {}): Promise<contract.CreatedToken> {
    return (await this.once("/v1/tokens", body, options)) as contract.CreatedToken;
  }

  async revokeToken(tokenId: string, options: QueryOptions = {}): Promise<contract.ApiToken> {
    const path = `/v1/tokens/${encodeURIComponent(tokenId)}/revocation`;
    return (await this.once(path, undefined, options)) as contract.ApiToken;
  }
}
