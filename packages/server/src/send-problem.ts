import type { Problem } from "@cordon/contract";
import type { FastifyReply } from "fastify";

export async function sendProblem(reply: FastifyReply, body: Problem): Promise<void> {
  if (body.status === 503 && !reply.hasHeader("retry-after")) reply.header("retry-after", "1");
  await reply.code(body.status).type("application/problem+json; charset=utf-8").send(JSON.stringify(body));
}
