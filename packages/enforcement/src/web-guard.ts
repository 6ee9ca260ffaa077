import { guardHttp } from "./guard-http.ts";
import type { OpenGuardOptions } from "./guard-options.ts";
import type { HttpAnswer } from "./http-answer.ts";
import { readBody } from "./read-body.ts";

export type WebGuardOptions = OpenGuardOptions<Request>;

/**
 * Guards a Web `Request`: null when it may go on, else the `Response` to give in its place, OFREP's routes included. The
 * body of an OFREP request is read here, so it must not have been read before.
 */
export function webGuard(options: WebGuardOptions): (request: Request) => Promise<Response | null> {
  return (request) => guardWeb(options, request, request);
}

/** As `webGuard`, for a framework that keeps the `Request` inside a request of its own. */
export async function guardWeb<Framed>(
  options: OpenGuardOptions<Framed>,
  request: Framed,
  web: Request,
): Promise<Response | null> {
  const { pathname, search } = new URL(web.url);
  const answer = await guardHttp(options, {
    request,
    method: web.method,
    url: pathname + search,
    ifNoneMatch: web.headers.get("if-none-match") ?? undefined,
    readBody: async (bytesMax) => (web.body === null ? null : readBody(web.body, bytesMax)),
  });
  return answer === null ? null : webResponse(answer);
}

function webResponse({ status, headers, body }: HttpAnswer): Response {
  // A copy: `Response` takes no view on memory that others may share.
  return new Response(body === null ? null : new Uint8Array(body), { status, headers });
}
