import type { IncomingMessage, ServerResponse } from "node:http";

import { guardHttp } from "./guard-http.ts";
import type { OpenGuardOptions } from "./guard-options.ts";
import type { HttpAnswer } from "./http-answer.ts";

export type NodeGuardOptions = OpenGuardOptions<IncomingMessage>;

/** Goes on with the request; with an error where the guard could not decide: then it must not be served. */
export type Next = (error?: unknown) => void;

/**
 * Guards requests of a plain `node:http` server, as a function `(request, response, next)`: `next` is called for a request
 * that may go on, every other one is answered. OFREP's routes are answered too.
 */
export function nodeGuard(
  options: NodeGuardOptions,
): (request: IncomingMessage, response: ServerResponse, next: Next) => void {
  return (request, response, next) =>
    answerOrGoOn(
      response,
      () =>
        guardHttp(options, {
          request,
          method: request.method ?? "",
          url: request.url ?? "",
          ifNoneMatch: request.headers["if-none-match"],
          readBody: (bytesMax) => readNodeBody(request, bytesMax),
        }),
      next,
    );
}

/** Sends the answer that `ask` gives, or goes on where there is none. */
export function answerOrGoOn(
  response: ServerResponse,
  ask: () => HttpAnswer | null | Promise<HttpAnswer | null>,
  next: Next,
): void {
  let asked;
  try {
    asked = ask();
  } catch (error) {
    next(error);
    return;
  }
  const answered = (answer: HttpAnswer | null): void => {
    if (answer === null) next();
    else sendByNode(response, answer);
  };
  // `next` must not be called again for what it throws itself, so it stays outside the chain's catch.
  if (asked instanceof Promise) void asked.then(answered, next);
  else answered(asked);
}

export function sendByNode(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  response.writeHead(status, headers).end(body ?? undefined);
}

/** The bytes of a request's body; null when there are more than `bytesMax`. Rejects when the client goes away. */
export async function readNodeBody(request: IncomingMessage, bytesMax: number): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= bytesMax) {
        chunks.push(chunk);
        return;
      }
      // The rest is thrown away: the connection's next request comes after it.
      request.off("data", onData).resume();
      resolve(null);
    };
    request
      .on("data", onData)
      .on("end", () => resolve(Buffer.concat(chunks, length)))
      .on("error", reject);
  });
}
