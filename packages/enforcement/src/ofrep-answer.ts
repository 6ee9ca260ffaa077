import type { GuardOptions } from "./guard-options.ts";
import type { GuardedRequest } from "./guarded-request.ts";
import { jsonAnswer } from "./http-answer.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { OfrepTarget } from "./ofrep-path.ts";
import {
  contextBytesMax,
  guardedByContext,
  matchesEtag,
  ofrepEtag,
  ofrepFlags,
  parseOfrepBody,
} from "./ofrep.ts";
import type { OfrepFault } from "./ofrep.ts";

interface OfrepAsk<Request> {
  readonly request: Request;
  readonly target: OfrepTarget;
  /** What the session says; null: there is none. */
  readonly described: GuardedRequest | null;
  readonly ifNoneMatch: string | undefined;
  readonly readBody: (bytesMax: number) => Promise<unknown>;
}

/**
 * OFREP 0.3 evaluation: what must this client do now? Never 401 or 403: an OpenFeature provider would take that for the end,
 * and a revoked session is the one that needs the answer most.
 */
export async function answerOfrep<Request>(
  { point, onDecision, messagesUrl }: Pick<GuardOptions<Request>, "point" | "onDecision" | "messagesUrl">,
  ask: OfrepAsk<Request>,
): Promise<HttpAnswer> {
  const { request, target } = ask;
  const context = parseOfrepBody(jsonOf(await ask.readBody(contextBytesMax)));
  if ("errorCode" in context) return faultAnswer(400, context, target);
  const guarded = guardedByContext(ask.described, context);
  if ("errorCode" in guarded) return faultAnswer(400, guarded, target);
  const decision = point.decide(guarded);
  onDecision?.({ request, guarded, decision, purpose: "ofrep" });
  const all = ofrepFlags(decision, point.offlineEpoch(guarded.request), messagesUrl);
  const answer = target.kind === "bulk" ? all : oneFlag(all, target.key);
  if (answer === null) {
    const fault = { errorCode: "FLAG_NOT_FOUND", errorDetails: "no such flag" } as const;
    return faultAnswer(404, fault, target);
  }
  const bundleSha256 = point.status().bundle?.sha256 ?? null;
  const etag = ofrepEtag({ bundleSha256, guarded, context: context.whole, answer });
  const headers = { etag, "cache-control": "private, no-cache" };
  if (matchesEtag(ask.ifNoneMatch, etag)) return { status: 304, headers, body: null };
  return jsonAnswer(200, answer, headers);
}

function oneFlag({ flags, metadata }: ReturnType<typeof ofrepFlags>, key: string) {
  const flag = flags.find((each) => each.key === key);
  return flag === undefined ? null : { ...flag, metadata };
}

function faultAnswer(status: 400 | 404, fault: OfrepFault, target: OfrepTarget): HttpAnswer {
  const named = target.kind === "flag" ? { key: target.key, ...fault } : fault;
  return jsonAnswer(status, named, { "cache-control": "no-store" });
}

/** Undefined for bytes that are no JSON, or were too many. */
function jsonOf(body: unknown): unknown {
  if (body === null) return undefined;
  if (!(body instanceof Uint8Array) && typeof body !== "string") return body;
  try {
    return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}
