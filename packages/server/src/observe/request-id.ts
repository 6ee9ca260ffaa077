import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Names one request in logs, traces and the answer's `x-request-id`; a caller's own is taken when it is a plain name. */
export function requestId(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && /^[A-Za-z0-9._:-]{8,64}$/.test(given) ? given : randomUUID();
}
