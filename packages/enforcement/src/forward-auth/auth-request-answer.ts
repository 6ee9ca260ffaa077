import { isJsonObject } from "@cordon/model";
import type { Json, JsonObject } from "@cordon/model";

import type { HttpAnswer } from "../http-answer.ts";

/** nginx reads all headers of an answer into one buffer, 4 KiB by default. */
const problemCharsMax = 3000;

/**
 * A denial for a proxy that takes 401 and 403 alone and no body: the status it should send stands in `cordon-status`, the
 * problem document in `cordon-problem`, both as text that any header may hold.
 */
export function forAuthRequest({ status, headers, body }: HttpAnswer): HttpAnswer {
  const passed: Record<string, string> = {
    "content-length": "0",
    "cache-control": "no-store",
    "cordon-status": String(status),
    "cordon-problem": problemText(body),
  };
  for (const name of ["www-authenticate", "retry-after"]) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return { status: status === 401 ? 401 : 403, headers: passed, body: null };
}

function problemText(body: Uint8Array | null): string {
  const problem: Json = body === null ? {} : (JSON.parse(Buffer.from(body).toString("utf8")) as Json);
  const whole = headerText(problem);
  if (whole.length <= problemCharsMax || !isJsonObject(problem)) return whole;
  // Links first, then everything that is no more than what was denied.
  const directives = Array.isArray(problem["directives"]) ? (problem["directives"] as readonly Json[]) : [];
  const shorter = headerText({ ...problem, directives: directives.map(withoutLink) });
  if (shorter.length <= problemCharsMax) return shorter;
  return headerText({ ...problem, directives: directives.map(measureAlone) });
}

function withoutLink(directive: Json): Json {
  if (!isJsonObject(directive)) return directive;
  return Object.fromEntries(Object.entries(directive).filter(([name]) => name !== "link"));
}

function measureAlone(directive: Json): JsonObject {
  if (!isJsonObject(directive)) return {};
  return { measure: directive["measure"] ?? null, required: directive["required"] ?? null };
}

/** JSON in visible ASCII (RFC 9110, 5.5), everything else escaped. */
function headerText(value: Json): string {
  return JSON.stringify(value).replaceAll(
    /[^\u0020-\u007e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
