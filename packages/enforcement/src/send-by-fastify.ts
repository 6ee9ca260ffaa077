import type { FastifyReply } from "fastify";

import type { HttpAnswer } from "./http-answer.ts";

/** As bytes: to text, Fastify would add a charset that problem documents don't have (RFC 9457, 6.1). */
export function sendByFastify(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  void reply.code(status).headers(headers);
  return body === null ? reply.send() : reply.send(body);
}
