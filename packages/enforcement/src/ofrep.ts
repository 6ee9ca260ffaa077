import { createHash } from "node:crypto";

import { canonicalJson, isJsonObject } from "@cordon/model";

import type { ClientClaims, GuardedRequest } from "./guarded-request.ts";
import type { PointDecision } from "./point-decision.ts";

/** Most bytes of a request's body that are read. */
export const contextBytesMax = 16 * 1024;

/** The evaluation context of an OFREP request, as far as Cordon reads it. A missing part claims nothing. */
interface OfrepContext {
  readonly account: string | null;
  readonly claimed: ClientClaims;
  /** What the installation says of its copies; null: nothing. */
  readonly offlineEpoch: number | null;
  /** All of the context, for the ETag. */
  readonly whole: unknown;
}

/** A request that OFREP answers with 400 or 404; `errorCode` is one of its own. */
export interface OfrepFault {
  readonly errorCode: "PARSE_ERROR" | "INVALID_CONTEXT" | "FLAG_NOT_FOUND";
  readonly errorDetails: string;
}

/** Reads an OFREP bulk request's body; a fault where it is not what OFREP 0.3 or contracts 5 ask for. */
export function parseOfrepBody(body: unknown): OfrepContext | OfrepFault {
  if (!isJsonObject(body))
    return {
      errorCode: "PARSE_ERROR",
      errorDetails: `the body must be a JSON object of at most ${contextBytesMax} bytes`,
    };
  const context = body["context"] ?? {};
  if (!isJsonObject(context)) return invalid("`context` must be an object");
  const texts: { platform?: string; store?: string; version?: string } = {};
  for (const key of ["platform", "store", "version"] as const) {
    const value = context[key] ?? null;
    if (value === null) continue;
    if (typeof value !== "string") return invalid(`\`${key}\` must be text`);
    texts[key] = value;
  }
  const account = context["targetingKey"] ?? null;
  if (account !== null && typeof account !== "string") return invalid("`targetingKey` must be text");
  const offlineEpoch = context["offlineEpoch"] ?? null;
  if (
    offlineEpoch !== null &&
    !(typeof offlineEpoch === "number" && Number.isSafeInteger(offlineEpoch) && offlineEpoch >= 0)
  ) {
    return invalid("`offlineEpoch` must be a whole number from 0 on");
  }
  return { account, claimed: texts, offlineEpoch, whole: context };
}

function invalid(errorDetails: string): OfrepFault {
  return { errorCode: "INVALID_CONTEXT", errorDetails };
}

const anonymous: GuardedRequest = {
  request: {
    account: null,
    ordinal: null,
    authTimeMs: null,
    passwordSetAtMs: null,
    keyId: null,
    platform: null,
    store: "unknown",
    version: null,
    offlineEpoch: 0,
  },
  claimed: null,
};

/**
 * The request of somebody who asks with this context. Who they are and when they signed in is the session's word alone;
 * platform, store and version of the context only tighten. Without a session nothing is said about any account: whoever
 * asks about a name might learn that it is among those concerned.
 */
export function guardedByContext(
  described: GuardedRequest | null,
  context: OfrepContext,
): GuardedRequest | OfrepFault {
  const { request, claimed } = described ?? anonymous;
  if (context.account !== null && request.account !== null && context.account !== request.account) {
    return invalid("`targetingKey` is not the session's account");
  }
  const offlineEpoch = request.offlineEpoch === 0 ? (context.offlineEpoch ?? 0) : request.offlineEpoch;
  return { request: { ...request, offlineEpoch }, claimed: { ...claimed, ...context.claimed } };
}

/** The two flags of contracts 5, as OFREP's bulk evaluation has them. */
export function ofrepFlags(decision: PointDecision, offlineEpoch: number, messagesUrl?: string) {
  const reason = decision.bundleVersion === null ? "DEFAULT" : "TARGETING_MATCH";
  return {
    flags: [
      {
        key: "cordon.directives",
        value: { directives: decision.directives },
        reason,
        variant: "directives",
        ...(messagesUrl === undefined ? {} : { metadata: { messages: messagesUrl } }),
      },
      { key: "cordon.offline-epoch", value: offlineEpoch, reason, variant: "offline-epoch" },
    ],
    metadata: { bundleVersion: decision.bundleVersion ?? 0 },
  };
}

/**
 * A strong ETag over the bundle, the full context (the session's part too) and the answer: the answer changes with time
 * as well, when a wave opens or an upgrade becomes required, and no 304 may hide that.
 */
export function ofrepEtag(parts: {
  bundleSha256: string | null;
  guarded: GuardedRequest;
  context: unknown;
  answer: unknown;
}): string {
  return `"${createHash("sha256").update(canonicalJson(parts)).digest("base64url")}"`;
}

/** Whether an `If-None-Match` header (RFC 9110, 13.1.2: a list, weak comparison) names this ETag. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag === etag || tag === `W/${etag}`;
  });
}
