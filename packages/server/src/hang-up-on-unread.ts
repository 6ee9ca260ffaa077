import type { FastifyInstance, FastifyRequest } from "fastify";

/** What is left of a body up to here is read and thrown away, so that the connection can go on. */
const leftBytesMax = 64 * 1024;

/** Who was answered before the end of a long body is hung up on: nobody sends us what we don't want to read. */
export function hangUpOnUnread(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply) => {
    if (!request.raw.complete && isLong(request)) reply.header("connection", "close");
    return Promise.resolve();
  });
}

function isLong({ headers }: FastifyRequest): boolean {
  if (headers["transfer-encoding"] !== undefined) return true;
  return Number(headers["content-length"] ?? 0) > leftBytesMax;
}
