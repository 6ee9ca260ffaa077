import { guardRequest } from "./guard-request.ts";
import type { OpenGuardOptions } from "./guard-options.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { answerOfrep } from "./ofrep-answer.ts";
import { ofrepTarget } from "./ofrep-path.ts";
import type { OfrepTarget } from "./ofrep-path.ts";

/** One HTTP request as an adapter shows it. */
interface GuardedHttp<Request> {
  readonly request: Request;
  readonly method: string;
  /** The path, with its query if it has one. */
  readonly url: string;
  readonly ifNoneMatch: string | undefined;
  /**
   * The body: what the framework has parsed, or its bytes; null when there are more than `bytesMax`. Asked for OFREP alone.
   */
  readonly readBody: (bytesMax: number) => Promise<unknown>;
}

/**
 * Guards one request and answers OFREP's routes. Null: the request may go on. Answers without a promise where `describe` does,
 * so that the path of an allowed request costs no turn of the event loop.
 */
export function guardHttp<Request>(
  options: OpenGuardOptions<Request>,
  http: GuardedHttp<Request>,
): HttpAnswer | null | Promise<HttpAnswer | null> {
  const { request, method, url } = http;
  const target = method === "POST" ? ofrepTarget(url) : null;
  if (target !== null) return answerTarget(options, http, target);
  if (options.isOpen?.(request) === true) return null;
  const described = options.describe(request);
  return described !== null && "then" in described
    ? described.then((guarded) => guardDescribed(options, request, guarded))
    : guardDescribed(options, request, described);
}

function guardDescribed<Request>(
  { point, onDecision }: OpenGuardOptions<Request>,
  request: Request,
  guarded: GuardedRequest | null,
): HttpAnswer | null {
  if (guarded === null) return null;
  if (onDecision === undefined) return guardRequest(point, guarded);
  return guardRequest(point, guarded, (decision) =>
    onDecision({ request, guarded, decision, purpose: "request" }),
  );
}

async function answerTarget<Request>(
  options: OpenGuardOptions<Request>,
  http: GuardedHttp<Request>,
  target: OfrepTarget,
): Promise<HttpAnswer> {
  const described = await options.describe(http.request);
  return answerOfrep(options, { ...http, target, described });
}
