import type { IncomingMessage, ServerResponse } from "node:http";

import { guardHttp } from "./guard-http.ts";
import type { OpenGuardOptions } from "./guard-options.ts";
import { answerOrGoOn, readNodeBody } from "./node-guard.ts";
import type { Next } from "./node-guard.ts";

/** What the guard needs of an Express request. */
export interface ExpressRequest extends IncomingMessage {
  /** What a body parser before the guard has made of the body. */
  readonly body?: unknown;
}

export type ExpressGuardOptions<Request extends ExpressRequest = ExpressRequest> = OpenGuardOptions<Request>;

/**
 * Express 5 middleware: guards what is registered after it and answers OFREP's routes. Errors of `describe` go to the
 * service's own error middleware. Below a path (`app.use("/api", …)`) OFREP's routes are below it, too. Express itself is not
 * imported: any server with requests of this shape will do.
 */
export function expressGuard<Request extends ExpressRequest>(
  options: ExpressGuardOptions<Request>,
): (request: Request, response: ServerResponse, next: Next) => void {
  return (request, response, next) =>
    answerOrGoOn(
      response,
      () =>
        guardHttp(options, {
          request,
          method: request.method ?? "",
          url: request.url ?? "",
          ifNoneMatch: request.headers["if-none-match"],
          readBody: (bytesMax) =>
            request.body === undefined ? readNodeBody(request, bytesMax) : Promise.resolve(request.body),
        }),
      next,
    );
}
