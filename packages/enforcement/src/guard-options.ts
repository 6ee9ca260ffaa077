import type { EnforcementPoint } from "./enforcement-point.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { PointDecision } from "./point-decision.ts";

/** What a decision was for: a request to the service, or a client asking for its directives. */
export type Purpose = "request" | "ofrep";

/** One decision, as an adapter tells it. */
export interface DecisionMade<Request> {
  readonly request: Request;
  readonly guarded: GuardedRequest;
  readonly decision: PointDecision;
  readonly purpose: Purpose;
}

/** What every adapter needs; `Request` is the framework's own. */
export interface GuardOptions<Request> {
  readonly point: EnforcementPoint;
  /**
   * Describes a request to the gate. Null: there is no session, so there is nothing to decide; the service's own
   * authentication answers. What it throws goes to the framework as any error does, and the request does not go on.
   */
  readonly describe: (request: Request) => GuardedRequest | null | Promise<GuardedRequest | null>;
  /**
   * Where the app's texts for each directive are found, by language (`https://…/in-app/{locale}.json`): told to clients as
   * `messages` in the OFREP metadata of `cordon.directives`. The texts are the same for everybody.
   */
  readonly messagesUrl?: string;
  /** Told of every decision, before the answer. */
  readonly onDecision?: (made: DecisionMade<Request>) => void;
}

/** For adapters of frameworks whose routes carry no configuration. */
export interface OpenGuardOptions<Request> extends GuardOptions<Request> {
  /** True for requests about which the gate is not asked, as for signing in, health checks and static files. */
  readonly isOpen?: (request: Request) => boolean;
}
